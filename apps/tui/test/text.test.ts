import xterm from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ago, contextLeft, duration, shortCount, withCommas } from '../src/text/amounts.ts';
import { splitBlocks } from '../src/text/blocks.ts';
import { countChanges, readDiff, renderDiff, wholeFile } from '../src/text/diff.ts';
import { renderMarkdown } from '../src/text/markdown.ts';
import { homely, relativeTo } from '../src/text/path.ts';
import { plain, plainOutput } from '../src/text/plain.ts';
import { createTheme } from '../src/text/theme.ts';
import { fit, hang, widthOf, wrap } from '../src/text/wrap.ts';

const theme = createTheme(false);

describe('text from outside', () => {
  it('cannot steer the terminal', () => {
    expect(plain('a\u001b[31mred\u001b]0;title\u0007\u001b[2J\u0008b\u0000\u009b31mc\u202ed')).toBe(
      'aredb31mcd'.replace('31m', ''),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // oxlint-disable-next-line no-control-regex
        expect(plain(text)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      }),
    );
  });

  it('of a command overwrites lines at carriage returns', () => {
    expect(plainOutput('10%\r50%\r100%\ndone\r\nnext\r')).toBe('100%\ndone\nnext');
  });
});

describe('lines', () => {
  it('are never wider than they may be', () => {
    const anything = fc.string({
      unit: fc.oneof(
        fc.constantFrom('a', ' ', '\n', '界', '👨‍👩‍👧', '-', '`', '*', '|', '#'),
        fc.string({ maxLength: 1 }),
      ),
    });
    fc.assert(
      fc.property(anything, fc.integer({ min: 4, max: 60 }), (text, width) => {
        const safe = plain(text);
        for (const line of [
          ...wrap(safe, width),
          ...renderMarkdown(safe, width, theme),
          ...hang('• ', safe, width),
          fit(safe.replaceAll('\n', ' '), width),
        ]) {
          expect(widthOf(line), JSON.stringify({ text, line })).toBeLessThanOrEqual(width);
        }
      }),
    );
  });

  it('have the width that a terminal gives them, by the short way and the long one', async () => {
    const emulator = new xterm.Terminal({ cols: 200, rows: 2, allowProposedApi: true });
    for (const line of [
      'plain',
      'café “quoted” – naïve…',
      '┌─▌ €',
      '你好',
      '한글',
      'a\u0301b',
      '\u001b[1mbold\u001b[22m',
      'ж',
      'ﬁ',
      '\u00ad',
    ]) {
      await new Promise<void>((resolve) => emulator.write(`\u001bc${line}`, resolve));
      if (line !== '\u00ad') expect(emulator.buffer.active.cursorX, line).toBe(widthOf(line));
    }
  });

  it('break between words, and where a word is too long', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('onetwothree four', 5)).toEqual(['onetw', 'othre', 'e', 'four']);
    expect(wrap('  indented text', 10)).toEqual(['  indented', 'text']);
    expect(wrap('', 5)).toEqual(['']);
    expect(wrap('a\n\nb', 5)).toEqual(['a', '', 'b']);
  });

  it('of Markdown leave fences out and trim blanks', () => {
    expect(renderMarkdown('# Title\n\ntext `code`\n\n```js\nconst a = 1;\n```\n\n1. one\n2. two', 40, theme)).toEqual([
      'Title',
      '',
      'text code',
      '',
      '  const a = 1;',
      '',
      '1. one',
      '2. two',
    ]);
  });
});

