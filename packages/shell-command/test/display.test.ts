import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinForDisplay, splitWords } from '../src/index.ts';

describe('joinForDisplay', () => {
  it.each([
    ['ls', 'ls'],
    ['', "''"],
    ['touch a.txt', "'touch a.txt'"],
    ['a@b+c:d-e_f/g.h]', 'a@b+c:d-e_f/g.h]'],
    ['a=b', "'a=b'"],
    ['a,b%~*', "'a,b%~*'"],
    ['é', "'é'"],
    ['read line; echo "got $line"', `'read line; echo "got $line"'`],
    ["sed -n '1,5p' x", `"sed -n '1,5p' x"`],
    ['echo it\'s "x"', '"echo it\'s \\"x\\""'],
    ["awk '{print $1}' a.txt", `"awk '{print "'$1}'"' a.txt"`],
    ["cat 'it'\"'\"'s.txt'", `"cat 'it'\\"'\\"'s.txt'"`],
    ["zz'!b", `"zz'"'!b'`],
    ["zz'^b", `"zz'"'^b'`],
    ['zz^b', "zz'^b'"],
    ["zz'`b", `"zz'"'\`b'`],
    ['zz\\b', '"zz\\\\b"'],
    ["a'\tb", `"a'\tb"`],
  ])('writes %j', (word, text) => {
    expect(joinForDisplay(['/bin/bash', '-lc', word])).toBe(`/bin/bash -lc ${text}`);
  });

  it('writes what bash reads back', () => {
    const word = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    const words = fc.sample(fc.oneof(word, fc.string({ unit: fc.constantFrom(...'a\'"\\$`!^ \n'.split('')) })), {
      numRuns: 500,
      seed: 3,
    });
    const output = execFileSync('bash', ['-c', `printf '%s\\0' ${joinForDisplay(words)}`], { encoding: 'utf8' });
    expect(output.split('\0').slice(0, -1)).toEqual(words);
  });
});

describe('splitWords', () => {
  it('reads back what joinForDisplay writes', () => {
    const word = fc.string({ unit: fc.constantFrom(...'a\'"\\$`!^#é \n\t'.split('')) });
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(splitWords(joinForDisplay(words))).toEqual(words);
      }),
    );
  });

  it.each([
    ['git push # now', ['git', 'push']],
    ['a#b', ['a#b']],
    [`a"b c"'d e'\\ f`, ['ab cd e f']],
    [`"\\$x \\y"`, ['$x \\y']],
    ["''", ['']],
    ['a\\\nb', ['ab']],
  ])('reads %j', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });

  it.each(["'open", '"open', 'ends in \\'])('has no words for %j', (text) => {
    expect(splitWords(text)).toBeNull();
  });
});
