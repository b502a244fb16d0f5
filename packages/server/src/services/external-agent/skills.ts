import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile, systemCode } from '@codex/base';
import { fileExists, readText } from './files.ts';
import type { Place } from './places.ts';
import { rewriteNames } from './rewrite.ts';

export async function detectSkills(place: Place): Promise<boolean> {
  return (await missingSkills(place)).length > 0;
}

/** Copies the folders that are not there yet, each whole or not at all; what is there stays as it is. */
export async function importSkills(place: Place, mark: string): Promise<void> {
  const { from, to } = place.skills;
  for (const name of await missingSkills(place)) {
    await mkdir(to, { recursive: true });
    const copy = join(to, `.${name}.${mark}.tmp`);
    try {
      await cp(join(from, name), copy, { recursive: true, verbatimSymlinks: true, errorOnExist: true });
      await rewriteSkillFiles(copy, mark);
      await rename(copy, join(to, name));
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  }
}

async function missingSkills({ skills: { from, to } }: Place): Promise<string[]> {
  const entries = await readdir(from, { withFileTypes: true }).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw error;
  });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const present = await Promise.all(names.map((name) => fileExists(join(to, name))));
  return names.filter((_, at) => !present[at]).sort();
}

async function rewriteSkillFiles(folder: string, mark: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || entry.name.toLowerCase() !== 'skill.md') continue;
    const file = join(entry.parentPath, entry.name);
    await replaceFile(file, rewriteNames((await readText(file)) ?? ''), mark);
  }
}
