import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { CodexError, isObject, systemCode, toMessage } from '@codex/base';
import type { PluginAuthPolicy, PluginInstallPolicy } from '@codex/protocol';
import { innerPath, readWithin } from './inner-path.ts';
import { FileProblem, parseObject, requiredText, textOf } from './json-file.ts';

/** The marketplace whose copy lies in the home of codex. */
export const CURATED = 'openai-curated';
/** Where a folder keeps its marketplace. */
const MARKETPLACE = '.agents/plugins/marketplace.json';
const MAX_BYTES = 4 * 1024 * 1024;
const INSTALL_POLICIES: readonly PluginInstallPolicy[] = ['NOT_AVAILABLE', 'AVAILABLE', 'INSTALLED_BY_DEFAULT'];
const AUTH_POLICIES: readonly PluginAuthPolicy[] = ['ON_INSTALL', 'ON_USE'];

export interface Offer {
  readonly name: string;
  /** The plugin's folder; absolute, below the marketplace's. */
  readonly folder: string;
  readonly installPolicy: PluginInstallPolicy;
  readonly authPolicy: PluginAuthPolicy;
  /** In place of the manifest's. */
  readonly category: string | null;
}

/** A marketplace.json (skills specification §5). */
export interface Marketplace {
  readonly name: string;
  readonly path: string;
  readonly root: string;
  readonly offers: readonly Offer[];
}

/** Throws CodexError: `invalidRequest` for a file that is not there or not valid, else `internal`. */
export async function readMarketplace(file: string): Promise<Marketplace> {
  const root = path.resolve(path.dirname(file), '../..');
  try {
    const table = parseObject(await readWithin(path.dirname(file), file, MAX_BYTES));
    const name = requiredText(table, 'name');
    const { plugins } = table;
    if (plugins === undefined) throw new FileProblem('missing field `plugins`');
    if (!Array.isArray(plugins)) throw new FileProblem('`plugins` is not a list');
    return { name, path: file, root, offers: plugins.map((entry) => readOffer(file, root, entry)) };
  } catch (error) {
    if (error instanceof FileProblem) {
      const text = `invalid marketplace file \`${file}\`: ${error.message}`;
      throw new CodexError('invalidRequest', text, { cause: error });
    }
    const isMissing = systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR';
    if (isMissing)
      throw new CodexError('invalidRequest', `marketplace file \`${file}\` does not exist`, { cause: error });
    const text = `failed to read marketplace file \`${file}\`: ${toMessage(error)}`;
    throw new CodexError('internal', text, { cause: error });
  }
}

/** Throws CodexError `invalidRequest` when there is no such plugin. */
export function findOffer({ name, offers }: Marketplace, plugin: string): Offer {
  const offer = offers.find((each) => each.name === plugin);
  if (offer) return offer;
  throw new CodexError('invalidRequest', `plugin \`${plugin}\` was not found in marketplace \`${name}\``);
}

/** The marketplaces of folders that have one, in the order given, each once; of several files at one place the first. */
export async function findMarketplaces(folders: readonly string[]): Promise<Marketplace[]> {
  const files = new Map<string, string>();
  for (const folder of folders) {
    const file = path.join(folder, MARKETPLACE);
    const real = await realpath(file).catch(() => null);
    if (real !== null && !files.has(real)) files.set(real, file);
  }
  return Promise.all([...files.values()].map(readMarketplace));
}

function readOffer(file: string, root: string, entry: unknown): Offer {
  if (!isObject(entry)) throw new FileProblem('an entry of `plugins` is not an object');
  const { source } = entry;
  if (source === undefined) throw new FileProblem('missing field `source`');
  if (!isObject(source)) throw new FileProblem('`source` is not an object');
  const kind = requiredText(source, 'source');
  if (kind !== 'local') throw new FileProblem(`unknown variant \`${kind}\`, expected \`local\``);
  return {
    name: requiredText(entry, 'name'),
    folder: sourceFolder(file, root, requiredText(source, 'path')),
    installPolicy: oneOf(INSTALL_POLICIES, textOf(entry, 'installPolicy') ?? 'AVAILABLE'),
    authPolicy: oneOf(AUTH_POLICIES, textOf(entry, 'authPolicy') ?? 'ON_INSTALL'),
    category: textOf(entry, 'category'),
  };
}

function sourceFolder(file: string, root: string, text: string): string {
  if (path.join(root, MARKETPLACE) !== path.normalize(file)) {
    throw new FileProblem('marketplace file must live under `<root>/.agents/plugins/`');
  }
  const inner = innerPath(root, text);
  if ('path' in inner) return inner.path;
  throw new FileProblem(`local plugin source path ${SOURCE_RULES[inner.problem]}`);
}

const SOURCE_RULES = {
  prefix: 'must start with `./`',
  empty: 'must not be empty',
  outside: 'must stay within the marketplace root',
} as const;

function oneOf<T extends string>(names: readonly T[], text: string): T {
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw new FileProblem(
    `unknown variant \`${text}\`, expected one of ${names.map((name) => `\`${name}\``).join(', ')}`,
  );
}
