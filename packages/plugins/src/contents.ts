import path from 'node:path';
import { isObject, type Logger, systemCode, toMessage } from '@codex/base';
import { readWithin, realInner } from './inner-path.ts';
import { parseObject } from './json-file.ts';
import type { Manifest } from './manifest.ts';

const MAX_BYTES = 1024 * 1024;

/** What a plugin's folder brings, besides what its manifest says of itself. */
export interface Contents<Server> {
  /** Folders with skills, by their real paths; they lie in the plugin's. */
  readonly skillFolders: readonly string[];
  /** MCP servers by name, sorted. */
  readonly servers: Readonly<Record<string, Server>>;
  /** Ids of apps, each once. */
  readonly apps: readonly string[];
}

export interface ContentsDeps<Server> {
  log: Logger;
  /** Checks a server's table as config.toml does. Throws when it breaks a rule. */
  readServer: (table: Record<string, unknown>) => Server;
}

/** What breaks a rule is left out, with a line in the log. Does not reject. */
export async function readContents<Server>(
  folder: string,
  manifest: Manifest,
  deps: ContentsDeps<Server>,
): Promise<Contents<Server>> {
  const [skillFolders, servers, apps] = await Promise.all([
    skillFoldersOf(folder, manifest.skills),
    readTable(folder, manifest.mcpServers ?? path.join(folder, '.mcp.json'), 'mcpServers', deps.log),
    readTable(folder, manifest.apps ?? path.join(folder, '.app.json'), 'apps', deps.log),
  ]);
  return { skillFolders, servers: readServers(folder, servers, deps), apps: appIds(apps) };
}

async function skillFoldersOf(folder: string, more: string | null): Promise<string[]> {
  const folders = [...new Set([path.join(folder, 'skills'), ...(more === null ? [] : [more])])];
  const real = await Promise.all(folders.map((each) => realInner(folder, each).catch(() => null)));
  return real.filter((each) => each !== null);
}

/** The object under a key of a JSON file; empty when there is no such file or it is not valid. */
async function readTable(folder: string, file: string, key: string, log: Logger): Promise<Record<string, unknown>> {
  try {
    const table = parseObject(await readWithin(folder, file, MAX_BYTES))[key];
    if (isObject(table)) return table;
    log.warn({ file, key }, 'a file of a plugin is ignored: the key is missing or no object');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') log.warn({ file, problem: toMessage(error) }, 'a file of a plugin is ignored');
  }
  return {};
}

function readServers<Server>(
  folder: string,
  tables: Record<string, unknown>,
  { log, readServer }: ContentsDeps<Server>,
): Record<string, Server> {
  const servers = Object.create(null) as Record<string, Server>;
  for (const [name, table] of Object.entries(tables).sort(([a], [b]) => (a < b ? -1 : 1))) {
    try {
      servers[name] = readServer(inPlugin(folder, table));
    } catch (error) {
      log.warn({ folder, server: name, problem: toMessage(error) }, 'an MCP server of a plugin is left out');
    }
  }
  return servers;
}

/** As config.toml would have it: without the keys of other programs, and started in the plugin's folder if anywhere. */
function inPlugin(folder: string, table: unknown): Record<string, unknown> {
  if (!isObject(table)) throw new Error('not an object');
  const { type: _type, oauth: _oauth, ...server } = table;
  const { cwd } = server;
  if (typeof cwd !== 'string' || path.isAbsolute(cwd)) return server;
  const joined = path.join(folder, cwd);
  if (path.relative(folder, joined).startsWith('..')) throw new Error('`cwd` leads out of the plugin');
  return { ...server, cwd: joined };
}

function appIds(tables: Record<string, unknown>): string[] {
  const ids = Object.values(tables).map((table) => (isObject(table) ? table['id'] : null));
  return [...new Set(ids.filter((id): id is string => typeof id === 'string' && id.trim() !== ''))];
}
