import type { Clock, Ids, Logger } from '@codex/base';
import type { ListedThread, ThreadFiles } from '@codex/protocol';
import { type BackfillResult, runBackfill } from './backfill.ts';
import { isFilled } from './folder-table.ts';
import { refresh } from './refresh.ts';
import type { Store } from './store.ts';
import { queryPage, type ThreadPage, type ThreadQuery } from './thread-query.ts';
import { isSameRow } from './thread-row.ts';
import { putRows, removeByPath } from './thread-table.ts';

export interface ThreadIndex {
  /** True when it was filled once, by whatever process. Makes no database where there is none. */
  ready(): Promise<boolean>;
  /**
   * A page as `listRollouts` would give it; null when the files must be asked. Files that came, went or moved are known
   * at once, and every row of the page is compared with its file: what was written since is read again, what is gone is
   * dropped. For the order by update, what was added to files counts as of the last backfill, and of now in `writing`,
   * the files that this process may be writing to. Throws `invalidRequest` for a bad cursor.
   */
  list(query: ThreadQuery, files: ThreadFiles, writing?: readonly string[]): Promise<ThreadPage | null>;
  /** Fills the index from the files, in the background; a call while one is running joins it. Never rejects. */
  backfill(files: ThreadFiles, signal: AbortSignal): Promise<BackfillResult>;
}

/** A page whose rows keep changing is given as it is found the last time. */
const LOOKS = 3;
/** The folders of all days are looked at no more often than this unless something shows that they have news. */
const WHOLE_MS = 10_000;
/** Within a walk through pages the folders are looked at no more often than this. */
const WALK_MS = 1_000;
const PATIENCE_MS = 500;

export function createThreadIndex(deps: { store: Store; clock: Clock; ids: Ids; log: Logger }): ThreadIndex {
  const { store, clock } = deps;
  /** The database file that is known to be filled. */
  let filled: string | null = null;
  let running: Promise<BackfillResult> | null = null;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let wholeAt = Number.NEGATIVE_INFINITY;
  let last: Promise<unknown> = Promise.resolve();

  const ready = async (): Promise<boolean> => {
    if (!store.exists) return false;
    const found = await store.use((db) => filled === store.identity || isFilled(db));
    filled = found.ok && found.value ? store.identity : null;
    return filled !== null;
  };

  /** One after another: each builds on what the one before has noticed. */
  const inStep = (files: ThreadFiles, also: readonly string[]): Promise<boolean> => {
    const own = last.then(async () => {
      const now = clock.now();
      const whole = Math.abs(now - wholeAt) >= WHOLE_MS;
      if (!(await refresh(store, files, { now, whole, also }))) return false;
      refreshedAt = now;
      if (whole) wholeAt = now;
      return true;
    });
    last = own.catch(() => {});
    return own;
  };

  return {
    ready,

    async list(query, files, writing = []) {
      if (!(await ready())) return null;
      const identity = store.identity;
      const isWalk = query.cursor !== null && Math.abs(clock.now() - refreshedAt) < WALK_MS;
      const also = query.sortKey === 'updated_at' ? writing : [];
      if ((!isWalk || also.length > 0) && !(await inStep(files, also))) return null;
      for (let look = 1; ; look++) {
        const page = await queryPage((work) => store.use(work), query);
        const found = page && (await compare(page.data, files));
        // The file may have been replaced while the page was put together.
        if (!found || store.identity !== identity) return null;
        const changed = found.filter(({ known, now }) => now !== known);
        if (changed.length === 0) return page;
        if (look === LOOKS) return { ...page, data: found.flatMap(({ now }) => (now ? [now] : [])) };
        const written = await store.write((db) => {
          for (const { known, now } of changed) if (!now) removeByPath(db, known.path);
          putRows(
            db,
            changed.flatMap(({ now }) => (now ? [now] : [])),
          );
        }, PATIENCE_MS);
        if (!written.ok) return null;
      }
    },

    backfill(files, signal) {
      running ??= runBackfill(deps, files, signal).finally(() => {
        running = null;
      });
      return running;
    },
  };
}

/** What became of each row's file; `now` is `known` itself when nothing did. */
function compare(
  rows: readonly ListedThread[],
  files: ThreadFiles,
): Promise<{ known: ListedThread; now: ListedThread | null }[]> {
  return Promise.all(
    rows.map(async (known) => {
      const modified = await files.modifiedAt(known.path).catch(() => null);
      if (modified === known.updatedAt) return { known, now: known };
      const now = modified === null ? null : await files.read(known.path).catch(() => null);
      return { known, now: now && isSameRow(now, known) ? known : now };
    }),
  );
}
