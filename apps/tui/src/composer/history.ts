/** Earlier messages, oldest first, and where in them somebody is looking. */
export interface History {
  readonly entries: readonly string[];
  /** Index of what is shown; null when the draft is the person's own. */
  readonly at: number | null;
}

export const NO_HISTORY: History = { entries: [], at: null };

const KEPT = 1000;

export function remember({ entries }: History, text: string): History {
  const kept = entries.at(-1) === text || text === '' ? entries : [...entries, text].slice(-KEPT);
  return { entries: kept, at: null };
}

/** What was read from disk goes before what was written since. */
export function prepend({ entries }: History, older: readonly string[]): History {
  return { entries: [...older, ...entries].slice(-KEPT), at: null };
}

/** One step back (-1) or forth (1); the text to show, or null when there is none further on. */
export function browse(history: History, by: -1 | 1): { history: History; text: string } | null {
  const { entries } = history;
  const at = (history.at ?? entries.length) + by;
  if (at < 0 || (at >= entries.length && history.at === null)) return null;
  if (at >= entries.length) return { history: { entries, at: null }, text: '' };
  return { history: { entries, at }, text: entries[at] ?? '' };
}

/** Whether up and down browse: with nothing written, or with the shown entry untouched and the cursor at an edge. */
export function mayBrowse({ entries, at }: History, buffer: { text: string; cursor: number }): boolean {
  if (buffer.text === '') return true;
  const isEdge = buffer.cursor === 0 || buffer.cursor === buffer.text.length;
  return at !== null && entries[at] === buffer.text && isEdge;
}
