import { resolve } from 'node:path';
import { CodexError } from '@codex/base';
import type { Handlers, RequestContext } from '../context.ts';
import { parseThreadId } from '../thread-id.ts';

/** The answer has room for an id only; this is how those who ask hear of the folder. */
const NOT_SENT = 'Feedback was not sent: it is in a folder on this machine, to be passed on by hand.';

export const feedbackHandlers = {
  /** Nothing is sent: reports are folders on this machine (§9.13). */
  async 'feedback/upload'(params, ctx) {
    const { config, feedback } = ctx.server.services;
    const { feedbackEnabled } = await config.current();
    if (!feedbackEnabled) throw new CodexError('invalidRequest', 'sending feedback is disabled by configuration');
    const threadId = typeof params.threadId === 'string' ? parseThreadId(params.threadId) : null;
    const extra = (params.extraLogFiles ?? []).map((path) => resolve(ctx.server.cwd, path));
    const rollout = params.includeLogs && threadId !== null ? await rolloutOf(ctx, threadId) : null;
    const { id, folder } = await feedback.save({
      classification: params.classification,
      reason: params.reason ?? null,
      threadId,
      sessionSource: sourceText(ctx),
      collected: collectedTags(ctx, threadId),
      attach: params.includeLogs ? { rollout, extra } : null,
    });
    ctx.afterReply(() => ctx.connection.warn({ summary: NOT_SENT, details: folder }));
    return { threadId: id };
  },
} satisfies Partial<Handlers>;

function collectedTags(ctx: RequestContext, threadId: string | null): Record<string, string> {
  const identity = ctx.connection.introduction?.identity;
  const settings = threadId === null ? undefined : ctx.server.loadedThread(threadId)?.settings();
  const { approvalPolicy: approval } = settings ?? {};
  return {
    ...(identity && { originator: identity.originator, user_agent: identity.userAgent }),
    ...(settings && {
      model: settings.model,
      model_provider: settings.modelProvider,
      approval_policy: typeof approval === 'string' ? approval : JSON.stringify(approval),
      sandbox_policy: settings.sandboxPolicy.type,
    }),
  };
}

/** Whatever a loaded thread has said is in it. */
async function rolloutOf(ctx: RequestContext, id: string): Promise<string | null> {
  const { store } = ctx.server.services;
  await ctx.server.loadedThread(id)?.flush();
  return (await store.find(id)) ?? store.findArchived(id);
}

function sourceText({ server: { sessionSource } }: RequestContext): string {
  return typeof sessionSource === 'string' ? sessionSource : JSON.stringify(sessionSource);
}
