import type { Draft } from './draft.ts';

/** Suggestions under the composer. */
export interface Popup {
  readonly kind: 'command' | 'file' | 'skill';
  /** What is typed behind the mark. */
  readonly query: string;
  readonly items: readonly PopupItem[];
  readonly selected: number;
}

export interface PopupItem {
  /** What stands in the list. */
  readonly label: string;
  readonly detail: string;
  /** What takes the place of the word, mark included. */
  readonly insert: string;
}

/** The word at the cursor that asks for suggestions. */
export interface Trigger {
  readonly kind: Popup['kind'];
  readonly query: string;
  readonly start: number;
  readonly end: number;
}

const KINDS = { '@': 'file', $: 'skill' } as const;

/** What the person is writing at the cursor: a command at the very beginning, a file or a skill anywhere. */
export function triggerOf({ buffer: { text, cursor } }: Draft): Trigger | null {
  const command = /^\/(\S*)$/.exec(text);
  if (command) return { kind: 'command', query: command[1] ?? '', start: 0, end: text.length };
  const before = /(?:^|\s)([@$])(\S*)$/.exec(text.slice(0, cursor));
  const mark = before?.[1];
  if (mark !== '@' && mark !== '$') return null;
  const after = /^\S*/.exec(text.slice(cursor))?.[0] ?? '';
  const query = (before?.[2] ?? '') + after;
  return { kind: KINDS[mark], query, start: cursor - (before?.[2] ?? '').length - 1, end: cursor + after.length };
}