describe('growing Markdown', () => {
  it('gives blocks away as soon as nothing can change them', () => {
    expect(splitBlocks('One.\n\nTwo')).toEqual({ done: ['One.'], rest: 'Two' });
    expect(splitBlocks('One.\n\n')).toEqual({ done: [], rest: 'One.\n\n' });
    expect(splitBlocks('- a\n\n- b\n\nAfter all')).toEqual({ done: ['- a\n\n- b'], rest: 'After all' });
    expect(splitBlocks('```\ncode\n\nmore\n')).toEqual({ done: [], rest: '```\ncode\n\nmore\n' });
  });

  it('cuts a long block of code at a line, as code', () => {
    const { done, rest } = splitBlocks(`\`\`\`js\n${'line\n'.repeat(45)}`);
    expect(done).toHaveLength(1);
    expect(done[0]).toMatch(/^```js\n(line\n)+```$/);
    expect(rest).toMatch(/^```js\n(line\n)+$/);
  });

  it('keeps every line, however the text is cut into pieces', () => {
    const line = fc.constantFrom(
      '',
      'text',
      '- item',
      '  more',
      '```',
      '~~~',
      '| a | b |',
      '> quote',
      '1. one',
      '# head',
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (lines, sizes) => {
          const text = lines.join('\n');
          const seen: string[] = [];
          let rest = '';
          let at = 0;
          for (let turn = 0; at < text.length; turn++) {
            const size = sizes[turn % sizes.length] ?? 1;
            const split = splitBlocks(rest + text.slice(at, at + size));
            seen.push(...split.done);
            rest = split.rest;
            at += size;
          }
          const words = (value: string) => value.split('\n').filter((entry) => entry.trim() !== '');
          expect(words([...seen, rest].join('\n'))).toEqual(words(text));
        },
      ),
    );
  });
});

describe('a diff', () => {
  const diff = '--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n one\n-two\n+zwei\n three\n@@ -10 +10,2 @@\n ten\n+eleven\n';

  it('is read with line numbers', () => {
    expect(readDiff(diff)).toEqual([
      { kind: 'context', number: 1, text: 'one' },
      { kind: 'delete', number: 2, text: 'two' },
      { kind: 'add', number: 2, text: 'zwei' },
      { kind: 'context', number: 3, text: 'three' },
      { kind: 'gap', number: null, text: '' },
      { kind: 'context', number: 10, text: 'ten' },
      { kind: 'add', number: 11, text: 'eleven' },
    ]);
    expect(countChanges(readDiff(diff))).toEqual({ added: 2, removed: 1 });
  });

  it('is drawn with marks, and in colour', () => {
    expect(renderDiff(readDiff(diff), 20, theme)).toEqual([
      ' 1  one',
      ' 2 -two',
      ' 2 +zwei',
      ' 3  three',
      '   ⋮',
      '10  ten',
      '11 +eleven',
    ]);
    expect(renderDiff(wholeFile('a\n', 'add'), 20, createTheme(true)).join('')).toContain('\u001b[32m+a');
  });
});

describe('amounts', () => {
  it('are short', () => {
    expect([999, 1000, 1234, 45_678, 1_500_000].map(shortCount)).toEqual(['999', '1K', '1.2K', '46K', '1.5M']);
    expect([5, 1234, 12_345_678].map(withCommas)).toEqual(['5', '1,234', '12,345,678']);
    expect([40, 4200, 42_000, 65_000, 7_380_000].map(duration)).toEqual(['40ms', '4.2s', '42s', '1m 05s', '2h 03m']);
    expect([0, 30, 61, 7200, 200_000].map((past) => ago(1_000_000 - past, 1_000_000))).toEqual([
      'just now',
      '30 seconds ago',
      '1 minute ago',
      '2 hours ago',
      '2 days ago',
    ]);
    expect([contextLeft(10, null), contextLeft(50, 200), contextLeft(300, 200)]).toEqual([null, 75, 0]);
  });

  it('folders are told from home, files from the folder', () => {
    expect([homely('/h/x', '/h'), homely('/h', '/h'), homely('/hx', '/h'), homely('/a', undefined)]).toEqual([
      '~/x',
      '~',
      '/hx',
      '/a',
    ]);
    expect([relativeTo('/w', '/w/a/b'), relativeTo('/w', '/wx')]).toEqual(['a/b', '/wx']);
  });
});
