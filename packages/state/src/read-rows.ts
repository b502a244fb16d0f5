import { setImmediate } from 'node:timers/promises';
import type { ListedThread, ThreadFiles } from '@codex/protocol';
import type { BlankRow } from './thread-row.ts';

/** A file and the time of its last write, as somebody saw it. */
export interface Seen {
  path: string;
  modifiedAt: number;
}

/** Heads read side by side. */
const WIDTH = 16;

/** The rows of files, in step with what was seen of them before reading: a later write shows as a change again. */
export async function readRows(files: ThreadFiles, seen: readonly Seen[]): Promise<(ListedThread | BlankRow)[]> {
  const rows: (ListedThread | BlankRow)[] = [];
  for (let from = 0; from < seen.length; from += WIDTH) {
    const some = seen.slice(from, from + WIDTH).map(async ({ path, modifiedAt }): Promise<ListedThread | BlankRow> => {
      // One unreadable file must not spoil the list.
      const row = await files.read(path).catch(() => null);
      return row ?? { path, updatedAt: modifiedAt, blank: true };
    });
    rows.push(...(await Promise.all(some)));
    await setImmediate();
  }
  return rows;
}
