import { setImmediate } from 'node:timers/promises';
import type { ThreadFiles } from '@codex/protocol';
import { foldersKnown, foldersNow, putFolders, removeFolders } from './folder-table.ts';
import { readRows, type Seen } from './read-rows.ts';
import type { Db } from './sqlite.ts';
import type { Store } from './store.ts';
import { blanksSince, modifiedOf, pathsIn, putRows, removeByPath } from './thread-table.ts';

/** New threads go to the newest folder. */
const NEWEST_DAYS = 14;
/** More news than this are no matter for somebody who waits. */
const MAX_NEWS = 500;
/** A file that says nothing to list may do so soon, but not long after it was last written to. */
const SILENT_MS = 24 * 60 * 60 * 1000;
const PATIENCE_MS = 500;

export interface RefreshOptions {
  now: number;
  /** Look at the folders of all days; without it at those of the newest, unless something was archived or unarchived. */
  whole: boolean;
  /** Files that are compared with their rows in any case. */
  also: readonly string[];
}

/**
 * Brings a filled index in step with the files that came, went or moved, by looking at folders alone. What other
 * programs added to files since is not looked for. False when the database cannot be used, or when there is too much
 * to read for somebody who waits.
 */
export async function refresh(store: Store, files: ThreadFiles, options: RefreshOptions): Promise<boolean> {
  const { now, also } = options;
  const ask = async <T>(work: (db: Db) => T): Promise<T> => {
    const outcome = await store.use(work);
    if (!outcome.ok) throw new Unavailable(outcome.reason);
    return outcome.value;
  };
  try {
    const known = await ask(foldersKnown);
    let folders = await foldersNow(files, now, options.whole ? undefined : NEWEST_DAYS);
    const archive = folders.get(files.archive);
    const isWhole = options.whole || archive === null || archive !== known.get(files.archive);
    if (isWhole && !options.whole) folders = await foldersNow(files, now);
    const lost = isWhole ? [...known.keys()].filter((path) => !folders.has(path)) : [];
    const changed = [...folders].filter(([path, modified]) => modified === null || known.get(path) !== modified);

    const candidates = new Set([...also, ...(await ask((db) => blanksSince(db, now - SILENT_MS)))]);
    const missing: string[] = [];
    for (const folder of [...lost, ...changed.map(([path]) => path)]) {
      const there = new Set(await files.within(folder));
      const before = await ask((db) => pathsIn(db, folder));
      for (const path of before) if (!there.delete(path)) missing.push(path);
      for (const path of there) candidates.add(path);
      await setImmediate();
    }
    if (candidates.size > MAX_NEWS) return false;
    const looked = await Promise.all([...candidates].map((path) => look(files, path)));
    const present = looked.filter((each) => each !== null);
    const news = await ask((db) => present.filter(({ path, modifiedAt }) => modifiedOf(db, path) !== modifiedAt));
    // One may have been made since its folder was looked at.
    const gone: string[] = [];
    for (const path of missing) if ((await look(files, path)) === null) gone.push(path);

    const rows = await readRows(files, news);
    const stamps = new Map(changed.filter(([path, modified]) => !known.has(path) || known.get(path) !== modified));
    if (rows.length + gone.length + lost.length + stamps.size === 0) return true;
    const written = await store.write((db) => {
      for (const path of gone) removeByPath(db, path);
      putRows(db, rows);
      putFolders(db, stamps);
      removeFolders(db, lost);
    }, PATIENCE_MS);
    return written.ok;
  } catch (error) {
    if (error instanceof Unavailable) return false;
    throw error;
  }
}

class Unavailable extends Error {}

async function look(files: ThreadFiles, path: string): Promise<Seen | null> {
  const modifiedAt = await files.modifiedAt(path).catch(() => null);
  return modifiedAt === null ? null : { path, modifiedAt };
}
