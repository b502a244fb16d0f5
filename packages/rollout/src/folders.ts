import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { systemCode } from '@codex/base';
import { ARCHIVED, isRolloutName, parseRolloutName, type RolloutName, SESSIONS } from './paths.ts';

export interface RolloutFile extends RolloutName {
  path: string;
}

/** All rollout files of a home, newest creation first, ties by id downwards. */
export async function* rolloutFiles(home: string, archived: boolean): AsyncGenerator<RolloutFile> {
  for await (const folder of rolloutFolders(home, archived)) yield* await filesIn(folder);
}

/** The folders that rollout files may lie in, newest first; the archive is one, there or not. */
async function* rolloutFolders(home: string, archived: boolean): AsyncGenerator<string> {
  if (archived) yield join(home, ARCHIVED);
  else yield* dayFolders(home);
}

/** The folders of the days, newest first. */
export async function* dayFolders(home: string): AsyncGenerator<string> {
  const root = join(home, SESSIONS);
  for (const year of await numbered(root, /^\d{4}$/)) {
    for (const month of await numbered(join(root, year), /^\d{2}$/)) {
      for (const day of await numbered(join(root, year, month), /^\d{2}$/)) yield join(root, year, month, day);
    }
  }
}

async function numbered(folder: string, name: RegExp): Promise<string[]> {
  return (await entries(folder))
    .filter((entry) => name.test(entry))
    .sort()
    .reverse();
}

/** The paths of the rollout files directly in a folder, in any order. */
export async function pathsIn(folder: string): Promise<string[]> {
  return (await entries(folder)).filter(isRolloutName).map((entry) => `${folder}${sep}${entry}`);
}

/** The rollout files directly in a folder, in listing order. */
export async function filesIn(folder: string): Promise<RolloutFile[]> {
  const files: RolloutFile[] = [];
  for (const entry of await entries(folder)) {
    const name = parseRolloutName(entry);
    if (name) files.push({ ...name, path: join(folder, entry) });
  }
  return files.sort((a, b) => compareKeys({ at: b.createdAt, id: b.id }, { at: a.createdAt, id: a.id }));
}

/** Ascending by whole second, then by id. */
export function compareKeys(a: { at: number; id: string }, b: { at: number; id: string }): number {
  return Math.floor(a.at / 1000) - Math.floor(b.at / 1000) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
