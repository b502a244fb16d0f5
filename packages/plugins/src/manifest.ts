import path from 'node:path';
import { isObject, type Logger, systemCode, toMessage } from '@codex/base';
import type { PluginInterface } from '@codex/protocol';
import { innerPath, readWithin } from './inner-path.ts';
import { FileProblem, parseObject, textOf, textsOf } from './json-file.ts';

const MANIFEST = '.codex-plugin/plugin.json';
const MAX_BYTES = 1024 * 1024;
const MAX_PROMPTS = 3;
const MAX_PROMPT = 128;

/** What `.codex-plugin/plugin.json` says (skills specification §5). Paths are absolute and inside the plugin's folder. */
export interface Manifest {
  readonly name: string;
  readonly description: string | null;
  /** A folder with skills beside `skills/`. */
  readonly skills: string | null;
  /** In place of `.mcp.json`. */
  readonly mcpServers: string | null;
  /** In place of `.app.json`. */
  readonly apps: string | null;
  readonly interface: PluginInterface | null;
}

export type ManifestRead =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly missing: boolean };

export function manifestPath(folder: string): string {
  return path.join(folder, MANIFEST);
}

/** `name` stands in for a name that the manifest does not give. */
export async function readManifest(folder: string, name: string, log: Logger): Promise<ManifestRead> {
  const file = manifestPath(folder);
  try {
    const table = parseObject(await readWithin(folder, file, MAX_BYTES));
    const own = textOf(table, 'name');
    const pathOf = (key: string) => manifestFile(folder, textOf(table, key), { log, file, key });
    const manifest = {
      name: own === null || own.trim() === '' ? name : own,
      description: textOf(table, 'description'),
      skills: pathOf('skills'),
      mcpServers: pathOf('mcpServers'),
      apps: pathOf('apps'),
      interface: readInterface(table['interface'], (key, text) =>
        manifestFile(folder, text, { log, file, key: `interface.${key}` }),
      ),
    };
    return { ok: true, manifest };
  } catch (error) {
    const missing = systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR';
    if (!missing) log.warn({ file, problem: toMessage(error) }, 'a plugin manifest is not valid');
    return { ok: false, missing };
  }
}

/** A path that breaks the rules is left out. */
function manifestFile(
  folder: string,
  text: string | null,
  { log, file, key }: { log: Logger; file: string; key: string },
): string | null {
  if (text === null) return null;
  const inner = innerPath(folder, text);
  if ('path' in inner) return inner.path;
  log.warn({ file, key }, 'a path of a plugin manifest is ignored: it must start with `./` and stay in the folder');
  return null;
}

/** An interface that says nothing. */
export const NO_INTERFACE: PluginInterface = {
  displayName: null,
  shortDescription: null,
  longDescription: null,
  developerName: null,
  category: null,
  capabilities: [],
  websiteUrl: null,
  privacyPolicyUrl: null,
  termsOfServiceUrl: null,
  defaultPrompt: null,
  brandColor: null,
  composerIcon: null,
  logo: null,
  screenshots: [],
};

function readInterface(
  value: unknown,
  fileOf: (key: string, text: string | null) => string | null,
): PluginInterface | null {
  if (value === undefined || value === null) return null;
  if (!isObject(value)) throw new FileProblem('`interface` is not an object');
  const found: PluginInterface = {
    displayName: textOf(value, 'displayName'),
    shortDescription: textOf(value, 'shortDescription'),
    longDescription: textOf(value, 'longDescription'),
    developerName: textOf(value, 'developerName'),
    category: textOf(value, 'category'),
    capabilities: textsOf(value, 'capabilities'),
    websiteUrl: textOf(value, 'websiteUrl', 'websiteURL'),
    privacyPolicyUrl: textOf(value, 'privacyPolicyUrl', 'privacyPolicyURL'),
    termsOfServiceUrl: textOf(value, 'termsOfServiceUrl', 'termsOfServiceURL'),
    defaultPrompt: readPrompts(value['defaultPrompt']),
    brandColor: textOf(value, 'brandColor'),
    composerIcon: fileOf('composerIcon', textOf(value, 'composerIcon')),
    logo: fileOf('logo', textOf(value, 'logo')),
    screenshots: textsOf(value, 'screenshots').flatMap((text) => fileOf('screenshots', text) ?? []),
  };
  const saysSomething = Object.values(found).some((member) => typeof member === 'string' || (member?.length ?? 0) > 0);
  return saysSomething ? found : null;
}

/** One text or a list; each on one line. Those that are too long, blank or no text are left out. */
function readPrompts(value: unknown): string[] | null {
  const prompts = (Array.isArray(value) ? value : [value])
    .filter((each): each is string => typeof each === 'string')
    .map((each) => each.trim().replace(/\s+/g, ' '))
    .filter((each) => each !== '' && Array.from(each).length <= MAX_PROMPT);
  return prompts.length === 0 ? null : prompts.slice(0, MAX_PROMPTS);
}
