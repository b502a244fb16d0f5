import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInputDecoder, type Input } from '../src/keys.ts';

function read(...chunks: string[]): Input[] {
  const decoder = createInputDecoder();
  return [...chunks.flatMap((chunk) => decoder.push(Buffer.from(chunk))), ...decoder.flush()];
}

const key = (name: string): Input => ({ kind: 'key', key: name });
const text = (value: string): Input => ({ kind: 'text', text: value });

describe('keys', () => {
  it.each([
    ['\r', 'enter'],
    ['\n', 'ctrl+j'],
    ['\t', 'tab'],
    ['\u007f', 'backspace'],
    ['\u0003', 'ctrl+c'],
    ['\u001b', 'escape'],
    ['\u001b[A', 'up'],
    ['\u001bOB', 'down'],
    ['\u001b[1;5D', 'ctrl+left'],
    ['\u001b[3~', 'delete'],
    ['\u001b[Z', 'shift+tab'],
    ['\u001b[13;2u', 'shift+enter'],
    ['\u001b[27u', 'escape'],
    ['\u001b[99;5u', 'ctrl+c'],
    ['\u001bb', 'alt+left'],
    ['\u001bd', 'alt+d'],
    ['\u001b\u007f', 'alt+backspace'],
    ['\u001b[H', 'home'],
    ['\u001b[F', 'end'],
    ['\u001b[5~', 'pageUp'],
    ['\u0014', 'ctrl+t'],
  ])('%j is %s', (bytes, name) => {
    expect(read(bytes)).toEqual([key(name)]);
  });

  it('come one after the other, with text between', () => {
    expect(read('ab\u001b[Dc\u001b[200~x\ry\u001b[201~d\u001b[I')).toEqual([
      text('ab'),
      key('left'),
      text('c'),
      { kind: 'paste', text: 'x\ry' },
      text('d'),
      { kind: 'focus', focused: true },
    ]);
    expect(read('\u001b\u001b')).toEqual([key('escape'), key('escape')]);
    expect(read('hi\r')).toEqual([text('hi'), key('enter')]);
  });

  it('lines that come at once were pasted, even where the terminal does not say so', () => {
    expect(read('one\rtwo\r')).toEqual([{ kind: 'paste', text: 'one\rtwo\r' }]);
  });

  it('are the same however the bytes are cut', () => {
    const pieces = fc.array(
      fc.constantFrom(
        'a',
        '界',
        '👋🏽',
        '\u001b[A',
        '\u001b[1;5C',
        '\t',
        '\u001b[200~p\rq\u001b[201~',
        '\u001b[13;2u',
        '\u001bx',
      ),
      { maxLength: 8 },
    );
    const joined = (inputs: Input[]) =>
      inputs.map((input) => (input.kind === 'text' ? input.text : JSON.stringify(input))).join('');
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(), { maxLength: 6 }), (parts, cuts) => {
        const bytes = Buffer.from(parts.join(''));
        const decoder = createInputDecoder();
        const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
        const found: Input[] = [];
        let from = 0;
        for (const to of [...at, bytes.length]) {
          found.push(...decoder.push(bytes.subarray(from, to)));
          from = to;
        }
        found.push(...decoder.flush());
        expect(joined(found)).toBe(joined(read(parts.join(''))));
      }),
    );
  });

  it('answers of the terminal and what is no key are swallowed', () => {
    expect(read('\u001b[?1;2c', '\u001b]11;rgb:0000/0000/0000\u001b\\', '\u001b[97;1:3u')).toEqual([]);
  });
});
