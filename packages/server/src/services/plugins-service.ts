import { isCodexError, toMessage } from '@codex/base';
import type { ActivePlugin, Config, McpServerToml } from '@codex/config';
import type { LoadedPlugin, Plugins } from '@codex/plugins';
import type { ParamsOf, ResultOf } from '@codex/protocol';
import type { AppsService } from './apps-service.ts';
import type { ChatgptBackend } from './chatgpt-backend.ts';
import type { ConfigService } from './config-service.ts';
import type { ServiceOptions } from './service-options.ts';

/** Plugins for the clients that show them (§9.8), and for threads through their configuration. */
export interface PluginsService {
  /** The configuration with the plugins in force and their MCP servers. Does not reject. */
  complete(config: Config): Promise<Config>;
  list(params: ParamsOf<'plugin/list'>): Promise<ResultOf<'plugin/list'>>;
  read(params: ParamsOf<'plugin/read'>): Promise<ResultOf<'plugin/read'>>;
  install(params: ParamsOf<'plugin/install'>): Promise<ResultOf<'plugin/install'>>;
  uninstall(key: string): Promise<void>;
}

export interface PluginsServiceDeps {
  config: ConfigService;
  apps: Pick<AppsService, 'summaries' | 'notConnected'>;
  backend: ChatgptBackend;
  /** Files of plugins have changed. */
  onChange: () => void;
}

export function createPluginsService(
  options: ServiceOptions,
  { config, apps, backend, onChange }: PluginsServiceDeps,
): PluginsService {
  const { home, env, ids, log } = options;
  const open = async (): Promise<Plugins<McpServerToml>> => {
    const [{ createPlugins }, { readMcpServer, repositoryRoot }] = await Promise.all([
      import('@codex/plugins'),
      import('@codex/config'),
    ]);
    const userHome = env['HOME'] ?? null;
    return createPlugins({ home, userHome, ids, log, readServer: readMcpServer, repositoryRoot });
  };
  let opened: ReturnType<typeof open> | undefined;
  const ready = () => (opened ??= open());

  /** Null takes the table of a plugin out of config.toml; there may be none. */
  const setEnabled = async (key: string, enabled: boolean | null): Promise<void> => {
    const { valueAt } = await import('@codex/config');
    const { layers } = await config.layers(null);
    const own = layers.find(({ name }) => name.type === 'user');
    if (enabled === null && !(own && valueAt(own.config, ['plugins', key]))) return;
    const path = `plugins.${key}`;
    const edit = enabled === null ? { keyPath: path, value: null } : { keyPath: `${path}.enabled`, value: enabled };
    await config.writer.write({ edits: [{ ...edit, mergeStrategy: 'replace' }] });
  };

  /** What is wrong is a text for the user: the list is shown all the same. */
  const sync = async (): Promise<string | null> => {
    try {
      const [plugins, { fetchRemotePlugins }] = await Promise.all([ready(), import('@codex/plugins')]);
      const remote = await fetchRemotePlugins(backend);
      const switches = await plugins.adopt(remote, (await config.current()).plugins);
      onChange();
      for (const { key, enabled } of switches) await setEnabled(key, enabled);
      return null;
    } catch (error) {
      if (!isCodexError(error)) log.error({ err: error }, 'remote plugins were not taken over');
      return toMessage(error);
    }
  };

  return {
    async complete(current) {
      if (!current.features.plugins) return current;
      const loaded = await (await ready()).load(current.plugins);
      const { enforceServers } = await import('@codex/config');
      const { servers, warnings } = enforceServers(serversOf(loaded), current.requirements.mcpServers);
      for (const warning of warnings) log.warn({ warning }, 'an MCP server of a plugin is switched off');
      return {
        ...current,
        activePlugins: loaded.map(activePlugin),
        mcpServers: { ...servers, ...current.mcpServers },
      };
    },
    async list({ cwds, forceRemoteSync }) {
      const remoteSyncError = forceRemoteSync ? await sync() : null;
      const { plugins: table } = await config.current();
      return { marketplaces: await (await ready()).list(cwds ?? [], table), remoteSyncError };
    },
    async read({ marketplacePath, pluginName }) {
      const current = await config.current();
      const plugin = await (await ready()).read(marketplacePath, pluginName, current.plugins);
      const { loadSkillFolders } = await import('@codex/skills');
      const skills = await loadSkillFolders(plugin.skillFolders, log);
      return {
        plugin: {
          marketplaceName: plugin.marketplace.name,
          marketplacePath: plugin.marketplace.path,
          summary: plugin.summary,
          description: plugin.description,
          skills: skills.map(({ metadata: { name, description, path, ...more } }) => ({
            name,
            description,
            shortDescription: more.shortDescription ?? null,
            interface: more.interface ?? null,
            path,
          })),
          apps: await apps.summaries(plugin.apps),
          mcpServers: Object.keys(plugin.servers),
        },
      };
    },
    async install({ marketplacePath, pluginName }) {
      const installed = await (await ready()).install(marketplacePath, pluginName);
      onChange();
      await setEnabled(installed.key, true);
      return { authPolicy: installed.authPolicy, appsNeedingAuth: await apps.notConnected(installed.apps) };
    },
    async uninstall(key) {
      await (await ready()).uninstall(key);
      onChange();
      await setEnabled(key, null);
    },
  };
}

function activePlugin({
  key,
  name,
  description,
  skillFolders,
  servers,
  apps,
}: LoadedPlugin<McpServerToml>): ActivePlugin {
  return { key, name, description, skillFolders, servers: Object.keys(servers), apps };
}

/** Of equal names the first plugin's. */
function serversOf(plugins: readonly LoadedPlugin<McpServerToml>[]): Record<string, McpServerToml> {
  return Object.assign({}, ...plugins.toReversed().map((plugin) => plugin.servers)) as Record<string, McpServerToml>;
}
