import { CodexError } from '@codex/base';
import type { Handlers } from '../context.ts';

export const feedbackHandlers = {
  async 'feedback/upload'(_params, ctx) {
    const { feedbackEnabled } = await ctx.server.services.config.current();
    if (!feedbackEnabled) throw new CodexError('invalidRequest', 'sending feedback is disabled by configuration');
    throw new CodexError(
      'unsupported',
      'feedback/upload is not available in this build: it sends no feedback; report problems to the people who run it',
    );
  },
} satisfies Partial<Handlers>;
