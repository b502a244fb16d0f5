import { CodexError } from '@codex/base';
import type { Thread } from '@codex/core';
import { readableConfig, readableRequirements } from '../config-view.ts';
import type { Handlers, ServerContext } from '../context.ts';

export const configHandlers = {
  async 'config/read'(params, ctx) {
    const loaded = await ctx.server.services.config.layers(params.cwd ?? null);
    // Layers that choose what is not there can be read; whoever does may want to mend them.
    if (!loaded.ok && !loaded.error.isChoice) {
      const { misfit, message } = loaded.error;
      const text =
        misfit === null ? `failed to read configuration layers: ${message}` : `invalid configuration: ${misfit}`;
      throw new CodexError('internal', text);
    }
    const { layerOrigins, mergeLayers } = await import('@codex/config');
    // Without a folder the question is about the server, which belongs to no project.
    const asked = loaded.layers.filter((layer) => typeof params.cwd === 'string' || layer.name.type !== 'project');
    const layers = asked.toReversed().map(({ name, version, config, disabledReason }) => ({
      name,
      version,
      config,
      ...(disabledReason === null ? {} : { disabledReason }),
    }));
    return {
      config: readableConfig(mergeLayers(asked)),
      origins: layerOrigins(asked),
      // Left out, not null, when nobody asked for them.
      ...(params.includeLayers ? { layers } : {}),
    } as { config: ReturnType<typeof readableConfig>; origins: ReturnType<typeof layerOrigins>; layers: typeof layers };
  },

  'config/value/write'({ keyPath, value, mergeStrategy, filePath, expectedVersion }, ctx) {
    const edits = [{ keyPath, value, mergeStrategy }];
    return ctx.server.services.config.writer.write({ edits, filePath, expectedVersion });
  },

  async 'config/batchWrite'(params, ctx) {
    const written = await ctx.server.services.config.writer.write(params);
    if (params.reloadUserConfig) await reconfigureThreads(ctx.server);
    return written;
  },

  async 'configRequirements/read'(_params, ctx) {
    const { requirements, error } = await ctx.server.services.config.requirements();
    if (error) throw new CodexError('internal', `failed to read configuration layers: ${error.message}`);
    return { requirements: readableRequirements(requirements) };
  },
} satisfies Partial<Handlers>;

/** New threads read the configuration afresh anyway; loaded ones follow what they can (§17.2). */
async function reconfigureThreads(server: ServerContext): Promise<void> {
  const { services, log } = server;
  const reconfigure = async (thread: Thread): Promise<void> => {
    try {
      thread.reconfigure((await services.config.forThread({ cwd: thread.settings().cwd })).config);
    } catch (error) {
      log.warn({ threadId: thread.id, err: error }, 'a loaded thread keeps its configuration');
    }
  };
  await Promise.all(server.loadedThreads().map(reconfigure));
}
