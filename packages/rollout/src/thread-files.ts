import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemCode } from '@codex/base';
import { filesIn, rolloutFolders } from './folders.ts';
import { ARCHIVED, parseRolloutName } from './paths.ts';
import { readHeader, type ThreadSummary } from './summary.ts';

/** A summary with its place in lists, which is that of the file's name: thread id and time of creation. */
export interface ListedThread extends ThreadSummary {
  archived: boolean;
  listed: { id: string; at: number };
}

/** All conversation files of a home, archived ones too, for an index that is made from them. Times are milliseconds. */
export interface ThreadFiles {
  /** Every file with the time of its last write, in any order and without end after 10,000. */
  all(): AsyncIterable<{ path: string; modifiedAt: number }>;
  /** Null when there is nothing to list, or no such file. */
  read(path: string): Promise<ListedThread | null>;
  /** Null without a file. */
  modifiedAt(path: string): Promise<number | null>;
  /** The folders that files lie in, with the time when one last came or went. */
  folders(): AsyncIterable<{ path: string; modifiedAt: number }>;
  /** The files directly in a folder. */
  within(folder: string): Promise<string[]>;
}

/** Files looked at side by side. */
const WIDTH = 64;

export function threadFiles(home: string): ThreadFiles {
  return {
    all: () => withTimes(paths(home)),
    async read(path) {
      const name = parseRolloutName(basename(path));
      const summary = name && (await readHeader(path));
      if (!summary) return null;
      const archived = dirname(path) === join(home, ARCHIVED);
      return { ...summary, archived, listed: { id: name.id, at: name.createdAt } };
    },
    modifiedAt,
    folders: () => withTimes(folders(home)),
    within: async (folder) => (await filesIn(folder)).map(({ path }) => path),
  };
}

async function modifiedAt(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return null;
  }
}

async function* folders(home: string): AsyncGenerator<string> {
  yield* rolloutFolders(home, false);
  yield* rolloutFolders(home, true);
}

async function* paths(home: string): AsyncGenerator<string> {
  for await (const folder of folders(home)) for (const { path } of await filesIn(folder)) yield path;
}

/** Leaves out what is gone by the time it is looked at. */
async function* withTimes(all: AsyncIterable<string>): AsyncGenerator<{ path: string; modifiedAt: number }> {
  let wave: string[] = [];
  const digest = async () => {
    const looked = await Promise.all(wave.map(async (path) => ({ path, modifiedAt: await modifiedAt(path) })));
    wave = [];
    return looked.flatMap(({ path, modifiedAt: at }) => (at === null ? [] : [{ path, modifiedAt: at }]));
  };
  for await (const path of all) {
    wave.push(path);
    if (wave.length === WIDTH) yield* await digest();
  }
  yield* await digest();
}
