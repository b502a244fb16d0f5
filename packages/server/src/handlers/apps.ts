import { CodexError } from '@codex/base';
import type { Handlers } from '../context.ts';
import { requireThread } from '../loaded-thread.ts';
import { pageByOffset } from '../page.ts';

export const appsHandlers = {
  /** With the feature off, as it is by default, there are no apps (§9.8). */
  async 'app/list'(params, ctx) {
    if (typeof params.threadId === 'string') requireThread(ctx, params.threadId);
    const { features } = await ctx.server.services.config.current();
    if (!features.apps) return pageByOffset([], params, 'apps');
    throw new CodexError(
      'unsupported',
      'app/list is not available in this build: it has no apps or connectors; switch the feature `apps` off',
    );
  },
} satisfies Partial<Handlers>;
