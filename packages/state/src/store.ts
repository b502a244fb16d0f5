import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock, Ids, Logger } from '@codex/base';
import { toMessage } from '@codex/base';
import { moveAside } from './move-aside.ts';
import { BUSY_MS, Db, type SqliteLoader, type Trouble, troubleOf } from './sqlite.ts';

export interface StoreOptions {
  path: string;
  migrations: readonly string[];
  load: SqliteLoader;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

export type StoreStatus = { kind: 'unopened' } | { kind: 'open' } | { kind: 'unavailable'; reason: string };
export type Outcome<T> = { ok: true; value: T } | { ok: false; reason: string };

/** How long opening waits for another process that creates or repairs the file. */
const OPEN_MS = 3_000;
/** After trouble the database is left alone for so long. */
const RETRY_MS = 5_000;
const IDENTITY_CHECK_MS = 1_000;
/** Of new files: half the reads of the usual size, for rows of a kilobyte. */
const PAGE_BYTES = 8192;
/** Taken only as pages are read. */
const CACHE_KIB = 32 * 1024;

/**
 * One database file with a life: opened when first used, created or repaired when need be, tried again later after
 * trouble. Nothing but a fault of the caller's own work is ever thrown.
 */
export class Store {
  readonly #options: StoreOptions;
  #db: Db | null = null;
  #opening: Promise<Db | null> | null = null;
  #inode = 0;
  #checkedAt = 0;
  #reason: string | null = null;
  /** When it may be tried again after trouble. */
  #restUntil = 0;
  #closed = false;
  #identity: string | null = null;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  get status(): StoreStatus {
    if (this.#reason !== null) return { kind: 'unavailable', reason: this.#reason };
    return this.#db ? { kind: 'open' } : { kind: 'unopened' };
  }

  /** True when trying again is of no use in this process: the library is not there. */
  get isHopeless(): boolean {
    return this.#restUntil === Number.POSITIVE_INFINITY;
  }

  /** Of the file last opened; another one in its place, which is empty at first, has another. */
  get identity(): string | null {
    return this.#identity;
  }

