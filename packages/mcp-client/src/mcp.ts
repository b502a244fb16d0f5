import { type Clock, isAbort, type Logger, raceAbort, toMessage } from '@codex/base';
import { APPS_SERVER, appToolName, type Connector, connectorOf } from './connected-apps.ts';
import { type CallOptions, connect, type Connection } from './connection.ts';
import { httpStatus, httpTransport } from './http-transport.ts';
import { qualifiedName } from './names.ts';
import { type Env, isEnabled, McpStartError, type McpServerToml, targetOf } from './settings.ts';
import { StdioTransport } from './stdio-transport.ts';
import type { McpCallResult, McpToolInfo } from './types.ts';

export interface McpDeps {
  clock: Clock;
  log: Logger;
  /** Told to servers. */
  version: string;
  env: Env;
  /** The access token for a server that was logged in to, renewed when it runs out; null without a login. */
  token(name: string, toml: McpServerToml): Promise<string | null>;
}

export interface McpTool {
  readonly server: string;
  readonly info: McpToolInfo;
  /** What the model calls it. */
  readonly qualified: string;
  /** The app it belongs to; null for the tool of an ordinary server. */
  readonly connector: Connector | null;
}

export type McpServerState = { readonly status: 'ready' } | { readonly status: 'failed'; readonly error: string };

/** The servers of one thread. */
export interface Mcp {
  /** Names of the enabled servers, sorted. */
  readonly names: readonly string[];
  /**
   * Starts what does not run yet and resolves when every server is ready or has failed, with the state of each. Rejects
   * only with the reason of `signal`; servers go on starting then.
   */
  ready(signal: AbortSignal): Promise<ReadonlyMap<string, McpServerState>>;
  /** The tools of the servers that are ready, by qualified name; of equal names the first. */
  tools(): readonly McpTool[];
  /** Rejects when the server has failed, the call takes too long or the server answers with an error. */
  call(tool: McpTool, args: unknown, options: CallOptions): Promise<McpCallResult>;
  /** All pages' worth of one request to a server. Rejects like `call`. */
  request(server: string, method: string, params: object, signal: AbortSignal): Promise<Record<string, unknown>>;
  /** Ends all servers. */
  close(): Promise<void>;
}

interface Server {
  readonly name: string;
  readonly toml: McpServerToml;
  connecting: Promise<Connection> | null;
  connection: Connection | null;
  error: string;
}

/** Servers that start together when first needed, each on its own (mcp specification §2). */
export function createMcp(configured: Readonly<Record<string, McpServerToml>>, deps: McpDeps): Mcp {
  const stopping = new AbortController();
  const servers = new Map<string, Server>();
  for (const [name, toml] of Object.entries(configured).sort(byName)) {
    if (isEnabled(toml)) servers.set(name, { name, toml, connecting: null, connection: null, error: '' });
  }

  const open = async ({ name, toml }: Server): Promise<Connection> => {
    const { clock, version } = deps;
    const log = deps.log.child({ mcpServer: name });
    const openTransport = async () => {
      const target = targetOf(name, toml, deps.env);
      return target.kind === 'stdio'
        ? new StdioTransport(target, { clock, log })
        : httpTransport(target, () => deps.token(name, toml));
    };
    try {
      requireName(name);
      return await connect(name, toml, { clock, log, version, openTransport }, stopping.signal);
    } catch (error) {
      throw startFailure(name, toml, error);
    }
  };

  const start = (server: Server): Promise<Connection> => {
    if (server.connecting) return server.connecting;
    const connecting = open(server).then(
      (connection) => {
        server.connection = connection;
        return connection;
      },
      (error: unknown) => {
        server.connecting = null;
        server.error = toMessage(error);
        if (!isAbort(error)) deps.log.warn({ mcpServer: server.name, err: error }, 'MCP server did not start');
        throw error;
      },
    );
    server.connecting = connecting;
    return connecting;
  };

  const forget = (server: Server) => {
    void server.connection?.close().catch(() => {});
    server.connecting = null;
    server.connection = null;
  };

  /** A connection that was lost is made anew once. */
  const use = async <T>(name: string, run: (connection: Connection) => Promise<T>): Promise<T> => {
    const server = servers.get(name);
    if (!server) throw new Error(`unknown MCP server '${name}'`);
    const connection = await start(server);
    try {
      return await run(connection);
    } catch (error) {
      if (!(connection.lost || httpStatus(error) === 404)) throw error;
      forget(server);
      return run(await start(server));
    }
  };

  return {
    names: [...servers.keys()],
    async ready(signal) {
      await raceAbort(Promise.allSettled([...servers.values()].map(start)), signal);
      return new Map(
        [...servers.values()].map(({ name, connection, error }): [string, McpServerState] => [
          name,
          connection ? { status: 'ready' } : { status: 'failed', error },
        ]),
      );
    },
    tools() {
      const byQualified = new Map<string, McpTool>();
      for (const { name, connection } of servers.values()) {
        for (const info of connection?.tools ?? []) {
          const connector = name === APPS_SERVER ? connectorOf(info) : null;
          if (name === APPS_SERVER && !connector) continue;
          const qualified = connector ? appToolName(connector, info.name) : qualifiedName(name, info.name);
          if (byQualified.has(qualified)) deps.log.warn({ tool: info.name, qualified }, 'MCP tool hidden by another');
          else byQualified.set(qualified, { server: name, info, qualified, connector });
        }
      }
      return [...byQualified.values()].sort((a, b) => (a.qualified < b.qualified ? -1 : 1));
    },
    call: (tool, args, options) => use(tool.server, (connection) => connection.call(tool.info.name, args, options)),
    request: (server, method, params, signal) =>
      use(server, (connection) => connection.request(method, params, signal)),
    async close() {
      stopping.abort();
      await Promise.all(
        [...servers.values()].map(async (server) => {
          const connection = await server.connecting?.catch(() => null);
          await connection?.close().catch(() => {});
        }),
      );
    },
  };
}

function requireName(name: string): void {
  const pattern = /^[a-zA-Z0-9_-]+$/;
  if (!pattern.test(name)) throw new Error(`Invalid MCP server name '${name}': must match pattern ${pattern.source}`);
}

/** In the words clients know (mcp specification §2). */
function startFailure(name: string, toml: McpServerToml, error: unknown): unknown {
  if (isAbort(error) || error instanceof McpStartError) return error;
  const needsLogin = httpStatus(error) === 401 && toml.bearer_token_env_var === undefined;
  const text = needsLogin
    ? `The ${name} MCP server is not logged in. Run \`codex mcp login ${name}\`.`
    : `MCP client for \`${name}\` failed to start: MCP startup failed: ${toMessage(error)}`;
  return new McpStartError(text, { cause: error });
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
