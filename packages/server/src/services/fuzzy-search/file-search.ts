import { resolve } from 'node:path';
import { AbortedError, type Clock, CodexError, type Logger } from '@codex/base';
import type { ParamsOf, ResultOf, ServerNotification } from '@codex/protocol';
import { type FileList, listFiles } from './file-list.ts';
import { search } from './search.ts';
import { createSearchSession, type SearchSession } from './search-session.ts';

/** Finds files by a few letters of their paths (§9.11). */
export interface FileSearch {
  /** Lists the files afresh. A later call of the same client with the same token ends this one without results. */
  find(client: Client, params: ParamsOf<'fuzzyFileSearch'>): Promise<ResultOf<'fuzzyFileSearch'>>;
  /** Begins to list files; replaces a session of the same name. What comes of a session is told to all clients. */
  startSession(client: Client, params: ParamsOf<'fuzzyFileSearch/sessionStart'>): SearchSession;
  /** Throws when there is none of this name. */
  session(sessionId: string): SearchSession;
  stopSession(sessionId: string): void;
  /** Ends all searches and sessions of a client that is going. */
  endAll(client: Client): void;
  close(): void;
}

export interface Client {
  readonly id: number;
}

export interface FileSearchDeps {
  /** The folder relative roots start from. */
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  log: Logger;
  broadcast: (notification: ServerNotification) => void;
}

/** Each keeps its list of files. */
const MAX_SESSIONS = 16;

export function createFileSearch({ cwd, env, clock, log, broadcast }: FileSearchDeps): FileSearch {
  const sessions = new Map<string, { ownerId: number; session: SearchSession }>();
  const searches = new Map<number, Map<string | symbol, AbortController>>();
  const queues = new Map<number, Promise<unknown>>();

  const listRoots = (roots: readonly string[], signal: AbortSignal): FileList =>
    listFiles(
      roots.map((name) => ({ name, folder: resolve(cwd, name) })),
      { env, clock, signal },
    );

  /** One listing of a client at a time. */
  const inTurn = <T>(client: Client, job: () => Promise<T>): Promise<T> => {
    const before = queues.get(client.id) ?? Promise.resolve();
    const running = before.then(job, job);
    queues.set(client.id, running);
    const leave = () => {
      if (queues.get(client.id) === running) queues.delete(client.id);
    };
    running.then(leave, leave);
    return running;
  };

  const stop = (sessionId: string) => {
    sessions.get(sessionId)?.session.stop();
    sessions.delete(sessionId);
  };

  return {
    async find(client, { query, roots, cancellationToken }) {
      if (query === '' || roots.length === 0) return { files: [] };
      const mine = searches.get(client.id) ?? new Map<string | symbol, AbortController>();
      searches.set(client.id, mine);
      const key = cancellationToken ?? Symbol(query);
      mine.get(key)?.abort(new AbortedError());
      const controller = new AbortController();
      mine.set(key, controller);
      const { signal } = controller;
      try {
        const files = await inTurn(client, async () =>
          signal.aborted ? null : search(listRoots(roots, signal), query, { clock, signal }),
        );
        return { files: files ?? [] };
      } finally {
        if (mine.get(key) === controller) mine.delete(key);
        if (mine.size === 0 && searches.get(client.id) === mine) searches.delete(client.id);
      }
    },

    startSession(client, { sessionId, roots }) {
      if (sessionId === '') throw new CodexError('invalidRequest', 'sessionId must not be empty');
      if (roots.length === 0) {
        const message = 'failed to start fuzzy file search session: at least one search directory is required';
        throw new CodexError('internal', message);
      }
      stop(sessionId);
      if (sessions.size >= MAX_SESSIONS) {
        throw new CodexError('overloaded', `${MAX_SESSIONS} file search sessions are open; stop one of them first`);
      }
      const session = createSearchSession({
        id: sessionId,
        list: (signal) => listRoots(roots, signal),
        clock,
        log,
        publish: broadcast,
      });
      sessions.set(sessionId, { ownerId: client.id, session });
      return session;
    },

    session(sessionId) {
      const found = sessions.get(sessionId);
      if (!found) throw new CodexError('invalidRequest', `fuzzy file search session not found: ${sessionId}`);
      return found.session;
    },

    stopSession: stop,

    endAll(client) {
      for (const controller of searches.get(client.id)?.values() ?? []) controller.abort(new AbortedError());
      for (const [id, { ownerId }] of [...sessions]) if (ownerId === client.id) stop(id);
    },

    close() {
      for (const id of [...sessions.keys()]) stop(id);
    },
  };
}
