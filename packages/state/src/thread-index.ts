import type { Clock, Ids, Logger } from '@codex/base';
import { type BackfillResult, runBackfill, type ThreadFiles } from './backfill.ts';
import type { Store } from './store.ts';
import { queryPage, type ThreadPage, type ThreadQuery } from './thread-query.ts';
import { isSameRow, type ThreadRow } from './thread-row.ts';
import { getById, putRows, removeById, removeByPath } from './thread-table.ts';

export interface ThreadIndex {
  /** True when a backfill of this process has ended well: from then on lists may be answered from here. */
  readonly ready: boolean;
  /** Adds rows or brings them up to date, by path. False when it was not possible: then `ready` is false, too. */
  upsert(rows: readonly ThreadRow[]): Promise<boolean>;
  /** Forgets a thread, wherever its files lie. False as for `upsert`. */
  remove(id: string): Promise<boolean>;
  /** The row of a thread; null when it is not known here, which says nothing about its file. */
  get(id: string): Promise<ThreadRow | null>;
  /**
   * A page as `listRollouts` would give it; null when the files must be asked. With `files` every row of the page is
   * compared with its file: what was written since is read again, what is gone is dropped. Throws `invalidRequest` for
   * a bad cursor.
   */
  list(query: ThreadQuery, files?: ThreadFiles): Promise<ThreadPage | null>;
  /** Fills the index from the files, in the background; a call while one is running joins it. Never rejects. */
  backfill(files: ThreadFiles, signal: AbortSignal): Promise<BackfillResult>;
}

/** A page whose rows keep changing is given as it is found the last time. */
const LOOKS = 3;

export function createThreadIndex(deps: { store: Store; clock: Clock; ids: Ids; log: Logger }): ThreadIndex {
  const { store } = deps;
  /** The database file that is known to say what the files say. */
  let complete: string | null = null;
  let running: Promise<BackfillResult> | null = null;

  const change = async (work: Parameters<Store['write']>[0]): Promise<boolean> => {
    const outcome = await store.write(work);
    if (!outcome.ok) complete = null;
    return outcome.ok;
  };
  const isReady = () => complete !== null && complete === store.identity && store.status.kind === 'open';

  return {
    get ready() {
      return isReady();
    },
    upsert: (rows) => change((db) => putRows(db, rows)),
    remove: (id) => change((db) => removeById(db, id)),
    async get(id) {
      const found = await store.use((db) => getById(db, id));
      return found.ok ? found.value : null;
    },

    async list(query, files) {
      for (let look = 1; ; look++) {
        if (!isReady()) return null;
        const page = await queryPage((work) => store.use(work), query);
        // The file may have been replaced while the page was put together.
        if (!page || !isReady()) return null;
        if (!files || look > LOOKS) return page;
        const found = await compare(page.data, files);
        if (found.every(({ known, now }) => now === known)) return page;
        const written = await change((db) => {
          for (const { known, now } of found) if (!now) removeByPath(db, known.path);
          putRows(
            db,
            found.flatMap(({ known, now }) => (now && now !== known ? [now] : [])),
          );
        });
        if (!written) return null;
      }
    },

    backfill(files, signal) {
      running ??= runBackfill(deps, files, signal)
        .then(({ result, identity }) => {
          if (result.kind === 'done') complete = identity;
          return result;
        })
        .finally(() => {
          running = null;
        });
      return running;
    },
  };
}

/** What became of each row's file; `now` is `known` itself when nothing did. */
function compare(
  rows: readonly ThreadRow[],
  files: ThreadFiles,
): Promise<{ known: ThreadRow; now: ThreadRow | null }[]> {
  return Promise.all(
    rows.map(async (known) => {
      const modified = await files.modifiedAt(known.path).catch(() => null);
      if (modified === known.updatedAt) return { known, now: known };
      const now = modified === null ? null : await files.read(known.path).catch(() => null);
      return { known, now: now && isSameRow(now, known) ? known : now };
    }),
  );
}
