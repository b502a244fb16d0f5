import type { McpAuthStatus, McpServerStatus } from '@codex/protocol';
import { APPS_SERVER } from './connected-apps.ts';
import { createMcp, type McpDeps } from './mcp.ts';
import { toolPart } from './names.ts';
import { discoverAuthServer } from './oauth/discovery.ts';
import { configuredHeaders, isEnabled, type McpServerToml } from './settings.ts';

/** Connects to every server anew and tells what it offers, by name; those that fail offer nothing (mcp specification §4). */
export async function readStatuses(
  servers: Readonly<Record<string, McpServerToml>>,
  deps: McpDeps,
  signal: AbortSignal,
): Promise<McpServerStatus[]> {
  const mcp = createMcp(servers, deps);
  try {
    const [states, logins] = await Promise.all([
      mcp.ready(signal),
      Promise.all(
        Object.entries(servers).map(
          async ([name, toml]) => [name, await authStatus(name, toml, deps, signal)] as const,
        ),
      ),
    ]);
    const tools = mcp.tools();
    const status = async (name: string, login: McpAuthStatus): Promise<McpServerStatus> => {
      const ready = states.get(name)?.status === 'ready';
      const list = async (method: string, member: string): Promise<never[]> => {
        if (!ready) return [];
        // A server without resources answers with an error.
        const result = await mcp.request(name, method, {}, signal).catch(() => ({}) as Record<string, unknown>);
        return Array.isArray(result[member]) ? (result[member] as never[]) : [];
      };
      const [resources, resourceTemplates] = await Promise.all([
        list('resources/list', 'resources'),
        list('resources/templates/list', 'resourceTemplates'),
      ]);
      const own = tools.filter((tool) => tool.server === name);
      return {
        name,
        tools: Object.fromEntries(own.map(({ qualified, info }) => [toolPart(name, qualified), info as never])),
        resources,
        resourceTemplates,
        authStatus: login,
      };
    };
    const sorted = logins.toSorted(([a], [b]) => (a < b ? -1 : 1));
    return await Promise.all(sorted.map(([name, login]) => status(name, login)));
  } finally {
    await mcp.close();
  }
}

/** How a server knows the user; asked of the network only where nothing is configured or stored. */
export async function authStatus(
  name: string,
  toml: McpServerToml,
  deps: Pick<McpDeps, 'env' | 'token'>,
  signal: AbortSignal,
): Promise<McpAuthStatus> {
  if (toml.url === undefined || !isEnabled(toml)) return 'unsupported';
  const headers = configuredHeaders(toml, deps.env);
  const hasHeader = Object.keys(headers).some((header) => header.toLowerCase() === 'authorization');
  if (toml.bearer_token_env_var !== undefined || hasHeader || name === APPS_SERVER) return 'bearerToken';
  if ((await deps.token(name, toml)) !== null) return 'oAuth';
  return (await discoverAuthServer(toml.url, headers, signal)) ? 'notLoggedIn' : 'unsupported';
}
