import type { Handlers } from '../context.ts';

export const skillsHandlers = {
  'skills/list': (params, ctx) => ctx.server.services.skills.list(params),

  'skills/remote/list': (params, ctx) => ctx.server.services.remoteSkills.list(params),

  'skills/remote/export': (_params, ctx) => ctx.server.services.remoteSkills.export(),

  async 'skills/config/write'({ path, enabled }, ctx) {
    return { effectiveEnabled: await ctx.server.services.skills.setEnabled(path, enabled) };
  },
} satisfies Partial<Handlers>;
