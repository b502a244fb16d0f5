import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CodexError, type Ids, type Logger } from '@codex/base';
import type { PluginMarketplaceEntry, PluginSummary } from '@codex/protocol';
import { readContents } from './contents.ts';
import { realInner } from './inner-path.ts';
import { type Manifest, NO_INTERFACE, readManifest } from './manifest.ts';
import { CURATED, findMarketplaces, findOffer, type Marketplace, type Offer, readMarketplace } from './marketplace.ts';
import type { InstalledPlugin, LoadedPlugin, OfferedPlugin, PluginSwitch, PluginTable } from './plugin.ts';
import { type PluginKey, pluginKey, readPluginKey } from './plugin-key.ts';
import { createPluginStore } from './store.ts';
import type { RemotePlugin } from './remote.ts';

const CURATED_FOLDER = '.tmp/plugins';
const CURATED_SHA = '.tmp/plugins.sha';
const LOCAL_VERSION = 'local';
const NO_MANIFEST = 'missing or invalid .codex-plugin/plugin.json';

export interface Plugins<Server> {
  /** Those of a table that are switched on and installed, by key. What cannot be loaded is left out, and logged. */
  load(table: PluginTable): Promise<LoadedPlugin<Server>[]>;
  /**
   * What the marketplaces of the user, of these folders or of their repositories and the curated one offer. Throws
   * CodexError when one of the files is not valid.
   */
  list(folders: readonly string[], table: PluginTable): Promise<PluginMarketplaceEntry[]>;
  /** Reads a plugin in its marketplace. Throws CodexError. */
  read(marketplacePath: string, name: string, table: PluginTable): Promise<OfferedPlugin<Server>>;
  /** Throws CodexError. The plugin is not switched on by that. */
  install(marketplacePath: string, name: string): Promise<InstalledPlugin>;
  /** Removes the installed copy, if any. Throws CodexError for a text that is no key. */
  uninstall(key: string): Promise<void>;
  /**
   * Makes the installed plugins of the curated marketplace those that the user has elsewhere. Throws CodexError; what was
   * done before stays. Returns what has to be written into config.toml.
   */
  adopt(remote: readonly RemotePlugin[], table: PluginTable): Promise<PluginSwitch[]>;
}

export interface PluginsDeps<Server> {
  /** Of codex. */
  home: string;
  /** Null when unknown. */
  userHome: string | null;
  ids: Ids;
  log: Logger;
  /** Checks the table of an MCP server as config.toml does. Throws when it breaks a rule. */
  readServer: (table: Record<string, unknown>) => Server;
  /** The repository around a folder. */
  repositoryRoot: (folder: string) => string | null;
}

