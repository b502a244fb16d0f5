import { setImmediate } from 'node:timers/promises';
import { abortReason, type Clock, type Ids, isAbort, type Logger, toMessage } from '@codex/base';
import type { ThreadFiles } from '@codex/protocol';
import { foldersKnown, foldersNow, putFolders, removeFolders, setFilled } from './folder-table.ts';
import { claimLease, type Lease } from './lease.ts';
import { readRows, type Seen } from './read-rows.ts';
import type { Db } from './sqlite.ts';
import type { Store } from './store.ts';
import { modifiedAfter, modifiedOf, putRows, removeByPath } from './thread-table.ts';

export type BackfillResult =
  | { kind: 'done'; files: number; read: number; removed: number }
  | { kind: 'stopped' }
  | { kind: 'unavailable'; reason: string };

const BATCH = 64;
/** Rows looked at before others get their turn. */
const PAGE = 2_000;
/** So few changed files are read at once; for more, one process works and the others wait. */
const FEW = 50;
const WAIT_MS = 200;

export interface BackfillDeps {
  store: Store;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

/**
 * Makes the index say what the files say. Only files that are new or were written since are read, and every batch is a
 * checkpoint: after an interruption, or in the next process, what was done is not done again. Where there is much to
 * read one process works at a time; others wait, and then find next to nothing to do. Gives the event loop back between
 * batches. Never rejects.
 */
export async function runBackfill(
  deps: BackfillDeps,
  files: ThreadFiles,
  signal: AbortSignal,
): Promise<BackfillResult> {
  const held: { lease: Lease | null } = { lease: null };
  try {
    return await work(deps, files, { signal, held });
  } catch (error) {
    if (error instanceof Stopped || isAbort(error)) return { kind: 'stopped' };
    const reason = toMessage(error);
    if (!(error instanceof Unavailable)) deps.log.warn({ reason }, 'thread index not filled');
    return { kind: 'unavailable', reason };
  } finally {
    await held.lease?.release();
  }
}

class Stopped extends Error {}
class Unavailable extends Error {}

async function work(
  deps: BackfillDeps,
  files: ThreadFiles,
  { signal, held }: { signal: AbortSignal; held: { lease: Lease | null } },
): Promise<BackfillResult> {
  const { store, clock } = deps;
  let identity: string | null = null;
  const use = async <T>(run: (db: Db) => T, write = false): Promise<T> => {
    if (signal.aborted) throw new Stopped();
    const outcome = await (write ? store.write(run) : store.use(run));
    if (!outcome.ok) throw new Unavailable(outcome.reason);
    identity ??= store.identity;
    if (store.identity !== identity) throw new Unavailable('the database was replaced');
    return outcome.value;
  };
  const knownFolders = await use(foldersKnown);
  const folders = await foldersNow(files, clock.now());
  /** What the index says of files not seen yet. */
  const unseen = new Map<string, number>();
  for (let last: string | undefined = ''; last !== undefined; ) {
    const after: string = last;
    const page = await use((db) => modifiedAfter(db, after, PAGE));
    for (const { path, modified } of page) unseen.set(path, modified);
    last = page.at(-1)?.path;
    await setImmediate();
  }

  let count = 0;
  let read = 0;
  let wave: Seen[] = [];
  const digest = async () => {
    if (wave.length > FEW) held.lease ??= await waitForLease(deps, signal);
    // While this one waited, another process may have read them.
    const changed = await use((db) => wave.filter(({ path, modifiedAt }) => modifiedOf(db, path) !== modifiedAt));
    wave = [];
    const rows = await readRows(files, changed);
    await use((db) => putRows(db, rows), true);
    read += rows.length;
    if (held.lease && !(await held.lease.renew())) throw new Unavailable('another process took over');
    await setImmediate();
  };
  for await (const file of files.all()) {
    if (signal.aborted) throw new Stopped();
    count += 1;
    const known = unseen.get(file.path);
    unseen.delete(file.path);
    if (known === file.modifiedAt) continue;
    wave.push(file);
    if (wave.length === BATCH) await digest();
  }
  if (wave.length > 0) await digest();

  // One may have been made, or moved here, since its folder was looked at.
  const gone: string[] = [];
  for (const path of unseen.keys()) if ((await files.modifiedAt(path)) === null) gone.push(path);
  for (let from = 0; from < gone.length; from += BATCH) {
    await use((db) => gone.slice(from, from + BATCH).forEach((path) => removeByPath(db, path)), true);
    await setImmediate();
  }
  await use((db) => {
    putFolders(db, folders);
    removeFolders(
      db,
      [...knownFolders.keys()].filter((path) => !folders.has(path)),
    );
    setFilled(db);
  }, true);
  return { kind: 'done', files: count, read, removed: gone.length };
}

async function waitForLease(deps: BackfillDeps, signal: AbortSignal): Promise<Lease> {
  const { store, clock } = deps;
  for (;;) {
    if (signal.aborted) throw abortReason(signal);
    const lease = await claimLease(store, 'backfill', deps);
    if (lease) return lease;
    const { status } = store;
    if (status.kind === 'unavailable') throw new Unavailable(status.reason);
    await clock.sleep(WAIT_MS, signal);
  }
}
