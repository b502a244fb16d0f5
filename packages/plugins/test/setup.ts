import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { countingIds, nullLogger } from '@codex/base';
import { onTestFinished } from 'vitest';
import { createPlugins, type Plugins } from '../src/index.ts';

export const MARKETPLACE = '.agents/plugins/marketplace.json';

type Files = Readonly<Record<string, unknown>>;

/** Writes files below a folder, by relative path; what is no text as JSON. */
export async function put(folder: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
}

/** A marketplace that offers the plugins of these names from `./<name>`, with whatever else an entry says. */
export function marketplace(name: string, offers: Readonly<Record<string, Files>>): Files {
  const entry = (plugin: string, more: Files) => ({
    ...{ name: plugin, source: { source: 'local', path: `./${plugin}` } },
    ...more,
  });
  return { [MARKETPLACE]: { name, plugins: Object.entries(offers).map(([plugin, more]) => entry(plugin, more)) } };
}

/** The files of a plugin in a folder of its name. */
export function plugin(name: string, manifest: Files = {}, files: Files = {}): Files {
  const all = { '.codex-plugin/plugin.json': { name, ...manifest }, ...files };
  return Object.fromEntries(Object.entries(all).map(([file, content]) => [`${name}/${file}`, content]));
}

export interface Server {
  command: string;
  cwd?: string;
}

export interface World {
  readonly folder: string;
  readonly home: string;
  readonly user: string;
  readonly repo: string;
  readonly marketplace: string;
  readonly plugins: Plugins<Server>;
  /** Files and links below the installed plugins, by path; null while there are none. */
  readonly installed: () => string[] | null;
}

/** A user in `user`, codex in `home`, and a repository in `repo` with these files. */
export async function world(files: Files): Promise<World> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'plugins-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [home, user, repo] = [path.join(folder, 'home'), path.join(folder, 'user'), path.join(folder, 'repo')];
  for (const each of [home, user, repo]) await mkdir(each);
  await put(repo, files);
  const plugins = createPlugins<Server>({
    home,
    userHome: user,
    ids: countingIds(),
    log: nullLogger,
    readServer(table) {
      if (typeof table['command'] !== 'string') throw new Error('invalid transport');
      return table as unknown as Server;
    },
    repositoryRoot: (from) => (from.startsWith(repo) ? repo : null),
  });
  const cache = path.join(home, 'plugins');
  return {
    ...{ folder, home, user, repo, plugins },
    marketplace: path.join(repo, MARKETPLACE),
    installed: () => (existsSync(cache) ? listed(cache).sort() : null),
  };
}

function listed(folder: string, below = ''): string[] {
  return readdirSync(path.join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(below, entry.name);
    return entry.isDirectory() ? listed(folder, name) : [name];
  });
}
