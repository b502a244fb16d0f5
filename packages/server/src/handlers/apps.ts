import type { Handlers } from '../context.ts';
import { requireThread } from '../loaded-thread.ts';
import { pageByOffset } from '../page.ts';

export const appsHandlers = {
  /** With the feature off, as it is by default, or without a ChatGPT login there are no apps (§9.8). */
  async 'app/list'(params, ctx) {
    const { config, apps } = ctx.server.services;
    const folder =
      typeof params.threadId === 'string' ? requireThread(ctx, params.threadId).settings().cwd : ctx.server.cwd;
    const data = await apps.list(await config.complete(folder), { force: params.forceRefetch ?? false });
    return pageByOffset(data, params, 'apps');
  },
} satisfies Partial<Handlers>;
