import { type Client, findThread } from '@codex/app-server-client';
import type { RunArguments } from './arguments.ts';
import { Refused } from './io.ts';

/**
 * The session to go on with; null when `--last` finds none and a new one is to be started. Throws Refused for a name
 * that no session has. Ids are not looked up here.
 */
export async function findSession(
  client: Client,
  { target, allFolders }: NonNullable<RunArguments['resume']>,
  place: { cwd: string; provider: string },
): Promise<string | null> {
  const found = await findThread(client, target, { cwd: allFolders ? null : place.cwd, provider: place.provider });
  if (found === null && target.by === 'key') {
    throw new Refused(`Error: no session has the id or name '${target.key}'`);
  }
  return found;
}
