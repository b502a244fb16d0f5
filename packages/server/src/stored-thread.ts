import { CodexError } from '@codex/base';
import type { RequestContext } from './context.ts';

/** The rollout file of a thread that is not archived. Whatever a loaded one has said is in it. */
export async function requireRollout(ctx: RequestContext, id: string): Promise<string> {
  await ctx.server.loadedThread(id)?.flush();
  const path = await ctx.server.services.store.find(id);
  if (path === null) throw noRollout(id);
  return path;
}

export function noRollout(id: string): CodexError {
  return new CodexError('rolloutNotFound', `no rollout found for thread id ${id}`);
}
