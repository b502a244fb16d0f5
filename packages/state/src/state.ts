import { join } from 'node:path';
import type { Clock, Ids, Logger } from '@codex/base';
import { createLogs, type StateLogs } from './logs.ts';
import { INDEX_FILE, INDEX_MIGRATIONS, LOGS_FILE, LOGS_MIGRATIONS } from './schema.ts';
import { loadSqlite, type SqliteLoader } from './sqlite.ts';
import { Store, type StoreStatus } from './store.ts';
import { createThreadIndex, type ThreadIndex } from './thread-index.ts';

export interface StateOptions {
  /** Where the database files lie; made when first used. */
  folder: string;
  clock: Clock;
  ids: Ids;
  /** For trouble with the databases; must not be the log that is stored here alone. */
  log: Logger;
  /** In place of the installed library. */
  sqlite?: SqliteLoader;
}

/** What is looked up, never what is true: everything here can be lost and is made again from the files. */
export interface State {
  readonly threads: ThreadIndex;
  readonly logs: StateLogs;
  /** `unavailable` does not last: it is tried again every few seconds, except without the library. */
  status(): { threads: StoreStatus; logs: StoreStatus };
  /** Stores what waits, for half a second at most. Safe to call twice. */
  close(): Promise<void>;
}

/** Opens nothing yet and never throws: databases are opened by their first use, and unusable ones answer null. */
export function openState({ folder, clock, ids, log, sqlite = loadSqlite }: StateOptions): State {
  const deps = { clock, ids, log, load: sqlite };
  const index = new Store({ ...deps, path: join(folder, INDEX_FILE), migrations: INDEX_MIGRATIONS });
  const logStore = new Store({ ...deps, path: join(folder, LOGS_FILE), migrations: LOGS_MIGRATIONS });
  const logs = createLogs({ store: logStore, clock, log, processId: `pid:${process.pid}:${ids.uuid()}` });
  return {
    threads: createThreadIndex({ store: index, clock, ids, log }),
    logs,
    status: () => ({ threads: index.status, logs: logStore.status }),
    async close() {
      await logs.close();
      index.close();
      logStore.close();
    },
  };
}
