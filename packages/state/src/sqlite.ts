import { systemCode } from '@codex/base';
import type Database from 'better-sqlite3';

/** What opens a database file: the library's constructor. */
export type Sqlite = typeof Database;

/** Loads the library; rejects where it is not installed. */
export type SqliteLoader = () => Promise<Sqlite>;

export const loadSqlite: SqliteLoader = async () => (await import('better-sqlite3')).default;

/** How long a call may hold the event loop to wait for another process; longer waits are made of pauses. */
export const BUSY_MS = 5;

export type Trouble =
  /** Another process has it; soon over. */
  | 'busy'
  /** The file is no database, or not a whole one. */
  | 'damaged'
  /** The library is not there or was built for another Node; stays so. */
  | 'missing'
  /** Read-only, full, no folder …: may pass. */
  | 'unusable';

/** What kind of trouble an error of the library or of the file system means; null for a fault of the caller. */
export function troubleOf(error: unknown): Trouble | null {
  const code = systemCode(error) ?? '';
  const message = error instanceof Error ? error.message : '';
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code)) return 'busy';
  if (/^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ)/.test(code) || code === 'ERR_DATABASE_SCHEMA') return 'damaged';
  if (code === 'SQLITE_ERROR' && /no such (table|column)|malformed/.test(message)) return 'damaged';
  if (/^SQLITE_(CANTOPEN|READONLY|IOERR|FULL|PERM|AUTH|NOMEM)/.test(code)) return 'unusable';
  if (/^(ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND|ERR_DLOPEN_FAILED)$/.test(code)) return 'missing';
  if (/Could not locate the bindings file/.test(message)) return 'missing';
  if (/^E[A-Z]+$/.test(code)) return 'unusable';
  return null;
}

/** An open database with its statements prepared once. */
export class Db {
  readonly #raw: Database.Database;
  readonly #statements = new Map<string, Database.Statement<unknown[]>>();

  constructor(raw: Database.Database) {
    this.#raw = raw;
  }

  all<Row>(sql: string, ...values: unknown[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  get<Row>(sql: string, ...values: unknown[]): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined;
  }

  /** The number of rows changed, and the key of the last one inserted. */
  run(sql: string, ...values: unknown[]): { changes: number; lastInsertRowid: number | bigint } {
    return this.#prepare(sql).run(...values);
  }

  exec(sql: string): void {
    this.#raw.exec(sql);
  }

  pragma(text: string): unknown {
    return this.#raw.pragma(text, { simple: true });
  }

  /** All of `work` or nothing, with the right to write from its start. */
  transaction<T>(work: () => T): T {
    return this.#raw.transaction(work).immediate();
  }

  close(): void {
    this.#statements.clear();
    this.#raw.close();
  }

  #prepare(sql: string): Database.Statement<unknown[]> {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#raw.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
