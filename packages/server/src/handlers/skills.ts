import type { Handlers } from '../context.ts';

export const skillsHandlers = {
  'skills/list': (params, ctx) => ctx.server.services.skills.list(params),

  async 'skills/config/write'({ path, enabled }, ctx) {
    return { effectiveEnabled: await ctx.server.services.skills.setEnabled(path, enabled) };
  },
} satisfies Partial<Handlers>;
