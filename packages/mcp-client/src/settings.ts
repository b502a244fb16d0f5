/** What is used of one `[mcp_servers.<name>]` table, which has either a command or an address (mcp specification §1). */
export interface McpServerToml {
  readonly command?: string | undefined;
  readonly args?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly env_vars?: readonly string[] | undefined;
  readonly cwd?: string | undefined;
  readonly url?: string | undefined;
  readonly bearer_token_env_var?: string | undefined;
  readonly http_headers?: Readonly<Record<string, string>> | undefined;
  readonly env_http_headers?: Readonly<Record<string, string>> | undefined;
  readonly oauth_resource?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly enabled?: boolean | undefined;
  readonly startup_timeout_sec?: number | undefined;
  readonly startup_timeout_ms?: number | undefined;
  readonly tool_timeout_sec?: number | undefined;
  readonly enabled_tools?: readonly string[] | undefined;
  readonly disabled_tools?: readonly string[] | undefined;
}

export type Env = Readonly<Record<string, string | undefined>>;

/** How a server is reached, with everything from the environment filled in. */
export type Target =
  | { kind: 'stdio'; command: string; args: readonly string[]; env: Record<string, string>; cwd: string | null }
  | { kind: 'http'; url: string; headers: Record<string, string> };

/** Why a server is not there, as users are told (mcp specification §2). */
export class McpStartError extends Error {
  override readonly name = 'McpStartError';
}

const STARTUP_SECONDS = 10;
const TOOL_SECONDS = 120;
/** What every server sees of the environment. */
const INHERITED = 'HOME LOGNAME PATH SHELL USER __CF_USER_TEXT_ENCODING LANG LC_ALL TERM TMPDIR TZ'.split(' ');

/** Milliseconds for the handshake, and again for the list of tools. */
export function startupLimit(toml: McpServerToml): number {
  if (toml.startup_timeout_sec !== undefined) return toml.startup_timeout_sec * 1000;
  return toml.startup_timeout_ms ?? STARTUP_SECONDS * 1000;
}

/** Milliseconds for a call. */
export function toolLimit(toml: McpServerToml): number {
  return (toml.tool_timeout_sec ?? TOOL_SECONDS) * 1000;
}

export function isEnabled(toml: McpServerToml): boolean {
  return toml.enabled ?? true;
}

/** Whether the user lets a tool of the server be used; by its own name. */
export function offersTool(toml: McpServerToml, tool: string): boolean {
  return (toml.enabled_tools?.includes(tool) ?? true) && !(toml.disabled_tools?.includes(tool) ?? false);
}

/** Throws when a variable is missing. */
export function targetOf(name: string, toml: McpServerToml, env: Env): Target {
  if (toml.command !== undefined) {
    return {
      kind: 'stdio',
      command: toml.command,
      args: toml.args ?? [],
      env: { ...picked(env, [...INHERITED, ...(toml.env_vars ?? [])]), ...toml.env },
      cwd: toml.cwd ?? null,
    };
  }
  const token = toml.bearer_token_env_var === undefined ? null : bearerToken(name, toml.bearer_token_env_var, env);
  return {
    kind: 'http',
    url: toml.url ?? '',
    headers: { ...configuredHeaders(toml, env), ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
  };
}

/** Headers from the configuration, without the token; those of blank variables are left out. */
export function configuredHeaders(toml: McpServerToml, env: Env): Record<string, string> {
  const named = Object.entries(toml.env_http_headers ?? {}).flatMap(([header, variable]) => {
    const value = env[variable]?.trim();
    return value ? [[header, value]] : [];
  });
  return { ...toml.http_headers, ...Object.fromEntries(named) };
}

function bearerToken(name: string, variable: string, env: Env): string {
  const value = env[variable];
  if (value === undefined) {
    throw new Error(`Environment variable ${variable} for MCP server '${name}' is not set`);
  }
  if (value.trim() === '') throw new Error(`Environment variable ${variable} for MCP server '${name}' is empty`);
  return value.trim();
}

function picked(env: Env, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
