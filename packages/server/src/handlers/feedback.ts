import { resolve } from 'node:path';
import { CodexError } from '@codex/base';
import type { Handlers, RequestContext } from '../context.ts';
import { parseThreadId } from '../thread-id.ts';

export const feedbackHandlers = {
  /** Nothing is sent: reports are folders on this machine (§9.13). */
  async 'feedback/upload'(params, ctx) {
    const { config, feedback } = ctx.server.services;
    const { feedbackEnabled } = await config.current();
    if (!feedbackEnabled) throw new CodexError('invalidRequest', 'sending feedback is disabled by configuration');
    const threadId = typeof params.threadId === 'string' ? parseThreadId(params.threadId) : null;
    const extra = (params.extraLogFiles ?? []).map((path) => resolve(ctx.server.cwd, path));
    const rollout = params.includeLogs && threadId !== null ? await rolloutOf(ctx, threadId) : null;
    const { id } = await feedback.save({
      classification: params.classification,
      reason: params.reason ?? null,
      threadId,
      sessionSource: sourceText(ctx),
      attach: params.includeLogs ? { rollout, extra } : null,
    });
    return { threadId: id };
  },
} satisfies Partial<Handlers>;

/** Whatever a loaded thread has said is in it. */
async function rolloutOf(ctx: RequestContext, id: string): Promise<string | null> {
  const { store } = ctx.server.services;
  await ctx.server.loadedThread(id)?.flush();
  return (await store.find(id)) ?? store.findArchived(id);
}

function sourceText({ server: { sessionSource } }: RequestContext): string {
  return typeof sessionSource === 'string' ? sessionSource : JSON.stringify(sessionSource);
}
