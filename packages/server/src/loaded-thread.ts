import { CodexError } from '@codex/base';
import type { Thread } from '@codex/core';
import type { RequestContext } from './context.ts';
import { parseThreadId } from './thread-id.ts';

/** The loaded thread a request names; throws when the id is none or nobody has loaded it. */
export function requireThread(ctx: RequestContext, threadId: string): Thread {
  const id = parseThreadId(threadId);
  const thread = ctx.server.loadedThread(id);
  if (!thread) throw threadNotFound(id);
  return thread;
}

export function threadNotFound(id: string): CodexError {
  return new CodexError('threadNotFound', `thread not found: ${id}`);
}
