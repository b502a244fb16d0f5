import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bufferOf } from '../src/composer/buffer.ts';
import { attachImage, type Draft, draftOf, EMPTY_DRAFT, erase, messageOf, paste } from '../src/composer/draft.ts';
import { editKey } from '../src/composer/edit.ts';
import { browse, mayBrowse, NO_HISTORY, prepend, remember } from '../src/composer/history.ts';
import { layOut, placeOf } from '../src/composer/layout.ts';
import { triggerOf } from '../src/composer/popup.ts';
import { widthOf } from '../src/text/wrap.ts';

/** A draft with the cursor at `|`. */
function at(marked: string): Draft {
  const cursor = marked.indexOf('|');
  return { ...EMPTY_DRAFT, buffer: { text: marked.replace('|', ''), cursor } };
}

function shown({ buffer: { text, cursor } }: Draft): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

function press(marked: string, ...keys: string[]): string {
  let draft = at(marked);
  let killed = '';
  for (const key of keys) {
    const edited = editKey(draft, key, 20, killed);
    draft = edited?.draft ?? draft;
    killed = edited?.killed ?? killed;
  }
  return shown(draft);
}

describe('editing', () => {
  it.each([
    ['a👨‍👩‍👧|b', ['left'], 'a|👨‍👩‍👧b'],
    ['a|é界', ['right', 'right'], 'aé界|'],
    ['a👨‍👩‍👧|b', ['backspace'], 'a|b'],
    ['|界x', ['delete'], '|x'],
    ['one two|', ['ctrl+w'], 'one |'],
    ['one two  |', ['ctrl+w'], 'one |'],
    ['path/to/file|', ['alt+backspace'], 'path/to/|'],
    ['|one two', ['alt+right', 'alt+right'], 'one two|'],
    ['one two|', ['alt+left'], 'one |two'],
    ['one\ntwo|', ['ctrl+a'], 'one\n|two'],
    ['one\nt|wo', ['home', 'ctrl+k'], 'one\n|'],
    ['one\n|', ['ctrl+u'], 'one\n|'],
    ['one two|', ['ctrl+w', 'home', 'ctrl+y'], 'two|one '],
    ['a|b', ['ctrl+j'], 'a\n|b'],
    ['a|b', ['shift+enter'], 'a\n|b'],
    ['a界c\nde|f', ['up'], 'a界|c\ndef'],
    ['ab\n|', ['down'], 'ab\n|'],
    ['word word word word wo|rd word', ['up'], 'wo|rd word word word word word'],
  ])('%j with %j is %j', (before, keys, after) => {
    expect(press(before, ...keys)).toBe(after);
  });

  it('keeps the cursor inside of the text and between graphemes', () => {
    const keys = [
      'left',
      'right',
      'up',
      'down',
      'backspace',
      'delete',
      'ctrl+w',
      'alt+d',
      'ctrl+k',
      'ctrl+u',
      'ctrl+y',
      'ctrl+a',
      'ctrl+e',
      'ctrl+j',
      'alt+left',
      'alt+right',
    ];
    const graphemes = new Intl.Segmenter();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.constantFrom(...keys)), (text, pressed) => {
        let draft: Draft = { ...EMPTY_DRAFT, buffer: bufferOf(text) };
        let killed = '';
        for (const key of pressed) {
          const edited = editKey(draft, key, 20, killed);
          draft = edited?.draft ?? draft;
          killed = edited?.killed ?? killed;
          const { text: now, cursor } = draft.buffer;
          const borders = new Set([...graphemes.segment(now)].map(({ index }) => index).concat(now.length));
          expect(cursor >= 0 && cursor <= now.length).toBe(true);
          // A paste may join what was apart; places in one line of ASCII are borders always.
          if (!now.includes(killed) || killed === '') expect(borders.has(cursor)).toBe(true);
        }
      }),
    );
  });
});

describe('rows', () => {
  it('hold the whole text and are not too wide', () => {
    const unit = fc.constantFrom('a', 'b', ' ', '界', '\n', '👋🏽');
    fc.assert(
      fc.property(fc.string({ unit }), fc.integer({ min: 2, max: 30 }), (text, width) => {
        const rows = layOut(text, width);
        for (const { start, end } of rows) expect(widthOf(text.slice(start, end).trimEnd())).toBeLessThanOrEqual(width);
        expect(rows.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text.replaceAll('\n', ''));
        expect(placeOf(rows, text, text.length).row).toBe(rows.length - 1);
      }),
    );
  });
});

describe('attachments', () => {
  it('go as a whole when their name is touched', () => {
    const draft = paste(at('see |'), 'x'.repeat(1500));
    expect(shown(draft)).toBe('see [Pasted Content 1500 chars]|');
    expect(messageOf(draft)).toEqual({ text: `see ${'x'.repeat(1500)}`, images: [] });
    const gone = editKey(draft, 'backspace', 80, '')!.draft;
    expect(shown(gone)).toBe('see |');
    expect(gone.attachments).toEqual([]);
  });

  it('of the same length have names of their own', () => {
    const twice = paste(paste(EMPTY_DRAFT, 'x'.repeat(2000)), 'y'.repeat(2000));
    expect(twice.buffer.text).toBe('[Pasted Content 2000 chars][Pasted Content 2000 chars #2]');
    expect(messageOf(twice).text).toBe('x'.repeat(2000) + 'y'.repeat(2000));
    expect(messageOf(erase(twice, 0, 1)).text).toBe('y'.repeat(2000));
  });

  it('may be images, and come back with a message', () => {
    const draft = attachImage(at('look|'), '/a.png');
    expect(shown(draft)).toBe('look [Image #1] |');
    const message = messageOf(draft);
    expect(message).toEqual({ text: 'look [Image #1]', images: ['/a.png'] });
    expect(messageOf(draftOf(message)).images).toEqual(['/a.png']);
  });
});

describe('earlier messages', () => {
  it('are browsed there and back', () => {
    const history = prepend(remember(remember(NO_HISTORY, 'two'), 'two'), ['one']);
    expect(history.entries).toEqual(['one', 'two']);
    const back = browse(history, -1)!;
    const further = browse(back.history, -1)!;
    expect([back.text, further.text, browse(further.history, -1)]).toEqual(['two', 'one', null]);
    expect(browse(browse(further.history, 1)!.history, 1)).toEqual({
      history: { entries: ['one', 'two'], at: null },
      text: '',
    });
    expect(mayBrowse(back.history, { text: 'two', cursor: 3 })).toBe(true);
    expect(mayBrowse(back.history, { text: 'changed', cursor: 7 })).toBe(false);
  });
});

describe('suggestions', () => {
  it.each([
    ['/mo|', { kind: 'command', query: 'mo', start: 0, end: 3 }],
    ['see @src/a|b now', { kind: 'file', query: 'src/ab', start: 4, end: 11 }],
    ['$sk|', { kind: 'skill', query: 'sk', start: 0, end: 3 }],
    ['mail a@b|', null],
    ['/review it|', null],
    ['no /cmd|', null],
  ])('%j', (marked, trigger) => {
    expect(triggerOf(at(marked))).toEqual(trigger);
  });
});
