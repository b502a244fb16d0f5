import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { CodexError, type Ids, isCodexError, type Logger, toMessage } from '@codex/base';
import { copyTree } from './copy-tree.ts';
import { manifestPath, readManifest } from './manifest.ts';
import { type PluginKey, requireName } from './plugin-key.ts';

/** The installed copies, `$CODEX_HOME/plugins/cache/<marketplace>/<plugin>/<version>/` (skills specification §5). */
export interface PluginStore {
  /** The folder of the installed copy; null when there is none, or several and nobody knows which. */
  find(key: PluginKey): Promise<string | null>;
  /** Puts a copy of a folder in the place of what is installed: all of it or nothing. Throws CodexError. */
  install(key: PluginKey, source: string, version: string): Promise<void>;
  /** Not being installed is fine too. */
  remove(key: PluginKey): Promise<void>;
}

export interface StoreDeps {
  home: string;
  ids: Ids;
  log: Logger;
}

export function createPluginStore({ home, ids, log }: StoreDeps): PluginStore {
  const placeOf = ({ marketplace, plugin }: PluginKey) => path.join(home, 'plugins/cache', marketplace, plugin);

  /** Runs with a folder on the same disk that is gone afterwards. */
  const aside = async (run: (folder: string) => Promise<void>): Promise<void> => {
    const folder = path.join(home, 'plugins', `.staging-${ids.hex(12)}`);
    try {
      await mkdir(folder, { recursive: true });
      await run(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  return {
    async find(key) {
      const place = placeOf(key);
      const entries = await readdir(place, { withFileTypes: true }).catch(() => []);
      const [only, ...others] = entries.filter((entry) => entry.isDirectory());
      return only && others.length === 0 ? path.join(place, only.name) : null;
    },
    async install(key, source, version) {
      await requireSource(source, key.plugin, log);
      const place = placeOf(key);
      try {
        await aside(async (staging) => {
          const [fresh, old] = [path.join(staging, 'fresh'), path.join(staging, 'old')];
          await mkdir(fresh);
          await copyTree(source, path.join(fresh, version));
          await mkdir(path.dirname(place), { recursive: true });
          const hadOld = await moved(place, old);
          try {
            await rename(fresh, place);
          } catch (error) {
            if (hadOld) await rename(old, place);
            throw error;
          }
        });
      } catch (error) {
        if (isCodexError(error)) throw error;
        throw new CodexError('internal', `failed to install plugin: ${toMessage(error)}`, { cause: error });
      }
    },
    async remove(key) {
      const place = placeOf(key);
      try {
        await aside(async (staging) => void (await moved(place, path.join(staging, 'old'))));
      } catch (error) {
        throw new CodexError('internal', `failed to uninstall plugin: ${toMessage(error)}`, { cause: error });
      }
    },
  };
}

/** False when there is nothing to move. */
async function moved(from: string, to: string): Promise<boolean> {
  const isThere = await stat(from).then(
    () => true,
    () => false,
  );
  if (isThere) await rename(from, to);
  return isThere;
}

/** Throws CodexError `invalidRequest` when a folder holds no plugin of this name. */
async function requireSource(source: string, name: string, log: Logger): Promise<void> {
  const isFolder = await stat(source).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  if (!isFolder) refuse(`plugin source path is not a directory: ${source}`);
  const read = await readManifest(source, name, log);
  if (!read.ok) refuse(`missing ${read.missing ? '' : 'or invalid '}plugin manifest: ${manifestPath(source)}`);
  const own = read.manifest.name;
  requireName('plugin', own);
  if (own !== name) refuse(`plugin manifest name \`${own}\` does not match marketplace plugin name \`${name}\``);
}

function refuse(message: string): never {
  throw new CodexError('invalidRequest', message);
}
