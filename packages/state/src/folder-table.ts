import type { ThreadFiles } from '@codex/protocol';
import type { Db } from './sqlite.ts';

/**
 * The folders that files lie in, each with the time it had when the rows of its files were last made to agree with it:
 * a folder's time changes whenever a file comes, goes or moves. Null: it had changed so lately that it may change again
 * without its time showing it, for file systems count in steps.
 */
export type Folders = ReadonlyMap<string, number | null>;

const SETTLED_MS = 2_000;

/** The folders as they are on the disk, those of the newest `days` only where that is said. */
export async function foldersNow(files: ThreadFiles, now: number, days?: number): Promise<Folders> {
  const folders = new Map<string, number | null>();
  for await (const { path, modifiedAt } of files.folders(days)) {
    folders.set(path, now - modifiedAt < SETTLED_MS ? null : modifiedAt);
  }
  return folders;
}

/** The folders as the index knows them. */
export function foldersKnown(db: Db): Folders {
  const rows = db.all<{ path: string; modified: number | null }>('SELECT path, modified FROM folders');
  return new Map(rows.map(({ path, modified }) => [path, modified]));
}

/** To be called in a transaction: what is known of `now` from now on. */
export function putFolders(db: Db, now: Folders): void {
  for (const [path, modified] of now) {
    db.run('INSERT OR REPLACE INTO folders (path, modified) VALUES (?, ?)', path, modified);
  }
}

/** To be called in a transaction: folders that are not there any more. */
export function removeFolders(db: Db, gone: readonly string[]): void {
  for (const path of gone) db.run('DELETE FROM folders WHERE path = ?', path);
}

/** Whether the index ever held all there was; from then on it is kept in step by what changed. */
export function isFilled(db: Db): boolean {
  return db.get('SELECT 1 FROM filled') !== undefined;
}

export function setFilled(db: Db): void {
  db.run('INSERT OR IGNORE INTO filled (once) VALUES (1)');
}
