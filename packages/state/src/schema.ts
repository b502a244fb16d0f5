/**
 * Names that the original program leaves alone: it deletes `state*.sqlite` and `logs*.sqlite` of versions it does not
 * know. A change that an older program could not live with gets a new number here, any other one a migration below.
 */
export const INDEX_FILE = 'codex-ts-index-1.sqlite';
export const LOGS_FILE = 'codex-ts-logs-1.sqlite';

/** Tells this file from any other one that takes its place. */
const IDENTITY = 'CREATE TABLE identity AS SELECT lower(hex(randomblob(16))) AS id;';

/** Applied in order; the database's `user_version` counts those that were. */
export const INDEX_MIGRATIONS: readonly string[] = [
  // A row per file. `shown` 0: its head gives nothing to list, and need not be read again while `modified` stays.
  // `listed_id` and `created_s` come from the file's name. `exact` 1: the text can be searched through `threads_text`.
  `${IDENTITY}
   CREATE TABLE threads (
     row INTEGER PRIMARY KEY,
     path TEXT NOT NULL UNIQUE,
     modified REAL NOT NULL,
     shown INTEGER NOT NULL,
     id TEXT NOT NULL,
     listed_id TEXT NOT NULL,
     archived INTEGER NOT NULL,
     created_s INTEGER NOT NULL,
     updated_s INTEGER NOT NULL,
     source TEXT NOT NULL,
     provider TEXT,
     cwd TEXT NOT NULL,
     exact INTEGER NOT NULL,
     preview TEXT NOT NULL,
     data TEXT NOT NULL
   ) STRICT;
   CREATE INDEX threads_by_id ON threads (id);
   CREATE INDEX threads_by_creation ON threads (archived, created_s DESC, listed_id DESC, source, provider, cwd)
     WHERE shown = 1;
   CREATE INDEX threads_by_update ON threads (archived, updated_s DESC, listed_id DESC, source, provider, cwd)
     WHERE shown = 1;
   CREATE INDEX threads_inexact ON threads (exact) WHERE exact = 0 AND shown = 1;
   CREATE VIRTUAL TABLE threads_text USING fts5 (
     preview, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram case_sensitive 1'
   );
   CREATE TABLE leases (name TEXT PRIMARY KEY, owner TEXT NOT NULL, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;`,
  // A folder's time of change when its rows were last made to agree with it; null when it has to be looked at again.
  `CREATE TABLE folders (path TEXT PRIMARY KEY, modified REAL) STRICT, WITHOUT ROWID;
   CREATE TABLE filled (once INTEGER PRIMARY KEY) STRICT;
   CREATE INDEX threads_by_path ON threads (path, modified);
   CREATE INDEX threads_blank ON threads (modified) WHERE shown = 0;`,
];

export const LOGS_MIGRATIONS: readonly string[] = [
  // `partition`: what the caps count together, the rows of a thread or the other rows of a process.
  `${IDENTITY}
   CREATE TABLE logs (
     id INTEGER PRIMARY KEY,
     at REAL NOT NULL,
     level TEXT NOT NULL,
     message TEXT,
     fields TEXT,
     thread_id TEXT,
     process_id TEXT NOT NULL,
     partition TEXT NOT NULL,
     bytes INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX logs_by_partition ON logs (partition, id, bytes);
   CREATE INDEX logs_by_time ON logs (at);`,
];
