import type { Client } from '@codex/app-server-client';
import { isUuid } from '@codex/base';
import type { ParamsIn, Thread, ThreadSourceKind } from '@codex/protocol';
import type { RunArguments } from './arguments.ts';
import { Refused } from './io.ts';

type ListParams = ParamsIn<'thread/list'>;

/** Everything a person may have started; threads of agents are part of another one. */
const SOURCES: ThreadSourceKind[] = ['cli', 'vscode', 'exec', 'appServer', 'unknown'];

/**
 * The session to go on with; null when `--last` finds none and a new one is to be started. Throws Refused for a name
 * that no session has. Ids are not looked up here.
 */
export async function findSession(
  client: Client,
  { target, allFolders }: NonNullable<RunArguments['resume']>,
  place: { cwd: string; provider: string },
): Promise<string | null> {
  if (target.by === 'last') {
    const newest = await first(client, {
      sortKey: 'updated_at',
      limit: 1,
      modelProviders: [place.provider],
      cwd: allFolders ? null : place.cwd,
    });
    return newest?.id ?? null;
  }
  if (isUuid(target.key)) return target.key;
  const named = await first(
    client,
    { sortKey: 'updated_at', limit: 100, modelProviders: [] },
    ({ name }) => name === target.key,
  );
  if (!named) throw new Refused(`Error: no session has the id or name '${target.key}'`);
  return named.id;
}

async function first(
  client: Client,
  params: ListParams,
  accept: (thread: Thread) => boolean = () => true,
): Promise<Thread | null> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof list>> = await list(client, { ...params, sourceKinds: SOURCES, cursor });
    const found = page.data.find(accept);
    if (found) return found;
    cursor = page.nextCursor;
  } while (cursor !== null);
  return null;
}

function list(client: Client, params: ListParams) {
  return client.request('thread/list', params);
}