  /** Whether there is a file; opening would make one. */
  get exists(): boolean {
    return inodeOf(this.#options.path) !== 0;
  }

  /**
   * Runs `work`, which is synchronous and short, on the open database. While another process is in the way it is
   * repeated for up to `patience` milliseconds, with pauses that leave the event loop free.
   */
  async use<T>(work: (db: Db) => T, patience = 500): Promise<Outcome<T>> {
    const { clock } = this.#options;
    const end = clock.now() + patience;
    for (;;) {
      const db = await this.#open();
      if (!db) return { ok: false, reason: this.#reason ?? 'closed' };
      try {
        return { ok: true, value: work(db) };
      } catch (error) {
        const trouble = troubleOf(error);
        if (trouble === null) throw error;
        if (trouble !== 'busy' || clock.now() >= end) return this.#fail(trouble, error);
      }
      await this.#pause();
    }
  }

  /** `use` with all of `work` in one transaction. */
  write<T>(work: (db: Db) => T, patience = 5_000): Promise<Outcome<T>> {
    return this.use((db) => db.transaction(() => work(db)), patience);
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  async #open(): Promise<Db | null> {
    if (this.#closed) return null;
    const { clock } = this.#options;
    if (this.#db && this.#isReplaced()) this.#drop();
    if (this.#db) return this.#db;
    if (clock.now() < this.#restUntil) return null;
    this.#opening ??= this.#openPatiently().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #openPatiently(): Promise<Db | null> {
    const { clock, load } = this.#options;
    const end = clock.now() + OPEN_MS;
    for (;;) {
      try {
        const sqlite = await load();
        if (this.#closed) return null;
        const db = this.#openOnce(sqlite);
        this.#reason = null;
        this.#db = db;
        return db;
      } catch (error) {
        const trouble = troubleOf(error) ?? 'unusable';
        const late = clock.now() >= end;
        if (trouble === 'damaged' && !late) this.#repair(error);
        else if (trouble !== 'busy' || late) {
          this.#fail(trouble, error);
          return null;
        }
      }
      await this.#pause();
      if (this.#closed) return null;
    }
  }

  #openOnce(sqlite: Awaited<ReturnType<SqliteLoader>>): Db {
    const { path, migrations } = this.#options;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // The library would create it readable by everyone; the files beside it take over its mode.
    closeSync(openSync(path, 'a', 0o600));
    const inode = statSync(path).ino;
    const db = new Db(new sqlite(path, { timeout: BUSY_MS }));
    try {
      if (db.pragma('journal_mode') !== 'wal') {
        // A new file holds nothing to lose.
        db.pragma(`page_size = ${PAGE_BYTES}`);
        db.pragma('synchronous = OFF');
        db.pragma('auto_vacuum = INCREMENTAL');
        db.pragma('journal_mode = WAL');
      }
      db.pragma('synchronous = NORMAL');
      db.pragma('journal_size_limit = 4194304');
      // A search in the threads of years reads all rows: that they stay in memory makes it a third faster. Mapping the
      // file would do the same, but a process that maps a file dies when another cuts it off.
      db.pragma(`cache_size = -${CACHE_KIB}`);
      migrate(db, migrations);
      this.#identity = db.get<{ id: string }>('SELECT id FROM identity')?.id ?? null;
    } catch (error) {
      db.close();
      throw error;
    }
    this.#inode = inode;
    this.#checkedAt = this.#options.clock.now();
    return db;
  }

  /** True when the file in use was deleted or replaced: whatever goes into it would be seen by nobody. */
  #isReplaced(): boolean {
    const { clock, path } = this.#options;
    if (clock.now() - this.#checkedAt < IDENTITY_CHECK_MS) return false;
    this.#checkedAt = clock.now();
    return inodeOf(path) !== this.#inode;
  }

  #fail(trouble: Trouble, error: unknown): { ok: false; reason: string } {
    const { clock, log, path } = this.#options;
    const reason = trouble === 'busy' ? 'locked by another process' : toMessage(error);
    if (this.#reason === null) log.warn({ path, reason }, 'database not usable, going on without it');
    if (trouble === 'damaged') this.#repair(error);
    this.#drop();
    this.#reason = reason;
    this.#restUntil = trouble === 'missing' ? Number.POSITIVE_INFINITY : clock.now() + RETRY_MS;
    return { ok: false, reason };
  }

  /** Puts a damaged file out of the way; the next opening makes a new one. */
  #repair(error: unknown): void {
    const { path, clock, log } = this.#options;
    const inode = this.#db ? this.#inode : inodeOf(path);
    this.#drop();
    const moved = moveAside(path, inode, clock);
    if (moved) log.warn({ path, reason: toMessage(error) }, 'damaged database moved aside, making a new one');
  }

  #drop(): void {
    try {
      this.#db?.close();
    } catch {
      // What cannot be closed is not used any more either.
    }
    this.#db = null;
  }

  #pause(): Promise<void> {
    return this.#options.clock.sleep(this.#options.ids.integer(10, 40));
  }
}

/** Under the write lock, so that of several processes one migrates and the others see it done. */
function migrate(db: Db, migrations: readonly string[]): void {
  const version = () => Number(db.pragma('user_version'));
  if (version() < migrations.length) {
    db.transaction(() => {
      for (const sql of migrations.slice(version())) db.exec(sql);
      db.pragma(`user_version = ${migrations.length}`);
    });
  }
  if (version() > migrations.length) {
    throw Object.assign(new Error('it was written by a newer version of this program'), { code: 'ENEWER' });
  }
}

/** 0 without a file, or where nobody may look. */
function inodeOf(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.ino ?? 0;
  } catch {
    return 0;
  }
}
