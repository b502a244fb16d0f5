import { abortReason, type Clock, createDeadline, type Logger, raceAbort, toMessage } from '@codex/base';
import type { ThreadFiles } from '@codex/rollout';
import type { State, ThreadPage, ThreadQuery } from '@codex/state';
import { createFolderWatch } from './folder-watch.ts';
import type { LazyState } from './lazy-state.ts';

/** The index of the threads, kept in step with their files. It only ever saves time: null means "ask the files". */
export interface ThreadCatalog {
  /** `loaded` are the files that this process may be writing to. Throws `invalidRequest` for a bad cursor. */
  list(query: ThreadQuery, loaded: readonly string[]): Promise<ThreadPage | null>;
  /** Starts filling the index in the background. */
  fill(): void;
  /** True once it is filled, which is after somebody listed threads: before that nothing needs to be kept up to date. */
  readonly inUse: boolean;
  /** A file was written or has come; brought up to date in the background. */
  written(path: string): void;
  /** A thread's file has a new place; likewise. */
  moved(id: string, path: string): void;
  close(): Promise<void>;
}

/** Other processes write, too: a list by time of update needs a look at all files that is no older. */
const FRESH_MS = 1_000;
/** After so long a list of any kind makes all files be looked at, in the background. */
const STALE_MS = 30_000;
/** A list does not wait longer for that look: another process may be at it. */
const PATIENCE_MS = 2_000;
const CLOSE_MS = 1_000;

export function createThreadCatalog(deps: {
  state: LazyState;
  openFiles: () => Promise<ThreadFiles>;
  clock: Clock;
  log: Logger;
}): ThreadCatalog {
  const { state, openFiles, clock, log } = deps;
  const stopping = new AbortController();
  let opened: Promise<{ files: ThreadFiles; watch: ReturnType<typeof createFolderWatch> }> | undefined;
  let looking: Promise<boolean> | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let last: Promise<unknown> = Promise.resolve();

  const open = () => (opened ??= openFiles().then((files) => ({ files, watch: createFolderWatch(files) })));

  /** One after another: each builds on what the one before has noticed. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const own = last.then(() => {
      if (stopping.signal.aborted) throw abortReason(stopping.signal);
      return work();
    });
    last = own.catch(() => {});
    return own;
  };
  const quietly = (work: () => Promise<unknown>) => {
    inTurn(work).catch((error: unknown) => {
      if (!stopping.signal.aborted) log.warn({ reason: toMessage(error) }, 'thread index not brought up to date');
    });
  };

  const lookAtAll = async (): Promise<boolean> => {
    try {
      const [databases, { watch }] = await Promise.all([state.open(), open()]);
      if (!databases || stopping.signal.aborted) return false;
      const at = clock.now();
      const { files, done } = await watch.look(at);
      const result = await databases.threads.backfill(files, stopping.signal);
      if (result.kind !== 'done') return false;
      log.debug(result, 'thread index filled');
      done();
      lookedAt = at;
      return true;
    } catch (error) {
      log.warn({ reason: toMessage(error) }, 'thread index not filled');
      return false;
    } finally {
      looking = undefined;
    }
  };
  const fill = () => (looking ??= stopping.signal.aborted ? Promise.resolve(false) : lookAtAll());
  const age = () => Math.abs(clock.now() - lookedAt);

  const filledInTime = async (): Promise<boolean> => {
    const limit = createDeadline(PATIENCE_MS, clock);
    try {
      return await raceAbort(fill(), limit.signal);
    } catch {
      return false;
    } finally {
      limit.clear();
    }
  };

  const reread = async ({ threads }: State, paths: readonly string[]): Promise<boolean> => {
    const { files, watch } = await open();
    const rows = [];
    for (const path of paths) {
      const row = await files.read(path).catch(() => null);
      watch.settle(path, row === null && (await files.modifiedAt(path).catch(() => null)) !== null);
      if (row) rows.push(row);
    }
    return rows.length === 0 || threads.upsert(rows);
  };

  /** What came since the last look at all files. */
  const catchUp = async (databases: State, also: readonly string[]): Promise<boolean> => {
    const { watch } = await open();
    return reread(databases, [...new Set([...(await watch.news(clock.now())), ...also])]);
  };

  return {
    async list(query, loaded) {
      const databases = state.opened;
      if (stopping.signal.aborted || !databases?.threads.ready) return null;
      const byUpdate = query.sortKey === 'updated_at';
      if (byUpdate && age() > FRESH_MS && !(await filledInTime())) return null;
      if (!(await inTurn(() => catchUp(databases, byUpdate ? loaded : [])))) return null;
      const page = await databases.threads.list(query, (await open()).files);
      if (age() > STALE_MS) void fill();
      return page;
    },
    fill: () => void fill(),
    get inUse() {
      return state.opened?.threads.ready ?? false;
    },
    written(path) {
      const databases = state.opened;
      if (databases?.threads.ready) quietly(() => reread(databases, [path]));
    },
    moved(id, path) {
      const databases = state.opened;
      if (!databases?.threads.ready) return;
      quietly(async () => {
        await databases.threads.remove(id);
        await reread(databases, [path]);
      });
    },
    async close() {
      stopping.abort();
      const limit = createDeadline(CLOSE_MS, clock);
      await raceAbort(Promise.all([looking, last]), limit.signal).catch(() => {});
      limit.clear();
    },
  };
}
