import type { ListedThread } from '@codex/protocol';
import type { Db } from './sqlite.ts';
import { type BlankRow, blankColumns, type Columns, type StoredRow, toColumns } from './thread-row.ts';

const COLUMNS: readonly (readonly [column: string, member: keyof Columns])[] = [
  ['path', 'path'],
  ['modified', 'modified'],
  ['shown', 'shown'],
  ['id', 'id'],
  ['listed_id', 'listedId'],
  ['archived', 'archived'],
  ['created_s', 'createdS'],
  ['updated_s', 'updatedS'],
  ['source', 'source'],
  ['provider', 'provider'],
  ['cwd', 'cwd'],
  ['exact', 'exact'],
  ['preview', 'preview'],
  ['data', 'data'],
];
const INSERT = `INSERT INTO threads (${COLUMNS.map(([column]) => column).join(', ')})
  VALUES (${COLUMNS.map(([, member]) => `@${member}`).join(', ')})`;
const UPDATE = `UPDATE threads SET ${COLUMNS.map(([column, member]) => `${column} = @${member}`).join(', ')} WHERE row = @row`;

/** Adds rows or brings them up to date, by path; to be called in a transaction. */
export function putRows(db: Db, rows: readonly (ListedThread | BlankRow)[]): void {
  for (const row of rows) putRow(db, 'blank' in row ? blankColumns(row) : toColumns(row));
}

function putRow(db: Db, columns: Columns): void {
  const known = db.get<{ row: number; preview: string; exact: number }>(
    'SELECT row, preview, exact FROM threads WHERE path = ?',
    columns.path,
  );
  if (!known) {
    const { lastInsertRowid } = db.run(INSERT, columns);
    if (columns.exact) addText(db, Number(lastInsertRowid), columns.preview);
    return;
  }
  db.run(UPDATE, { ...columns, row: known.row });
  if (known.exact === columns.exact && known.preview === columns.preview) return;
  if (known.exact) removeText(db, known.row);
  if (columns.exact) addText(db, known.row, columns.preview);
}

export function removeByPath(db: Db, path: string): void {
  const known = db.get<StoredRow>('SELECT row, exact FROM threads WHERE path = ?', path);
  if (known) removeRow(db, known.row, known.exact);
}

function removeRow(db: Db, row: number, exact: number): void {
  db.run('DELETE FROM threads WHERE row = ?', row);
  if (exact) removeText(db, row);
}

/** When the row of a file was made from it, by the file's time of last write; undefined without a row. */
export function modifiedOf(db: Db, path: string): number | undefined {
  return db.get<{ modified: number }>('SELECT modified FROM threads WHERE path = ?', path)?.modified;
}

/** The same of some files in the order of their paths, after the given one. */
export function modifiedAfter(db: Db, path: string, limit: number): { path: string; modified: number }[] {
  return db.all('SELECT path, modified FROM threads WHERE path > ? ORDER BY path LIMIT ?', path, limit);
}

/** The paths of files directly in a folder. */
export function pathsIn(db: Db, folder: string): string[] {
  // The character after `/` is `0`.
  const sql = "SELECT path FROM threads WHERE path > ? || '/' AND path < ? || '0'";
  return db.all<{ path: string }>(sql, folder, folder).map((row) => row.path);
}

/** Files with nothing to list that were written to since. */
export function blanksSince(db: Db, modified: number): string[] {
  const sql = 'SELECT path FROM threads INDEXED BY threads_blank WHERE shown = 0 AND modified > ?';
  return db.all<{ path: string }>(sql, modified).map((row) => row.path);
}

function addText(db: Db, row: number, preview: string): void {
  db.run('INSERT INTO threads_text (rowid, preview) VALUES (?, ?)', row, preview);
}

function removeText(db: Db, row: number): void {
  db.run('DELETE FROM threads_text WHERE rowid = ?', row);
}
