import { insert, replace } from './buffer.ts';
import { type Draft, erase } from './draft.ts';
import { leftOf, lineEnd, lineStart, rightOf, rowMove, wordLeft, wordRight } from './motions.ts';

/** What a key made of a draft; `killed` is text cut for `ctrl+y`. */
export interface Edited {
  draft: Draft;
  killed?: string;
}

/** Keys that edit or move, as in a shell; null for a key that does neither here. `width` is that of the shown rows. */
export function editKey(draft: Draft, key: string, width: number, killed: string): Edited | null {
  const { text, cursor } = draft.buffer;
  const moveTo = (at: number | null): Edited | null =>
    at === null ? null : { draft: { ...draft, buffer: { text, cursor: at } } };
  const cut = (from: number, to: number): Edited => ({ draft: erase(draft, from, to), killed: text.slice(from, to) });
  switch (key) {
    case 'left':
    case 'ctrl+b':
      return moveTo(leftOf(text, cursor));
    case 'right':
    case 'ctrl+f':
      return moveTo(rightOf(text, cursor));
    case 'up':
    case 'ctrl+p':
      return moveTo(rowMove(draft.buffer, width, -1));
    case 'down':
    case 'ctrl+n':
      return moveTo(rowMove(draft.buffer, width, 1));
    case 'alt+left':
    case 'ctrl+left':
    case 'alt+b':
      return moveTo(wordLeft(text, cursor));
    case 'alt+right':
    case 'ctrl+right':
    case 'alt+f':
      return moveTo(wordRight(text, cursor));
    case 'home':
    case 'ctrl+a':
      return moveTo(lineStart(text, cursor));
    case 'end':
    case 'ctrl+e':
      return moveTo(lineEnd(text, cursor));
    case 'ctrl+home':
      return moveTo(0);
    case 'ctrl+end':
      return moveTo(text.length);
    case 'backspace':
    case 'shift+backspace':
    case 'ctrl+h':
      return { draft: erase(draft, leftOf(text, cursor), cursor) };
    case 'delete':
    case 'ctrl+d':
      return { draft: erase(draft, cursor, rightOf(text, cursor)) };
    case 'ctrl+w':
    case 'alt+backspace':
    case 'ctrl+backspace':
      return cut(wordLeft(text, cursor), cursor);
    case 'alt+d':
    case 'alt+delete':
      return cut(cursor, wordRight(text, cursor));
    case 'ctrl+u':
      return cut(lineStart(text, cursor), cursor);
    case 'ctrl+k': {
      const end = lineEnd(text, cursor);
      return cut(cursor, end === cursor ? rightOf(text, cursor) : end);
    }
    case 'ctrl+y':
      return { draft: { ...draft, buffer: insert(draft.buffer, killed) } };
    case 'ctrl+j':
    case 'shift+enter':
    case 'alt+enter':
    case 'ctrl+enter':
      return { draft: { ...draft, buffer: replace(draft.buffer, cursor, cursor, '\n') } };
    default:
      return null;
  }
}
