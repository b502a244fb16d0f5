import path from 'node:path';
import { isObject, parseJson } from '@codex/base';
import { readText } from './read-text.ts';

/**
 * Tells which plugin a folder belongs to: the nearest folder above with a `.codex-plugin/plugin.json`, by the name in
 * there or else its own. Remembers what it has seen; made anew for every load.
 */
export function createPluginNames(): (folder: string) => Promise<string | null> {
  const known = new Map<string, Promise<string | null>>();
  const find = async (folder: string): Promise<string | null> => {
    const own = await pluginName(folder);
    const parent = path.dirname(folder);
    return own ?? (parent === folder ? null : nameFor(parent));
  };
  const nameFor = (folder: string): Promise<string | null> => {
    const found = known.get(folder) ?? find(folder);
    known.set(folder, found);
    return found;
  };
  return nameFor;
}

async function pluginName(folder: string): Promise<string | null> {
  let text: string;
  try {
    text = await readText(path.join(folder, '.codex-plugin/plugin.json'));
  } catch {
    return null;
  }
  const manifest = parseJson(text);
  const name = manifest.ok && isObject(manifest.value) ? manifest.value['name'] : null;
  return typeof name === 'string' && name.trim() !== '' ? name.trim() : path.basename(folder);
}
