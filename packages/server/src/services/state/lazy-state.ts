import { type Clock, type Ids, type Logger, toMessage } from '@codex/base';
import type { State } from '@codex/state';

/** Where lines of the log are kept, JSON as pino writes it; never throws or waits. */
export interface LogStore {
  write(line: string): void;
}

/** Whoever writes to it. */
export interface KeptLog {
  /** Passes on what waits. */
  flush(): Promise<void>;
  /** The same for the last time, before the store is closed. */
  end(): Promise<void>;
}

/** The databases of a home (`sqlite_home`), not even loaded before their first use. */
export interface LazyState {
  /** Loads what is missing; null after closing, or when it cannot be loaded. */
  open(): Promise<State | null>;
  /** What is loaded, if anything. */
  readonly opened: State | null;
  readonly logStore: LogStore;
  close(): Promise<void>;
}

/** Lines that wait for the database to be loaded; later ones are dropped. */
const MAX_WAITING = 4_096;

export interface LazyStateDeps {
  folder: () => Promise<string>;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

export function createLazyState({ folder, clock, ids, log }: LazyStateDeps): LazyState {
  let opened: State | null = null;
  let opening: Promise<State | null> | undefined;
  let waiting: string[] = [];
  let isClosed = false;

  const load = async (): Promise<State | null> => {
    try {
      const [{ openState }, place] = await Promise.all([import('@codex/state'), folder()]);
      const state = openState({ folder: place, clock, ids, log });
      opened = state;
      const stream = state.logs.stream();
      for (const line of waiting) stream.write(line);
      return state;
    } catch (error) {
      log.warn({ reason: toMessage(error) }, 'the databases are not used');
      return null;
    } finally {
      waiting = [];
    }
  };
  const open = () => {
    if (!isClosed) opening ??= load();
    return opening ?? Promise.resolve(null);
  };

  return {
    open,
    get opened() {
      return opened;
    },
    logStore: {
      write(line) {
        if (opened) {
          opened.logs.stream().write(line);
        } else if (!isClosed && waiting.length < MAX_WAITING) {
          waiting.push(line);
          void open();
        }
      },
    },
    async close() {
      isClosed = true;
      await (await opening)?.close();
    },
  };
}
