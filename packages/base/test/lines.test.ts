import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Line, lineSplitter } from '../src/index.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Feeds the text in pieces, reusing one buffer as a socket does. */
function split(text: string, cuts: readonly number[], maxBytes?: number): Line[] {
  const all = bytes(text);
  const splitter = lineSplitter(maxBytes);
  const buffer = new Uint8Array(all.length + 1);
  const borders = [0, ...cuts.map((cut) => cut % (all.length + 1)).sort((a, b) => a - b), all.length];
  const lines = borders.slice(1).flatMap((border, i) => {
    const piece = all.subarray(borders[i], border);
    buffer.set(piece);
    const found = splitter.push(buffer.subarray(0, piece.length));
    buffer.fill(0x21);
    return found;
  });
  return [...lines, ...splitter.end()];
}

describe('lineSplitter', () => {
  it('cuts at line ends, drops one carriage return, keeps empty lines', () => {
    expect(split('a\r\n\nb\r\r\nc', [])).toEqual([{ text: 'a' }, { text: '' }, { text: 'b\r' }, { text: 'c' }]);
    expect(split('', [])).toEqual([]);
    expect(split('a\n', [])).toEqual([{ text: 'a' }]);
  });

  it('does not take other separators for line ends', () => {
    expect(split('a\u2028b\u0085c\n', [])).toEqual([{ text: 'a\u2028b\u0085c' }]);
  });

  it('replaces bytes that are not UTF-8', () => {
    expect(lineSplitter().push(new Uint8Array([0x61, 0xff, 0x62, 10]))).toEqual([{ text: 'a\ufffdb' }]);
  });

  it('gives the same lines wherever the chunks end, within characters too', () => {
    const text = fc.array(fc.constantFrom('a', 'ß', '€', '🙂', '\n', '\r\n')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(200), { maxLength: 20 }), (input, cuts) => {
        const expected = input.split('\n').map((line) => ({ text: line.replace(/\r$/, '') }));
        if (input === '' || input.endsWith('\n')) expected.pop();
        expect(split(input, cuts)).toEqual(expected);
      }),
    );
  });

  it('reports lines above the limit by their size and goes on with the next', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z€]{0,12}$/)),
        fc.array(fc.nat(200)),
        fc.nat(20),
        (input, cuts, max) => {
          const expected = input.map((line) => {
            const size = bytes(line).length;
            return size > max ? { tooLong: size } : { text: line };
          });
          expect(split(input.map((line) => `${line}\n`).join(''), cuts, max)).toEqual(expected);
        },
      ),
    );
  });

  it('does not keep a line that has grown beyond the limit', () => {
    const splitter = lineSplitter(1024);
    const chunk = new Uint8Array(1 << 20).fill(0x61);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 200; i++) splitter.push(chunk);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 << 20);
    expect(splitter.held).toBe(200 << 20);
    expect(splitter.push(bytes('\nok\n'))).toEqual([{ tooLong: 200 << 20 }, { text: 'ok' }]);
    expect(splitter.held).toBe(0);
  });

  it('counts a long last line without a line end, too', () => {
    expect(split('abcdef', [3], 4)).toEqual([{ tooLong: 6 }]);
  });
});
