import fc from 'fast-check';
import { expect, test } from 'vitest';
import { headTail } from '../src/index.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('keeps everything within the budget, head and tail beyond it', () => {
  const kept = headTail(10);
  kept.push(bytes('0123456789'));
  expect([kept.text(), kept.omitted]).toEqual(['0123456789', 0]);
  kept.push(bytes('abc'));
  expect([kept.text(), kept.omitted, kept.total]).toEqual(['0123489abc'.replace('89abc', '89abc'), 3, 13]);
});

test('equals slicing the whole, whatever the pieces and the budget', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 });
  fc.assert(
    fc.property(pieces, fc.nat(200), fc.nat(200), (chunks, max, share) => {
      const head = Math.min(max, share);
      const kept = headTail(max, head);
      for (const chunk of chunks) kept.push(chunk);
      const ascii = chunks.map((chunk) => chunk.map((byte) => byte & 0x7f));
      const plain = headTail(max, head);
      for (const chunk of ascii) {
        plain.push(chunk);
        chunk.fill(0);
      }
      const all = Buffer.concat(chunks.map((chunk) => chunk.map((byte) => byte & 0x7f))).toString('latin1');
      const cut = all.length > max ? all.slice(0, head) + all.slice(all.length - (max - head)) : all;
      expect(plain.text()).toBe(cut);
      expect(plain.omitted).toBe(all.length - cut.length);
      expect(kept.total).toBe(all.length);
    }),
  );
});

test('never cuts a character in half', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'ä', '€', '😀'), maxLength: 60 });
  fc.assert(
    fc.property(text, fc.integer({ min: 8, max: 60 }), (whole, max) => {
      const kept = headTail(max);
      for (const byte of bytes(whole)) kept.push(Uint8Array.of(byte));
      expect(kept.text()).not.toContain('\ufffd');
      if (kept.omitted === 0) expect(kept.text()).toBe(whole);
    }),
  );
});

test('takes joined together give the whole, without broken characters', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'ä', '€', '😀'), maxLength: 60 });
  fc.assert(
    fc.property(text, fc.infiniteStream(fc.boolean()), (whole, decide) => {
      const kept = headTail(1000);
      let joined = '';
      for (const byte of bytes(whole)) {
        kept.push(Uint8Array.of(byte));
        if (decide.next().value) joined += kept.take().text;
      }
      joined += kept.take(true).text;
      expect(joined).toBe(whole);
    }),
  );
});

test('a take starts afresh and says what was dropped', () => {
  const kept = headTail(4);
  kept.push(bytes('abcdefgh'));
  expect(kept.take()).toEqual({ text: 'abgh', omitted: 4 });
  kept.push(bytes('xy'));
  expect(kept.take()).toEqual({ text: 'xy', omitted: 0 });
  expect(kept.take()).toEqual({ text: '', omitted: 0 });
});

test('bytes that are no UTF-8 become replacement characters and are not held back for ever', () => {
  const kept = headTail(100);
  kept.push(Uint8Array.of(0x61, 0xff, 0x80, 0x62, 0xe2));
  expect(kept.take().text).toBe('a\ufffd\ufffdb');
  expect(kept.take(true).text).toBe('\ufffd');
});

test('a million tiny pieces are cheap', () => {
  const kept = headTail(1024 * 1024);
  const piece = Uint8Array.of(120);
  const started = performance.now();
  for (let i = 0; i < 3_000_000; i++) kept.push(piece);
  expect(performance.now() - started).toBeLessThan(20_000);
  expect(kept.text()).toHaveLength(1024 * 1024);
});

test('what is held stays within one string, also without a limit', () => {
  const kept = headTail(Number.POSITIVE_INFINITY);
  const chunk = Buffer.alloc(64 * 1024 * 1024);
  for (let pushed = 0; pushed < 5; pushed++) kept.push(chunk);
  expect([kept.total, kept.omitted]).toEqual([5 * chunk.length, chunk.length]);
});
