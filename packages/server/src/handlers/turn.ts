import { CodexError } from '@codex/base';
import type { SettingsOverrides } from '@codex/core';
import type { ParamsOf, UserInput } from '@codex/protocol';
import type { Handlers, RequestContext } from '../context.ts';
import { requireThread } from '../loaded-thread.ts';

/** Unicode characters of all texts of one input together. Checked before the thread is looked up, as clients expect. */
const MAX_CHARS = 1_048_576;

export const turnHandlers = {
  async 'turn/start'(params, ctx) {
    checkSize(params.input);
    const thread = requireThread(ctx, params.threadId);
    await checkPolicies(params, ctx);
    const prepared = thread.prepareTurn({
      input: params.input,
      overrides: overridesOf(params),
      clientName: ctx.connection.introduction?.identity.name ?? null,
      ...(params.outputSchema === undefined || params.outputSchema === null
        ? {}
        : { outputSchema: params.outputSchema }),
    });
    ctx.afterReply(() => {
      if (!thread.state.active) ctx.server.feed.expectTurn(thread.id);
      prepared.run();
    });
    return { turn: prepared.turn };
  },

  'turn/steer'(params, ctx) {
    const thread = requireThread(ctx, params.threadId);
    return { turnId: thread.steer(params.input, params.expectedTurnId) };
  },

  /** Whatever turn runs is meant: clients send ids of turns that were joined to another, too. */
  async 'turn/interrupt'(params, ctx) {
    const thread = requireThread(ctx, params.threadId);
    if (thread.state.active) {
      ctx.afterReply(() => thread.interrupt());
      return {};
    }
    await thread.interrupt();
    return {};
  },
} satisfies Partial<Handlers>;

/** Unlike what is configured, what a client asks for in so many words is refused when an administrator forbids it. */
async function checkPolicies(params: ParamsOf<'turn/start'>, ctx: RequestContext): Promise<void> {
  const { approvalPolicy, sandboxPolicy, approvalsReviewer } = params;
  if (approvalPolicy || sandboxPolicy) {
    const refusal = await ctx.server.services.config.refusal({ approvalPolicy, sandboxPolicy });
    if (refusal !== null) throw new CodexError('invalidRequest', refusal);
  }
  if (approvalsReviewer !== 'guardian_subagent') return;
  const { NO_GUARDIAN } = await import('@codex/config');
  ctx.afterReply(() => ctx.connection.warn({ summary: NO_GUARDIAN, details: null }));
}

function checkSize(input: readonly UserInput[]): void {
  let chars = 0;
  for (const part of input) {
    if (part.type !== 'text') continue;
    // Counting characters costs a pass over the text; its length is never less.
    chars += part.text.length > MAX_CHARS ? countChars(part.text) : part.text.length;
  }
  if (chars <= MAX_CHARS) return;
  const exact = input.reduce((sum, part) => sum + (part.type === 'text' ? countChars(part.text) : 0), 0);
  if (exact <= MAX_CHARS) return;
  throw new CodexError('invalidParams', `Input exceeds the maximum length of ${MAX_CHARS} characters.`, {
    data: { input_error_code: 'input_too_large', max_chars: MAX_CHARS, actual_chars: exact },
  });
}

function countChars(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function overridesOf(params: ParamsOf<'turn/start'>): SettingsOverrides {
  const { serviceTier } = params;
  return {
    ...(params.cwd ? { cwd: params.cwd } : {}),
    ...(params.model ? { model: params.model } : {}),
    ...(params.effort ? { effort: params.effort } : {}),
    ...(params.summary ? { summary: params.summary } : {}),
    ...(params.approvalPolicy ? { approvalPolicy: params.approvalPolicy } : {}),
    ...(params.approvalsReviewer ? { approvalsReviewer: params.approvalsReviewer } : {}),
    ...(params.sandboxPolicy ? { sandboxPolicy: params.sandboxPolicy } : {}),
    ...(params.personality ? { personality: params.personality } : {}),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(params.collaborationMode ? { collaborationMode: params.collaborationMode } : {}),
  };
}
