import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  budgetBytes,
  countLines,
  estimateTokens,
  fitOutput,
  truncateMiddle,
  truncateWithLineCount,
  type TruncationPolicy,
} from '../src/context/truncate.ts';

const bytes = (limit: number): TruncationPolicy => ({ mode: 'bytes', limit });
const tokens = (limit: number): TruncationPolicy => ({ mode: 'tokens', limit });
const MARKER = /…(\d+) (tokens|chars) truncated…/;

describe('truncateMiddle (§8.3)', () => {
  it.each<[string, string, TruncationPolicy, string]>([
    ['what fits stays', 'abcdef', bytes(6), 'abcdef'],
    ['half before, half after', 'abcdefghij', bytes(4), 'ab…6 chars truncated…ij'],
    ['an odd byte goes to the end', 'abcdefghij', bytes(5), 'ab…5 chars truncated…hij'],
    ['tokens are four bytes', 'abcdefghijkl', tokens(1), 'ab…2 tokens truncated…kl'],
    ['removed tokens are rounded up', 'abcdefghi', tokens(1), 'ab…2 tokens truncated…hi'],
    ['a budget of nothing', 'abc', bytes(0), '…3 chars truncated…'],
    ['a character is not split', 'ééééé', bytes(5), 'é…3 chars truncated…é'],
    ['nor a surrogate pair', '😀😀😀', bytes(5), '…3 chars truncated…'],
    ['characters, not code units, are counted', '😀😀😀😀', bytes(8), '😀…2 chars truncated…😀'],
  ])('%s', (_, text, policy, expected) => {
    expect(truncateMiddle(text, policy)).toBe(expected);
  });

  it('keeps the ends of the text within the budget and counts what is gone', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '€', '😀', '\n'), maxLength: 60 });
    fc.assert(
      fc.property(text, fc.nat(80), fc.constantFrom('bytes' as const, 'tokens' as const), (whole, limit, mode) => {
        const policy = { mode, limit };
        const cut = truncateMiddle(whole, policy);
        const size = Buffer.byteLength(whole);
        if (size <= budgetBytes(policy)) {
          expect(cut).toBe(whole);
          return;
        }
        const found = MARKER.exec(cut);
        expect(found?.[2]).toBe(mode === 'tokens' ? 'tokens' : 'chars');
        const head = cut.slice(0, found?.index);
        const tail = cut.slice((found?.index ?? 0) + (found?.[0].length ?? 0));
        expect(whole.startsWith(head)).toBe(true);
        expect(whole.endsWith(tail)).toBe(true);
        const kept = Buffer.byteLength(head) + Buffer.byteLength(tail);
        expect(kept).toBeLessThanOrEqual(budgetBytes(policy));
        // No more is lost than the characters at the two edges.
        expect(kept).toBeGreaterThan(budgetBytes(policy) - 8);
        const gone = whole.slice(head.length, whole.length - tail.length);
        expect(Number(found?.[1])).toBe(
          mode === 'tokens' ? Math.ceil(Buffer.byteLength(gone) / 4) : Array.from(gone).length,
        );
      }),
    );
  });

  it('copes with half a surrogate pair', () => {
    expect(truncateMiddle(`a\ud83d${'x'.repeat(50)}\ude00b`, bytes(8))).toContain('truncated…');
  });
});

it('truncateWithLineCount tells the lines of a text that is cut', () => {
  expect(truncateWithLineCount('a\nb\n', tokens(1))).toBe('a\nb\n');
  expect(truncateWithLineCount('a\nb\nc', bytes(2))).toBe('Total output lines: 3\n\na…3 chars truncated…c');
});

it.each([
  ['', 0],
  ['a', 1],
  ['a\n', 1],
  ['a\nb', 2],
  ['\n\n', 2],
])('countLines of %j is %d', (text, lines) => {
  expect(countLines(text)).toBe(lines);
});

it.each([
  ['', 0],
  ['abcd', 1],
  ['abcde', 2],
  ['€€', 2],
])('estimateTokens of %j is %d', (text, expected) => {
  expect(estimateTokens(text)).toBe(expected);
});

describe('fitOutput', () => {
  const image = { type: 'input_image', image_url: 'data:' } as const;
  const words = (text: string) => ({ type: 'input_text', text }) as const;

  it('gives an output a fifth more room than its tool had', () => {
    expect(fitOutput('x'.repeat(12), bytes(10))).toBe('x'.repeat(12));
    expect(fitOutput('x'.repeat(13), bytes(10))).toBe(`${'x'.repeat(6)}…1 chars truncated…${'x'.repeat(6)}`);
  });

  it('spends one budget on all parts and keeps images', () => {
    expect(fitOutput([words('abcdef'), image, words('ghijklmnop'), words('q'), words('r')], bytes(10))).toEqual([
      words('abcdef'),
      image,
      words('ghi…4 chars truncated…nop'),
      words('[omitted 2 text items ...]'),
    ]);
  });
});
