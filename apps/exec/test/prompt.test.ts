import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeText, readPrompt } from '../src/prompt.ts';

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

it.each([
  ['plain', Buffer.from('grüße\n'), 'grüße\n'],
  ['UTF-8 with mark', Buffer.from('\ufeffhi'), 'hi'],
  ['UTF-16LE', Buffer.from('\ufeffhi 🌍', 'utf16le'), 'hi 🌍'],
  ['UTF-16BE', utf16be('\ufeffhi 🌍'), 'hi 🌍'],
])('reads %s', (_name, bytes, text) => {
  expect(decodeText(bytes)).toBe(text);
});

it.each([
  [[0x41, 0xff, 0x41], /not valid UTF-8 \(invalid byte at offset 1\)/],
  [[0x41, 0xe2, 0x82], /not valid UTF-8/],
  [[0xff, 0xfe, 0x41], /looked like UTF-16LE/],
  [[0xff, 0xfe, 0, 0, 0x41, 0, 0, 0], /UTF-32LE/],
])('refuses %j', (bytes, message) => {
  expect(() => decodeText(Uint8Array.from(bytes))).toThrow(message);
});

it('keeps every text as it is, whatever the borders of its pieces', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.integer({ min: 1, max: 5 }),
      async (text, size) => {
        fc.pre(Buffer.from(text).toString() === text && text.trim() !== '' && !/^[\ufeff\ufffe\0]/.test(text));
        const bytes = Buffer.from(text);
        const pieces = [];
        for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
        expect(await readPrompt(Readable.from(pieces, { objectMode: false }))).toBe(text);
      },
    ),
    { numRuns: 50 },
  );
});

it('refuses a blank prompt, and a terminal', async () => {
  await expect(readPrompt(Readable.from([Buffer.from(' \n')]))).rejects.toThrow('No prompt provided via stdin.');
  await expect(readPrompt(Object.assign(Readable.from([]), { isTTY: true }))).rejects.toThrow(/No prompt/);
});