/** Plugins of one home. Nothing is remembered: each call reads the files. */
export function createPlugins<Server>(deps: PluginsDeps<Server>): Plugins<Server> {
  const { home, userHome, log, repositoryRoot } = deps;
  const store = createPluginStore(deps);

  const loadOne = async (key: string): Promise<LoadedPlugin<Server>[]> => {
    const folder = await store.find(readPluginKey(key));
    if (folder === null) {
      log.warn({ plugin: key }, 'a plugin is switched on but not installed');
      return [];
    }
    const { plugin } = readPluginKey(key);
    const read = await readManifest(folder, plugin, log);
    if (!read.ok) {
      log.warn({ plugin: key, folder }, `a plugin is left out: ${NO_MANIFEST}`);
      return [];
    }
    const { name, description } = read.manifest;
    return [{ key, name, description, ...(await readContents(folder, read.manifest, deps)) }];
  };

  const summarise = async (marketplace: Marketplace, offer: Offer, table: PluginTable): Promise<PluginSummary> => {
    const id = `${offer.name}@${marketplace.name}`;
    const manifest = await manifestOf(marketplace, offer);
    const shown = manifest?.interface ?? null;
    return {
      id,
      name: offer.name,
      source: { type: 'local', path: offer.folder },
      installed: (await installedFolder(id)) !== null,
      enabled: Object.hasOwn(table, id) && table[id]?.enabled === true,
      installPolicy: offer.installPolicy,
      authPolicy: offer.authPolicy,
      interface: offer.category === null ? shown : { ...(shown ?? NO_INTERFACE), category: offer.category },
    };
  };

  /** Names that cannot be in a key are shown, but never installed. */
  const installedFolder = async (id: string): Promise<string | null> => {
    let key: PluginKey;
    try {
      key = readPluginKey(id);
    } catch {
      return null;
    }
    return store.find(key);
  };

  /** Null when it is missing, not valid or not in the marketplace's folder. */
  const manifestOf = async ({ root }: Marketplace, { name, folder }: Offer): Promise<Manifest | null> => {
    if ((await realInner(root, folder).catch(() => null)) === null) return null;
    const read = await readManifest(folder, name, log);
    return read.ok ? read.manifest : null;
  };

  const installOffer = async (marketplace: Marketplace, offer: Offer): Promise<string> => {
    const key = pluginKey(offer.name, marketplace.name);
    // One that is not there is for the store to refuse.
    const source = await realInner(marketplace.root, offer.folder).catch(() => offer.folder);
    if (source === null) {
      const text = `plugin source path leads out of the marketplace root: ${offer.folder}`;
      throw new CodexError('invalidRequest', text);
    }
    const version = marketplace.name === CURATED ? await curatedSha(home) : LOCAL_VERSION;
    await store.install(readPluginKey(key), offer.folder, version);
    return key;
  };

  return {
    async load(table) {
      const keys = Object.keys(table).filter((key) => table[key]?.enabled);
      const loading = keys.sort().map(async (key) => {
        try {
          return await loadOne(key);
        } catch (error) {
          log.warn({ plugin: key, err: error }, 'a plugin is left out');
          return [];
        }
      });
      return (await Promise.all(loading)).flat();
    },
    async list(folders, table) {
      const asked = folders.flatMap((folder) => [folder, repositoryRoot(folder) ?? folder]);
      const places = [path.join(home, CURATED_FOLDER), ...asked].sort();
      const marketplaces = await findMarketplaces(userHome === null ? places : [userHome, ...places]);
      const seen = new Set<string>();
      const entries = marketplaces.map(async (marketplace) => {
        const { name, path: file } = marketplace;
        const fresh = marketplace.offers.filter((offer) => {
          const id = `${offer.name}@${name}`;
          return !seen.has(id) && seen.add(id);
        });
        return {
          name,
          path: file,
          plugins: await Promise.all(fresh.map((each) => summarise(marketplace, each, table))),
        };
      });
      return (await Promise.all(entries)).filter(({ plugins }) => plugins.length > 0);
    },
    async read(marketplacePath, name, table) {
      const marketplace = await readMarketplace(marketplacePath);
      const offer = findOffer(marketplace, name);
      pluginKey(name, marketplace.name);
      const [manifest, summary] = await Promise.all([
        manifestOf(marketplace, offer),
        summarise(marketplace, offer, table),
      ]);
      if (!manifest) throw new CodexError('invalidRequest', NO_MANIFEST);
      const contents = await readContents(offer.folder, manifest, deps);
      return { marketplace, summary, description: manifest.description, ...contents };
    },
    async install(marketplacePath, name) {
      const marketplace = await readMarketplace(marketplacePath);
      const offer = findOffer(marketplace, name);
      if (offer.installPolicy === 'NOT_AVAILABLE') {
        const text = `plugin \`${name}\` is not available for install in marketplace \`${marketplace.name}\``;
        throw new CodexError('invalidRequest', text);
      }
      const key = await installOffer(marketplace, offer);
      const [loaded] = await loadOne(key);
      return { key, authPolicy: offer.authPolicy, apps: loaded?.apps ?? [] };
    },
    uninstall: async (key) => store.remove(readPluginKey(key)),
    async adopt(remote, table) {
      const [marketplace] = await findMarketplaces([path.join(home, CURATED_FOLDER)]);
      if (marketplace?.name !== CURATED) {
        throw new CodexError('internal', 'local curated marketplace is not available');
      }
      await curatedSha(home);
      const wanted = new Map(remote.map(({ name, enabled }) => [name, enabled]));
      const switches: PluginSwitch[] = [];
      const offers = marketplace.offers.map((offer) => ({ offer, id: pluginKey(offer.name, CURATED) }));
      // Nothing is taken away before everything is there.
      for (const { offer, id } of offers) {
        const enabled = wanted.get(offer.name);
        if (enabled === undefined) continue;
        if ((await installedFolder(id)) === null) await installOffer(marketplace, offer);
        if (!Object.hasOwn(table, id) || table[id]?.enabled !== enabled) switches.push({ key: id, enabled });
      }
      for (const { offer, id } of offers) {
        if (wanted.has(offer.name)) continue;
        await store.remove(readPluginKey(id));
        if (Object.hasOwn(table, id)) switches.push({ key: id, enabled: null });
      }
      return switches;
    },
  };
}

/** The version of the curated marketplace's copy. Throws CodexError `invalidRequest`. */
async function curatedSha(home: string): Promise<string> {
  const text = await readFile(path.join(home, CURATED_SHA), 'utf8').catch(() => '');
  if (/^[0-9a-f]{7,64}$/.test(text.trim())) return text.trim();
  throw new CodexError('invalidRequest', 'local curated marketplace sha is not available');
}
