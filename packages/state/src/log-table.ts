import { bytesOf, type LogLevel, type LogRow } from './log-row.ts';
import type { Db } from './sqlite.ts';

export interface LogCaps {
  /** Per partition. */
  rows: number;
  bytes: number;
  /** Of the whole file, looked at when a process first writes. */
  fileBytes: number;
  /** Looked at likewise. */
  ageMs: number;
}

export const LOG_CAPS: LogCaps = {
  rows: 1_000,
  bytes: 10 * 1024 * 1024,
  fileBytes: 256 * 1024 * 1024,
  ageMs: 10 * 24 * 60 * 60 * 1000,
};

export interface LogQuery {
  threadId?: string;
  /** The least level. */
  level?: LogLevel;
  limit: number;
}

const partitionOf = (threadId: string | null, processId: string) =>
  threadId === null ? `p:${processId}` : `t:${threadId}`;

/** To be called in a transaction. Afterwards every partition keeps its caps: its oldest rows go. */
export function insertRows(db: Db, rows: readonly LogRow[], processId: string, caps: LogCaps): void {
  const touched = new Set<string>();
  for (const row of rows) {
    const partition = partitionOf(row.threadId, processId);
    touched.add(partition);
    db.run(
      `INSERT INTO logs (at, level, message, fields, thread_id, process_id, partition, bytes)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      row.at,
      row.level,
      row.message,
      row.fields,
      row.threadId,
      processId,
      partition,
      bytesOf(row),
    );
  }
  for (const partition of touched) trim(db, partition, caps);
}

function trim(db: Db, partition: string, caps: LogCaps): void {
  const over = db.get<{ id: number }>(
    'SELECT id FROM logs WHERE partition = ? ORDER BY id DESC LIMIT 1 OFFSET ?',
    partition,
    caps.rows,
  );
  if (over) removeUpTo(db, partition, over.id);
  const held = db.get<{ bytes: number }>('SELECT total(bytes) AS bytes FROM logs WHERE partition = ?', partition);
  if ((held?.bytes ?? 0) <= caps.bytes) return;
  const tooMuch = db.get<{ id: number }>(
    `SELECT id FROM (
       SELECT id, sum(bytes) OVER (ORDER BY id DESC ROWS UNBOUNDED PRECEDING) AS total FROM logs WHERE partition = ?
     ) WHERE total > ? LIMIT 1`,
    partition,
    caps.bytes,
  );
  if (tooMuch) removeUpTo(db, partition, tooMuch.id);
}

function removeUpTo(db: Db, partition: string, id: number): void {
  db.run('DELETE FROM logs WHERE partition = ? AND id <= ?', partition, id);
}

interface StoredLog {
  at: number;
  level: LogLevel;
  message: string | null;
  fields: string | null;
  threadId: string | null;
}

/** The newest rows, oldest of them first. */
export function tailRows(db: Db, { threadId, level = 'TRACE', limit }: LogQuery): LogRow[] {
  const from = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'].indexOf(level);
  const levels = JSON.stringify(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'].slice(from));
  const where = `level IN (SELECT value FROM json_each(?))${threadId === undefined ? '' : ' AND partition = ?'}`;
  const sql = `SELECT at, level, message, fields, thread_id AS threadId FROM logs WHERE ${where} ORDER BY id DESC LIMIT ?`;
  const values = threadId === undefined ? [levels] : [levels, partitionOf(threadId, '')];
  return db.all<StoredLog>(sql, ...values, limit).reverse();
}

/**
 * The rows with a message of a thread, and those without a thread of the process that wrote the thread's newest row:
 * the newest as long as their sum stays within `maxBytes`, oldest of them first. Empty when the thread has no rows.
 */
export function feedbackRows(db: Db, threadId: string, maxBytes: number): LogRow[] {
  const partition = partitionOf(threadId, '');
  const newest = db.get<{ processId: string }>(
    'SELECT process_id AS processId FROM logs WHERE partition = ? ORDER BY id DESC LIMIT 1',
    partition,
  );
  if (!newest) return [];
  return db.all<StoredLog>(
    `SELECT at, level, message, fields, thread_id AS threadId FROM (
       SELECT *, sum(bytes) OVER (ORDER BY at DESC, id DESC ROWS UNBOUNDED PRECEDING) AS total FROM logs
         WHERE partition IN (?, ?) AND message IS NOT NULL
     ) WHERE total <= ? ORDER BY at, id`,
    partition,
    partitionOf(null, newest.processId),
    maxBytes,
  );
}
