import { existsSync, type FSWatcher, watch } from 'node:fs';
import path from 'node:path';

export interface FolderWatch {
  /** Watches these folders and no others; those not there yet are waited for from the nearest folder above. */
  set(folders: Iterable<string>): void;
  close(): void;
}

/** Calls back whenever something changes directly in one of the folders. Keeps no process alive. */
export function watchFolders(onChange: () => void): FolderWatch {
  const watchers = new Map<string, FSWatcher>();
  const forget = (key: string) => {
    watchers.get(key)?.close();
    watchers.delete(key);
  };
  const add = (key: string, { existing, next }: Target) => {
    try {
      const watcher = watch(existing, { persistent: false }, (_event, name) => {
        if (next !== null && name !== next) return;
        // Its place may have changed with it: the next load says what to watch.
        if (next !== null || !existsSync(existing)) forget(key);
        onChange();
      });
      watcher.on('error', () => forget(key));
      watchers.set(key, watcher);
    } catch {
      // Without a watch a change shows at the next forced reload.
    }
  };
  const set = (folders: Iterable<string>) => {
    const targets = new Map(Array.from(folders, nearest).map((target) => [keyOf(target), target]));
    for (const key of [...watchers.keys()]) if (!targets.has(key)) forget(key);
    for (const [key, target] of targets) if (!watchers.has(key)) add(key, target);
  };
  return { set, close: () => set([]) };
}

interface Target {
  readonly existing: string;
  /** What has to appear in there; null when the folder itself exists. */
  readonly next: string | null;
}

const keyOf = ({ existing, next }: Target) => (next === null ? existing : `${path.join(existing, next)} missing`);

function nearest(folder: string): Target {
  let next: string | null = null;
  let existing = folder;
  while (!existsSync(existing) && path.dirname(existing) !== existing) {
    next = path.basename(existing);
    existing = path.dirname(existing);
  }
  return { existing, next };
}
