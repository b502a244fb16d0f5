import { isUuid } from '@codex/base';
import type { ParamsIn, Thread, ThreadSourceKind } from '@codex/protocol';
import type { Client } from './client.ts';

/** Which stored thread is meant: the one used last, or one with this id or name. */
export type ThreadTarget = { by: 'last' } | { by: 'key'; key: string };

/** Everything a person may have started; threads of agents are part of another one. */
export const PERSONAL_SOURCES: readonly ThreadSourceKind[] = ['cli', 'vscode', 'exec', 'appServer', 'unknown'];

/** The id of the thread, or null when there is none. `last` looks in one folder (null: in all) and at one provider. */
export async function findThread(
  client: Client,
  target: ThreadTarget,
  place: { cwd: string | null; provider: string },
): Promise<string | null> {
  if (target.by === 'last') {
    const newest = await first(client, {
      sortKey: 'updated_at',
      limit: 1,
      modelProviders: [place.provider],
      cwd: place.cwd,
    });
    return newest?.id ?? null;
  }
  if (isUuid(target.key)) return target.key;
  const named = await first(
    client,
    { sortKey: 'updated_at', limit: 100, modelProviders: [] },
    ({ name }) => name === target.key,
  );
  return named?.id ?? null;
}

async function first(
  client: Client,
  params: ParamsIn<'thread/list'>,
  accept: (thread: Thread) => boolean = () => true,
): Promise<Thread | null> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof list>> = await list(client, {
      ...params,
      sourceKinds: [...PERSONAL_SOURCES],
      cursor,
    });
    const found = page.data.find(accept);
    if (found) return found;
    cursor = page.nextCursor;
  } while (cursor !== null);
  return null;
}

function list(client: Client, params: ParamsIn<'thread/list'>) {
  return client.request('thread/list', params);
}
