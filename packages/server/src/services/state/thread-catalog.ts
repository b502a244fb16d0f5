import { type Clock, createDeadline, type Logger, raceAbort, toMessage } from '@codex/base';
import type { ThreadFiles } from '@codex/protocol';
import type { ThreadPage, ThreadQuery } from '@codex/state';
import type { LazyState } from './lazy-state.ts';

/** The index of the threads, kept in step with their files. It only ever saves time: null means "ask the files". */
export interface ThreadCatalog {
  /** Whether the next list need not open the index first. */
  readonly isOpen: boolean;
  /** `loaded` are the files that this process may be writing to. Throws `invalidRequest` for a bad cursor. */
  list(query: ThreadQuery, loaded: readonly string[]): Promise<ThreadPage | null>;
  /** Starts filling the index in the background. */
  fill(): void;
  /** Opens the index for the lists to come, and fills it when what somebody waits for now is likely to be over. */
  prepare(): void;
  close(): Promise<void>;
}

/** Other programs write, too: a list by time of update needs a look at all files that is no older. */
const FRESH_MS = 5_000;
/** After so long a list of any kind makes all files be looked at, in the background … */
const STALE_MS = 30_000;
/** … so much later. */
const LATER_MS = 1_000;
/** The answer that is being made goes out before the index is opened, which holds the process up for some ms. */
const OPEN_MS = 10;
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
  let opened: Promise<ThreadFiles> | undefined;
  let looking: Promise<boolean> | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let cancelLook: (() => void) | undefined;
  let cancelOpening: (() => void) | undefined;
  let isOpen = false;

  const open = () => (opened ??= openFiles());

  const lookAtAll = async (): Promise<boolean> => {
    try {
      const [databases, files] = await Promise.all([state.open(), open()]);
      if (!databases || stopping.signal.aborted) return false;
      const at = clock.now();
      const result = await databases.threads.backfill(files, stopping.signal);
      if (result.kind !== 'done') return false;
      log.debug(result, 'thread index filled');
      lookedAt = at;
      isOpen = true;
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
  const fillLater = () => {
    cancelLook ??= clock.timer(LATER_MS, () => {
      cancelLook = undefined;
      void fill();
    });
  };

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

  const openIndex = async () => {
    const [databases, files] = await Promise.all([state.open(), open()]);
    isOpen = !stopping.signal.aborted && databases !== null && (await databases.threads.ready());
    return isOpen && databases ? { index: databases.threads, files } : null;
  };

  return {
    get isOpen() {
      return isOpen;
    },
    async list(query, loaded) {
      const opened = await openIndex();
      if (!opened) return null;
      if (query.sortKey === 'updated_at' && age() > FRESH_MS && !(await filledInTime())) return null;
      if (age() > STALE_MS) fillLater();
      return opened.index.list(query, opened.files, loaded);
    },
    fill: () => void fill(),
    prepare() {
      fillLater();
      cancelOpening ??= clock.timer(OPEN_MS, () => {
        openIndex().catch((error: unknown) => log.warn({ reason: toMessage(error) }, 'thread index not opened'));
      });
    },
    async close() {
      stopping.abort();
      cancelLook?.();
      cancelOpening?.();
      const limit = createDeadline(CLOSE_MS, clock);
      await raceAbort(Promise.resolve(looking), limit.signal).catch(() => {});
      limit.clear();
    },
  };
}
