import type { Handlers } from '../context.ts';

export const pluginsHandlers = {
  'plugin/list': (params, ctx) => ctx.server.services.plugins.list(params),

  'plugin/read': (params, ctx) => ctx.server.services.plugins.read(params),

  /** Loaded threads keep the plugins they began with. */
  'plugin/install': (params, ctx) => ctx.server.services.plugins.install(params),

  async 'plugin/uninstall'({ pluginId }, ctx) {
    await ctx.server.services.plugins.uninstall(pluginId);
    return {};
  },
} satisfies Partial<Handlers>;
