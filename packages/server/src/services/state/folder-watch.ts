import { dirname } from 'node:path';
import type { ThreadFiles } from '@codex/rollout';

/** Remembers which files were in which folders, so that those that came since are found by looking at folders alone. */
export interface FolderWatch {
  /** The same files; what a full look through `all` sees counts as known once `done` is called. */
  look(now: number): Promise<{ files: ThreadFiles; done: () => void }>;
  /** Files that came since, and those of which there was nothing to list yet when they were last read. */
  news(now: number): Promise<string[]>;
  /** What reading such a file gave. */
  settle(path: string, wasBlank: boolean): void;
}

/** A folder that changed so lately may change again without its time showing it: file systems count in steps. */
const SETTLED_MS = 2_000;

export function createFolderWatch(files: ThreadFiles): FolderWatch {
  let stamps = new Map<string, number>();
  let known = new Map<string, Set<string>>();
  const blank = new Set<string>();

  const stampsNow = async (now: number) => {
    const found = new Map<string, number>();
    for await (const { path, modifiedAt } of files.folders()) {
      found.set(path, now - modifiedAt < SETTLED_MS ? Number.NaN : modifiedAt);
    }
    return found;
  };

  return {
    async look(now) {
      const before = await stampsNow(now);
      const seen = new Map<string, Set<string>>();
      async function* all() {
        for await (const file of files.all()) {
          const folder = dirname(file.path);
          const paths = seen.get(folder) ?? new Set();
          seen.set(folder, paths.add(file.path));
          yield file;
        }
      }
      const done = () => {
        stamps = before;
        known = seen;
      };
      return { files: { ...files, all }, done };
    },
    async news(now) {
      const found: string[] = [...blank];
      for (const [folder, stamp] of await stampsNow(now)) {
        if (stamps.get(folder) === stamp) continue;
        const paths = await files.within(folder);
        const before = known.get(folder);
        found.push(...paths.filter((path) => !before?.has(path) && !blank.has(path)));
        known.set(folder, new Set(paths));
        stamps.set(folder, stamp);
      }
      return found;
    },
    settle(path, wasBlank) {
      if (wasBlank) blank.add(path);
      else blank.delete(path);
    },
  };
}
