import { stat } from 'node:fs/promises';
import { type LoadedRules, loadRules, rulesFiles } from './load.ts';

/** Reads rules like `loadRules`. */
export interface RulesReader {
  load(folders: readonly string[]): Promise<LoadedRules>;
}

/** As many projects as one process is likely to work on. */
const MAX_KEPT = 64;

/** A reader that parses the files of the same folders again only when one of them changed. Keep one per process. */
export function createRulesReader(): RulesReader {
  const kept = new Map<string, { state: string; loaded: LoadedRules }>();
  return {
    async load(folders) {
      const key = JSON.stringify(folders);
      // Looked at before reading: what changes in between is read again next time.
      const state = await stateOf(folders);
      const known = kept.get(key);
      if (known?.state === state) return known.loaded;
      const loaded = await loadRules(folders);
      kept.delete(key);
      kept.set(key, { state, loaded });
      const [oldest] = kept.keys();
      if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
      return loaded;
    },
  };
}

async function stateOf(folders: readonly string[]): Promise<string> {
  const files = (await Promise.all(folders.map((folder) => rulesFiles(folder)))).flat();
  const states = files.map(async (file) => {
    // One that vanishes meanwhile is for `loadRules` to complain about.
    const found = await stat(file, { bigint: true }).catch(() => null);
    return [file, found && `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`];
  });
  return JSON.stringify(await Promise.all(states));
}
