import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { ThreadFiles } from '@codex/protocol';
import { dayFolders, pathsIn, timeOf } from './folders.ts';
import { ARCHIVED, parseRolloutName } from './paths.ts';
import { headReader } from './summary.ts';

/** Times asked for before others get their turn. */
const SLICE = 32;

/** The files of a home, for an index that is made from them. */
export function threadFiles(home: string): ThreadFiles {
  const archive = join(home, ARCHIVED);
  const readHead = headReader();
  return {
    archive,
    async *all() {
      let count = 0;
      for (const folder of [archive, ...dayFolders(home)]) {
        for (const path of pathsIn(folder)) {
          if (++count % SLICE === 0) await setImmediate();
          yield* withTime(path);
        }
      }
    },
    async read(path) {
      const name = parseRolloutName(basename(path));
      const summary = name && readHead(path);
      if (!summary) return null;
      return { ...summary, archived: dirname(path) === archive, listed: { id: name.id, at: name.createdAt } };
    },
    modifiedAt: async (path) => timeOf(path),
    async *folders(days = Number.POSITIVE_INFINITY) {
      yield* withTime(archive);
      let left = days;
      for (const folder of dayFolders(home)) {
        yield* withTime(folder);
        if (--left <= 0) return;
      }
    },
    within: async (folder) => pathsIn(folder),
  };
}

/** Nothing for what is gone by now. */
function* withTime(path: string): Generator<{ path: string; modifiedAt: number }> {
  const modifiedAt = timeOf(path);
  if (modifiedAt !== null) yield { path, modifiedAt };
}
