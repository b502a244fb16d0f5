import { setImmediate } from 'node:timers/promises';
import { abortReason, type Clock, type Ids, isAbort, type Logger, toMessage } from '@codex/base';
import { claimLease, type Lease } from './lease.ts';
import type { Store } from './store.ts';
import type { BlankRow, ThreadRow } from './thread-row.ts';
import { modifiedOf, pathsAfter, putRows, removeByPath } from './thread-table.ts';

/** The files that the index is made from. */
export interface ThreadFiles {
  /** All conversation files, archived ones too, in any order. */
  all(): AsyncIterable<{ path: string; modifiedAt: number }>;
  /** What the head of a file tells; null when there is nothing to list or no such file. */
  read(path: string): Promise<ThreadRow | null>;
  /** Time of the last write in milliseconds; null without a file. */
  modifiedAt(path: string): Promise<number | null>;
}

export type BackfillResult =
  | { kind: 'done'; files: number; read: number; removed: number }
  | { kind: 'stopped' }
  | { kind: 'unavailable'; reason: string };

const BATCH = 200;
/** Heads read side by side. */
const WIDTH = 16;
const LOOKUPS = 1_000;
const WAIT_MS = 200;

export interface BackfillDeps {
  store: Store;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

/**
 * Makes the index say what the files say. Only files that are new or were written since are read, and every batch is a
 * checkpoint: after an interruption, or in the next process, what was done is not done again. One process works at a
 * time; others wait, and then find next to nothing to do. Gives the event loop back between batches. `identity` is that
 * of the database file that was worked on.
 */
export async function runBackfill(
  deps: BackfillDeps,
  files: ThreadFiles,
  signal: AbortSignal,
): Promise<{ result: BackfillResult; identity: string | null }> {
  let identity: string | null = null;
  const result = await leased(deps, signal, (lease) => {
    identity = deps.store.identity;
    return work({ ...deps, lease, identity }, files, signal);
  });
  return { result, identity };
}

/** Waits until no other process is at it, then does the work; its troubles become results. */
async function leased(
  deps: BackfillDeps,
  signal: AbortSignal,
  run: (lease: Lease) => Promise<BackfillResult>,
): Promise<BackfillResult> {
  const { store, clock, log } = deps;
  try {
    let lease: Lease | null = null;
    while (!lease) {
      if (signal.aborted) throw abortReason(signal);
      lease = await claimLease(store, 'backfill', deps);
      if (lease) break;
      const { status } = store;
      if (status.kind === 'unavailable') return status;
      await clock.sleep(WAIT_MS, signal);
    }
    try {
      return await run(lease);
    } finally {
      await lease.release();
    }
  } catch (error) {
    if (error instanceof Stopped || isAbort(error)) return { kind: 'stopped' };
    if (error instanceof Unavailable) return { kind: 'unavailable', reason: error.message };
    log.warn({ reason: toMessage(error) }, 'thread index not filled');
    return { kind: 'unavailable', reason: toMessage(error) };
  }
}

class Stopped extends Error {}
class Unavailable extends Error {}

async function work(
  { store, lease, identity }: BackfillDeps & { lease: Lease; identity: string | null },
  files: ThreadFiles,
  signal: AbortSignal,
): Promise<BackfillResult> {
  const seen = new Set<string>();
  let read = 0;
  const use = async <T>(run: (db: Parameters<Parameters<Store['use']>[0]>[0]) => T, write = false): Promise<T> => {
    if (signal.aborted) throw new Stopped();
    const outcome = await (write ? store.write(run) : store.use(run));
    if (!outcome.ok) throw new Unavailable(outcome.reason);
    if (store.identity !== identity) throw new Unavailable('the database was replaced');
    return outcome.value;
  };

  const digest = async (wave: { path: string; modifiedAt: number }[]) => {
    const changed = await use((db) => wave.filter(({ path, modifiedAt }) => modifiedOf(db, path) !== modifiedAt));
    for (let from = 0; from < changed.length; from += BATCH) {
      const rows = await readAll(files, changed.slice(from, from + BATCH));
      await use((db) => putRows(db, rows), true);
      read += rows.length;
      if (!(await lease.renew())) throw new Unavailable('another process took over');
      await setImmediate();
    }
  };

  let wave: { path: string; modifiedAt: number }[] = [];
  for await (const file of files.all()) {
    seen.add(file.path);
    wave.push(file);
    if (wave.length < LOOKUPS) continue;
    await digest(wave);
    wave = [];
    await setImmediate();
  }
  await digest(wave);

  let removed = 0;
  for (let after = ''; ; ) {
    const paths = await use((db) => pathsAfter(db, after, LOOKUPS));
    const last = paths.at(-1);
    if (last === undefined) break;
    after = last;
    // One may have been made, or moved here, since its folder was looked at.
    const gone: string[] = [];
    for (const path of paths) if (!seen.has(path) && (await files.modifiedAt(path)) === null) gone.push(path);
    if (gone.length > 0) await use((db) => gone.forEach((path) => removeByPath(db, path)), true);
    removed += gone.length;
    await setImmediate();
  }
  return { kind: 'done', files: seen.size, read, removed };
}

/** The rows of files, in step with what was seen of them before reading: a later write shows as a change again. */
async function readAll(
  files: ThreadFiles,
  stamps: { path: string; modifiedAt: number }[],
): Promise<(ThreadRow | BlankRow)[]> {
  const rows: (ThreadRow | BlankRow)[] = [];
  for (let from = 0; from < stamps.length; from += WIDTH) {
    const some = stamps.slice(from, from + WIDTH).map(async ({ path, modifiedAt }): Promise<ThreadRow | BlankRow> => {
      // One unreadable file must not spoil the list.
      const row = await files.read(path).catch(() => null);
      return row ?? { path, updatedAt: modifiedAt, blank: true };
    });
    rows.push(...(await Promise.all(some)));
  }
  return rows;
}
