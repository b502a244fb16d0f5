import { AbortedError, type Clock, type Logger } from '@codex/base';
import type { ServerNotification } from '@codex/protocol';
import type { FileList } from './file-list.ts';
import { type Results, search } from './search.ts';

/** Files listed once and searched for one query after the other. */
export interface SearchSession {
  /** Ends the search for the query before; its results are no longer told. */
  update(query: string): void;
  stop(): void;
}

export interface SearchSessionDeps {
  id: string;
  /** Lists the files until the signal aborts. */
  list: (signal: AbortSignal) => FileList;
  clock: Clock;
  log: Logger;
  publish: (notification: ServerNotification) => void;
}

export function createSearchSession({ id, list, clock, log, publish }: SearchSessionDeps): SearchSession {
  const life = new AbortController();
  const files = list(life.signal);
  let current = new AbortController();

  const answer = async (query: string, signal: AbortSignal) => {
    const tell = (found: Results) => {
      publish({ method: 'fuzzyFileSearch/sessionUpdated', params: { sessionId: id, query, files: found } });
    };
    const found =
      query === '' ? await files.end.then(() => []) : await search(files, query, { clock, signal, onProgress: tell });
    if (found === null || signal.aborted) return;
    tell(found);
    publish({ method: 'fuzzyFileSearch/sessionCompleted', params: { sessionId: id } });
  };
  const update = (query: string) => {
    current.abort(new AbortedError());
    current = new AbortController();
    answer(query, current.signal).catch((error: unknown) => log.error({ err: error }, 'a file search failed'));
  };
  return {
    update,
    stop() {
      current.abort(new AbortedError());
      life.abort(new AbortedError());
    },
  };
}
