import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isCodexError, nullLogger, replaceFile, systemClock, systemCode, systemIds, toMessage } from '@codex/base';
import {
  type Config,
  editConfig,
  loadConfig,
  type McpServerToml,
  parseToml,
  readOverrides,
  resolveHome,
  valueAt,
} from '@codex/config';
import { authStatus, createTokens, createTokenStore, startLogin } from '@codex/mcp-client';
import type { AppIo } from './io.ts';
import { MCP_HELP, type McpArguments, readMcpArguments } from './mcp-arguments.ts';
import { listedJson, listText, serverJson, serverText } from './mcp-text.ts';
import { openBrowser } from './open-browser.ts';

const EXIT = { ok: 0, failed: 1, usage: 2 } as const;
const NO_SERVERS = 'No MCP servers configured yet. Try `codex mcp add my-tool -- my-command`.';
const NO_KEYRING = 'this build has no keyring; set `mcp_oauth_credentials_store = "file"` in config.toml';

type Run = Extract<McpArguments, { kind: 'run' }>;

/** What a person is told instead of an answer; exit code 1. */
class Refused extends Error {
  override readonly name = 'Refused';
}

/** `codex mcp …` (mcp specification §4, §5); resolves to the exit code. */
export async function mcp(argv: string[], io: AppIo): Promise<number> {
  const args = readMcpArguments(argv);
  if (args.kind === 'help') {
    io.stdout.write(MCP_HELP);
    return EXIT.ok;
  }
  if (args.kind === 'invalid') {
    io.stderr.write(`error: ${args.message}\n\n${MCP_HELP}`);
    return EXIT.usage;
  }
  try {
    await run(args, io);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof Refused) && !isCodexError(error)) throw error;
    io.stderr.write(`Error: ${error.message}\n`);
    return EXIT.failed;
  }
}

async function run({ action, settings }: Run, io: AppIo): Promise<void> {
  const home = resolveHome(io.env, homedir());
  const say = (text: string) => void io.stdout.write(`${text}\n`);
  const load = (userConfigText?: string) => readConfig(home, settings, io, userConfigText);
  switch (action.kind) {
    case 'list': {
      const rows = await readRows(await load(), home, io);
      if (action.json) return say(JSON.stringify(rows.map(listedJson), null, 2));
      return void io.stdout.write(rows.length === 0 ? `${NO_SERVERS}\n` : listText(rows));
    }
    case 'get': {
      const { name, json } = action;
      const toml = findServer(await load(), name);
      return void io.stdout.write(
        json ? `${JSON.stringify(serverJson(name, toml), null, 2)}\n` : serverText(name, toml),
      );
    }
    case 'add': {
      const { name, server } = action;
      await editServer(home, name, server, load);
      say(`Added global MCP server '${name}'.`);
      const status = await statusOf(name, server, home, io);
      if (status === 'notLoggedIn') say(`It asks for a login: run \`codex mcp login ${name}\`.`);
      return;
    }
    case 'remove': {
      const removed = await editServer(home, action.name, null, load);
      return say(removed ? `Removed global MCP server '${action.name}'.` : missing(action.name));
    }
    case 'login':
      return login(action, await load(), home, io);
    case 'logout': {
      const { name } = action;
      const { url } = findServer(await load(), name, ' in configuration');
      if (url === undefined) throw new Refused('OAuth logout is only supported for streamable_http transports.');
      const removed = await storeOf(home).remove(name, url);
      return say(removed ? `Removed OAuth credentials for '${name}'.` : `No OAuth credentials stored for '${name}'.`);
    }
  }
}

async function readConfig(
  home: string,
  settings: Run['settings'],
  { env, cwd }: AppIo,
  userConfigText: string | undefined,
): Promise<Config> {
  const overrides = readOverrides(settings);
  const text = userConfigText === undefined ? {} : { userConfigText };
  const loaded = await loadConfig({ home, cwd, env, overrides, ...text });
  if (!loaded.ok) throw new Refused(`failed to load configuration: ${loaded.error.message}`);
  return loaded.config;
}

async function readRows({ mcpServers }: Config, home: string, io: AppIo) {
  const names = Object.keys(mcpServers).sort();
  return Promise.all(
    names.flatMap((name) => {
      const toml = mcpServers[name];
      return toml ? [statusOf(name, toml, home, io).then((auth) => ({ name, toml, auth }))] : [];
    }),
  );
}

function statusOf(name: string, toml: McpServerToml, home: string, { env }: AppIo) {
  const token = createTokens({ store: storeOf(home), clock: systemClock, log: nullLogger, env });
  return authStatus(name, toml, { env, token }, new AbortController().signal);
}

function storeOf(home: string) {
  return createTokenStore(home, systemIds(systemClock));
}

function findServer({ mcpServers }: Config, name: string, where = ''): McpServerToml {
  const toml = Object.hasOwn(mcpServers, name) ? mcpServers[name] : undefined;
  if (!toml) throw new Refused(missing(name, where));
  return toml;
}

function missing(name: string, where = ''): string {
  return `No MCP server named '${name}' found${where}.`;
}

/**
 * Sets a server in the user's config.toml, or takes it out; everything else stays as it is written. False when there was
 * nothing to take out.
 */
async function editServer(
  home: string,
  name: string,
  server: McpServerToml | null,
  load: (userConfigText: string) => Promise<Config>,
): Promise<boolean> {
  if (!/^[a-zA-Z0-9_-]+$/.test(name)) {
    throw new Refused(`invalid server name '${name}' (use letters, numbers, '-', '_')`);
  }
  const file = join(home, 'config.toml');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return '';
    throw new Refused(`${file} cannot be read: ${toMessage(error)}`, { cause: error });
  });
  const path = ['mcp_servers', name];
  const before = parseToml(text);
  if (server === null && before.ok && valueAt(before.table, path) === undefined) return false;
  const edited = editConfig(text, [{ path, value: server, merge: 'replace' }]);
  if (!edited.ok) throw new Refused(`${file} cannot be changed: ${edited.message}`);
  await load(edited.text);
  await replaceFile(file, edited.text, systemIds(systemClock).hex(12));
  return true;
}

async function login(
  { name, scopes }: { name: string; scopes: string[] | null },
  config: Config,
  home: string,
  io: AppIo,
): Promise<void> {
  const toml = findServer(config, name);
  if (toml.url === undefined) throw new Refused('OAuth login is only supported for streamable HTTP servers.');
  const { callbackPort: port, callbackUrl: url, credentialsStore } = config.mcpOauth;
  if (credentialsStore === 'keyring') throw new Refused(NO_KEYRING);
  // Who wants to stop waiting ends the process.
  const { signal } = new AbortController();
  try {
    const { authorizationUrl, completed } = await startLogin(
      { name, toml, scopes, timeoutSeconds: null, callback: { port, url } },
      { store: storeOf(home), clock: systemClock, env: io.env, signal },
    );
    io.stdout.write(`Authorize \`${name}\` by opening this URL in your browser:\n${authorizationUrl}\n`);
    openBrowser(authorizationUrl, io.stdout, io.env);
    await completed;
  } catch (error) {
    throw new Refused(`failed to login to MCP server '${name}': ${toMessage(error)}`, { cause: error });
  }
  io.stdout.write(`Successfully logged in to MCP server '${name}'.\n`);
}
