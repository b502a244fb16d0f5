import type { Db } from './sqlite.ts';
import {
  type BlankRow,
  blankColumns,
  type Columns,
  fromStored,
  type StoredRow,
  type ThreadRow,
  toColumns,
} from './thread-row.ts';

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
export function putRows(db: Db, rows: readonly (ThreadRow | BlankRow)[]): void {
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

export function removeById(db: Db, id: string): void {
  for (const { row, exact } of db.all<StoredRow>('SELECT row, exact FROM threads WHERE id = ?', id))
    removeRow(db, row, exact);
}

export function removeByPath(db: Db, path: string): void {
  const known = db.get<StoredRow>('SELECT row, exact FROM threads WHERE path = ?', path);
  if (known) removeRow(db, known.row, known.exact);
}

function removeRow(db: Db, row: number, exact: number): void {
  db.run('DELETE FROM threads WHERE row = ?', row);
  if (exact) removeText(db, row);
}

/** The row of a thread, one that is not archived before one that is. */
export function getById(db: Db, id: string): ThreadRow | null {
  const sql = 'SELECT preview, data FROM threads WHERE id = ? AND shown = 1 ORDER BY archived, updated_s DESC LIMIT 1';
  const stored = db.get<StoredRow>(sql, id);
  return stored ? fromStored(stored) : null;
}

/** When the row of a file was made from it, by the file's time of last write; undefined without a row. */
export function modifiedOf(db: Db, path: string): number | undefined {
  return db.get<{ modified: number }>('SELECT modified FROM threads WHERE path = ?', path)?.modified;
}

/** Some paths in order, after the given one. */
export function pathsAfter(db: Db, path: string, limit: number): string[] {
  const sql = 'SELECT path FROM threads WHERE path > ? ORDER BY path LIMIT ?';
  return db.all<{ path: string }>(sql, path, limit).map((row) => row.path);
}

function addText(db: Db, row: number, preview: string): void {
  db.run('INSERT INTO threads_text (rowid, preview) VALUES (?, ?)', row, preview);
}

function removeText(db: Db, row: number): void {
  db.run('DELETE FROM threads_text WHERE rowid = ?', row);
}
