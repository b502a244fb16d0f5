import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { systemCode } from '@codex/base';
import type { ThreadFiles } from '@codex/protocol';
import { dayFolders, pathsIn } from './folders.ts';
import { ARCHIVED, parseRolloutName } from './paths.ts';
import { readHeader } from './summary.ts';

/** Times asked for before others get their turn. */
const SLICE = 32;

/** The files of a home, for an index that is made from them. */
export function threadFiles(home: string): ThreadFiles {
  const archive = join(home, ARCHIVED);
  return {
    archive,
    async *all() {
      for await (const folder of foldersOf(archive, home)) {
        for (const [i, path] of (await pathsIn(folder)).entries()) {
          if (i % SLICE === SLICE - 1) await setImmediate();
          yield* withTime(path);
        }
      }
    },
    async read(path) {
      const name = parseRolloutName(basename(path));
      const summary = name && (await readHeader(path));
      if (!summary) return null;
      return { ...summary, archived: dirname(path) === archive, listed: { id: name.id, at: name.createdAt } };
    },
    modifiedAt: async (path) => timeOf(path),
    async *folders(days = Number.POSITIVE_INFINITY) {
      let left = days;
      for await (const folder of foldersOf(archive, home)) {
        yield* withTime(folder);
        if (folder !== archive && --left <= 0) return;
      }
    },
    within: pathsIn,
  };
}

async function* foldersOf(archive: string, home: string): AsyncGenerator<string> {
  yield archive;
  yield* dayFolders(home);
}

/** Nothing for what is gone by now. */
function* withTime(path: string): Generator<{ path: string; modifiedAt: number }> {
  const modifiedAt = timeOf(path);
  if (modifiedAt !== null) yield { path, modifiedAt };
}

/** Asked at once: handing so small a question to another thread costs more than its answer. */
function timeOf(path: string): number | null {
  try {
    return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return null;
  }
}
