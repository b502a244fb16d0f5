import type { McpServerToml } from '@codex/config';
import { type authStatus, isEnabled } from '@codex/mcp-client';

export type AuthStatus = Awaited<ReturnType<typeof authStatus>>;

export interface ServerRow {
  readonly name: string;
  readonly toml: McpServerToml;
  readonly auth: AuthStatus;
}

const AUTH: Readonly<Record<AuthStatus, { word: string; text: string }>> = {
  unsupported: { word: 'unsupported', text: 'Unsupported' },
  notLoggedIn: { word: 'not_logged_in', text: 'Not logged in' },
  bearerToken: { word: 'bearer_token', text: 'Bearer token' },
  oAuth: { word: 'o_auth', text: 'OAuth' },
};

/** As `list --json` prints it (mcp specification §4). */
export function listedJson({ name, toml, auth }: ServerRow): object {
  return { ...identityJson(name, toml), ...limitsJson(toml), auth_status: AUTH[auth].word };
}

/** As `get --json` prints it. */
export function serverJson(name: string, toml: McpServerToml): object {
  const { enabled_tools = null, disabled_tools = null } = toml;
  return { ...identityJson(name, toml), enabled_tools, disabled_tools, ...limitsJson(toml) };
}

function identityJson(name: string, toml: McpServerToml): object {
  const transport =
    toml.command === undefined
      ? {
          type: 'streamable_http',
          url: toml.url,
          bearer_token_env_var: toml.bearer_token_env_var ?? null,
          http_headers: toml.http_headers ?? null,
          env_http_headers: toml.env_http_headers ?? null,
        }
      : {
          type: 'stdio',
          command: toml.command,
          args: toml.args ?? [],
          env: toml.env ?? null,
          env_vars: toml.env_vars ?? [],
          cwd: toml.cwd ?? null,
        };
  return { name, enabled: isEnabled(toml), disabled_reason: null, transport };
}

function limitsJson(toml: McpServerToml): object {
  const startup = startupSeconds(toml);
  return { startup_timeout_sec: startup ?? null, tool_timeout_sec: toml.tool_timeout_sec ?? null };
}

/** Two tables, one for each way to reach a server; values that may be secret are not shown. */
export function listText(rows: readonly ServerRow[]): string {
  const last = ({ toml, auth }: ServerRow) => [isEnabled(toml) ? 'enabled' : 'disabled', AUTH[auth].text];
  const stdio = rows
    .filter(({ toml }) => toml.command !== undefined)
    .map((row) => [
      ...[row.name, row.toml.command ?? '', orDash(row.toml.args?.join(' '))],
      ...[environment(row.toml), row.toml.cwd ?? '-', ...last(row)],
    ]);
  const http = rows
    .filter(({ toml }) => toml.command === undefined)
    .map((row) => [row.name, row.toml.url ?? '', row.toml.bearer_token_env_var ?? '-', ...last(row)]);
  const tables = [
    table(['Name', 'Command', 'Args', 'Env', 'Cwd', 'Status', 'Auth'], stdio),
    table(['Name', 'Url', 'Bearer Token Env Var', 'Status', 'Auth'], http),
  ];
  return tables.filter(Boolean).join('\n');
}

/** One server, a line per setting. */
export function serverText(name: string, toml: McpServerToml): string {
  if (!isEnabled(toml)) return `${name} (disabled)\n`;
  const rows: [string, string | undefined][] = [
    ['enabled', 'true'],
    ['enabled_tools', toml.enabled_tools && toolList(toml.enabled_tools)],
    ['disabled_tools', toml.disabled_tools && toolList(toml.disabled_tools)],
    ...(toml.command === undefined ? httpRows(toml) : stdioRows(toml)),
    ['startup_timeout_sec', startupSeconds(toml)?.toString()],
    ['tool_timeout_sec', toml.tool_timeout_sec?.toString()],
    ['remove', `codex mcp remove ${name}`],
  ];
  const lines = rows.flatMap(([key, value]) => (value === undefined ? [] : [`  ${key}: ${value}`]));
  return `${[name, ...lines].join('\n')}\n`;
}

function stdioRows(toml: McpServerToml): [string, string][] {
  return [
    ['transport', 'stdio'],
    ['command', toml.command ?? ''],
    ['args', orDash(toml.args?.join(' '))],
    ['cwd', toml.cwd ?? '-'],
    ['env', environment(toml)],
  ];
}

function httpRows(toml: McpServerToml): [string, string][] {
  const named = Object.entries(toml.env_http_headers ?? {}).map(([header, variable]) => `${header}=${variable}`);
  return [
    ['transport', 'streamable_http'],
    ['url', toml.url ?? ''],
    ['bearer_token_env_var', toml.bearer_token_env_var ?? '-'],
    [
      'http_headers',
      orDash(
        Object.keys(toml.http_headers ?? {})
          .map(masked)
          .join(', '),
      ),
    ],
    ['env_http_headers', orDash(named.join(', '))],
  ];
}

function environment({ env, env_vars: names }: McpServerToml): string {
  return orDash([...Object.keys(env ?? {}).sort(), ...(names ?? [])].map(masked).join(', '));
}

function masked(key: string): string {
  return `${key}=*****`;
}

function toolList(tools: readonly string[]): string {
  return tools.length === 0 ? '[]' : tools.join(', ');
}

function startupSeconds({ startup_timeout_sec: seconds, startup_timeout_ms: ms }: McpServerToml): number | undefined {
  return seconds ?? (ms === undefined ? undefined : ms / 1000);
}

function orDash(text: string | undefined): string {
  return text ? text : '-';
}

function table(header: readonly string[], rows: readonly string[][]): string {
  if (rows.length === 0) return '';
  const lines = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const text = (line: readonly string[]) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return lines.map((line) => `${text(line).trimEnd()}\n`).join('');
}
