import { CodexError } from '@codex/base';
import type { Thread } from '@codex/core';
import type { Handlers } from '../context.ts';
import { pageByOffset } from '../page.ts';

export const mcpHandlers = {
  async 'mcpServerStatus/list'(params, ctx) {
    return pageByOffset(await ctx.server.services.mcp.statuses(), params, 'MCP servers');
  },

  'mcpServer/oauth/login': (params, ctx) => ctx.server.services.mcp.login(params),

  /** Loaded threads take over what is configured now with their next turn. */
  async 'config/mcpServer/reload'(_params, { server, log }) {
    const { config } = server.services;
    const loaded = await config.layers(null);
    if (!loaded.ok) throw new CodexError('internal', `failed to reload config: ${loaded.error.message}`);
    const renew = async (thread: Thread) => {
      try {
        thread.renewMcpServers((await config.forThread({ cwd: thread.settings().cwd })).config.mcpServers);
      } catch (error) {
        log.warn({ threadId: thread.id, err: error }, 'a loaded thread keeps its MCP servers');
      }
    };
    await Promise.all(server.loadedThreads().map(renew));
    return {};
  },
} satisfies Partial<Handlers>;
