import { createReadStream } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { AbortedError } from '@codex/base';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeText, readPrompt } from '../src/prompt.ts';

const never = new AbortController().signal;
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
        expect(await readPrompt(Readable.from(pieces, { objectMode: false }), never)).toBe(text);
      },
    ),
    { numRuns: 50 },
  );
});

it('refuses a blank prompt, a terminal, and what cannot be read', async () => {
  await expect(readPrompt(Readable.from([Buffer.from(' \n')]), never)).rejects.toThrow('No prompt provided via stdin.');
  await expect(readPrompt(Object.assign(Readable.from([]), { isTTY: true }), never)).rejects.toThrow(/No prompt/);
  await expect(readPrompt(createReadStream('/'), never)).rejects.toThrow(/^Failed to read prompt from stdin: EISDIR/);
});

it('refuses a prompt without end', async () => {
  const endless = new Readable({ read: (size) => void endless.push(Buffer.alloc(size, 'x')) });
  await expect(readPrompt(endless, never)).rejects.toThrow('The prompt on stdin is too long');
});

it('is no longer read once the run is to stop', async () => {
  const silent = new PassThrough();
  const stop = new AbortController();
  const reading = readPrompt(silent, stop.signal);
  stop.abort(new AbortedError('interrupted'));
  await expect(reading).rejects.toThrow('interrupted');
  expect(silent.destroyed).toBe(true);
  await expect(readPrompt(new PassThrough(), stop.signal)).rejects.toThrow('interrupted');
});
