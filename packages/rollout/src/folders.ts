import { readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { systemCode } from '@codex/base';
import { ARCHIVED, isRolloutName, parseRolloutName, type RolloutName, SESSIONS } from './paths.ts';

export interface RolloutFile extends RolloutName {
  path: string;
}

/**
 * All rollout files of a home, a folder at a time: newest creation first, ties by id downwards. Others get their turn
 * after each folder.
 */
export async function* rolloutFiles(home: string, archived: boolean): AsyncGenerator<RolloutFile[]> {
  for (const folder of archived ? [join(home, ARCHIVED)] : dayFolders(home)) {
    yield filesIn(folder);
    await setImmediate();
  }
}

/** The folders of the days, newest first. */
export function* dayFolders(home: string): Generator<string> {
  const root = join(home, SESSIONS);
  for (const year of numbered(root, /^\d{4}$/)) {
    for (const month of numbered(join(root, year), /^\d{2}$/)) {
      for (const day of numbered(join(root, year, month), /^\d{2}$/)) yield join(root, year, month, day);
    }
  }
}

function numbered(folder: string, name: RegExp): string[] {
  return entries(folder)
    .filter((entry) => name.test(entry))
    .sort()
    .reverse();
}

/** The paths of the rollout files directly in a folder, in any order. */
export function pathsIn(folder: string): string[] {
  return entries(folder)
    .filter(isRolloutName)
    .map((entry) => `${folder}${sep}${entry}`);
}

/** The rollout files directly in a folder, in listing order. */
export function filesIn(folder: string): RolloutFile[] {
  const files: RolloutFile[] = [];
  for (const entry of entries(folder)) {
    const name = parseRolloutName(entry);
    if (name) files.push({ ...name, path: `${folder}${sep}${entry}` });
  }
  return files.sort((a, b) => compareKeys({ at: b.createdAt, id: b.id }, { at: a.createdAt, id: a.id }));
}

/** The time of the last write in milliseconds; null for what is not there or cannot be looked at. */
export function timeOf(path: string): number | null {
  try {
    return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return null;
  }
}

/** Ascending by whole second, then by id. */
export function compareKeys(a: { at: number; id: string }, b: { at: number; id: string }): number {
  return Math.floor(a.at / 1000) - Math.floor(b.at / 1000) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Looked at at once: handing so small a question to another thread costs more than its answer. */
function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
