import { CodexError, linkedController, toMessage } from '@codex/base';
import type { Config, McpServerToml } from '@codex/config';
import type { McpSource } from '@codex/core';
import type { Connector, McpDeps } from '@codex/mcp-client';
import type { McpServerStatus, ParamsOf, ServerNotification } from '@codex/protocol';
import type { ConfigService } from './config-service.ts';
import type { ServiceOptions } from './service-options.ts';

/** MCP servers for threads and for the clients that show them (§9.7). */
export interface McpService {
  /** For the engine; loads the client. */
  source(): Promise<McpSource>;
  /** Of every configured server, by name. */
  statuses(): Promise<McpServerStatus[]>;
  /** What the server of connected apps offers; rejects when it does not answer. */
  connectedApps(config: Config, signal: AbortSignal): Promise<Connector[]>;
  /** Begins a login; its end is told to everybody. */
  login(params: ParamsOf<'mcpServer/oauth/login'>): Promise<{ authorizationUrl: string }>;
  close(): void;
}

export interface McpServiceDeps {
  config: ConfigService;
  /** For the server of connected apps; null for one that only has its name. */
  appsToken: (server: Pick<McpServerToml, 'url'>) => Promise<string | null>;
  broadcast: (notification: ServerNotification) => void;
}

export function createMcpService(
  options: ServiceOptions,
  { config, appsToken, broadcast }: McpServiceDeps,
): McpService {
  const { home, env, clock, ids, log, version } = options;
  const { controller: stopping } = linkedController();
  const open = async () => {
    const client = await import('@codex/mcp-client');
    const store = client.createTokenStore(home, ids);
    const stored = client.createTokens({ store, clock, log, env });
    /** ChatGPT's own server knows the user by his login there. */
    const token: McpDeps['token'] = (name, toml) =>
      name === client.APPS_SERVER ? appsToken(toml) : stored(name, toml);
    const deps: McpDeps = { clock, log, version, env, token };
    return { client, store, deps };
  };
  let opened: ReturnType<typeof open> | undefined;
  const ready = () => (opened ??= open());

  return {
    async source() {
      const { client, deps } = await ready();
      return { open: (servers) => client.createMcp(servers, deps) };
    },
    async statuses() {
      const { client, deps } = await ready();
      return client.readStatuses((await config.complete()).mcpServers, deps, stopping.signal);
    },
    async connectedApps({ mcpServers }, signal) {
      const { client, deps } = await ready();
      const name = client.APPS_SERVER;
      const server = mcpServers[name];
      if (!server) return [];
      const mcp = client.createMcp({ [name]: server }, deps);
      try {
        const state = (await mcp.ready(signal)).get(name);
        if (state?.status === 'failed') throw new Error(state.error);
        const connectors = mcp.tools().flatMap(({ connector }) => connector ?? []);
        return [...new Map(connectors.map((each) => [each.id, each])).values()];
      } finally {
        await mcp.close();
      }
    },
    async login({ name, scopes, timeoutSecs }) {
      const { mcpServers, mcpOauth } = await config.complete();
      const toml = Object.hasOwn(mcpServers, name) ? mcpServers[name] : undefined;
      if (!toml) throw new CodexError('invalidRequest', `No MCP server named '${name}' found.`);
      if (toml.url === undefined) {
        throw new CodexError('invalidRequest', 'OAuth login is only supported for streamable HTTP servers.');
      }
      if (mcpOauth.credentialsStore === 'keyring') {
        const text = 'this build has no keyring; set `mcp_oauth_credentials_store = "file"` in config.toml';
        throw new CodexError('internal', `failed to login to MCP server '${name}': ${text}`);
      }
      const { client, store } = await ready();
      try {
        const { authorizationUrl, completed } = await client.startLogin(
          {
            name,
            toml,
            scopes: scopes ?? null,
            timeoutSeconds: timeoutSecs ?? null,
            callback: { port: mcpOauth.callbackPort, url: mcpOauth.callbackUrl },
          },
          { store, clock, env, signal: stopping.signal },
        );
        const tell = (outcome: { success: boolean; error?: string }) =>
          broadcast({ method: 'mcpServer/oauthLogin/completed', params: { name, ...outcome } });
        void completed.then(
          () => tell({ success: true }),
          (error: unknown) => tell({ success: false, error: toMessage(error) }),
        );
        return { authorizationUrl };
      } catch (error) {
        throw new CodexError('internal', `failed to login to MCP server '${name}': ${toMessage(error)}`, {
          cause: error,
        });
      }
    },
    close: () => stopping.abort(),
  };
}
