import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { SkillRoot } from './roots.ts';

const MAX_DEPTH = 6;
const MAX_FOLDERS = 2_000;

export interface Discovery {
  /** Real paths of files named SKILL.md, outer ones first. */
  readonly files: string[];
  /** Folders that were looked through, or the root that is not there: what to watch. */
  readonly folders: string[];
}

/** The skill files below a root, breadth first (skills specification §1). Folders that cannot be read hold none. */
export async function discover(root: SkillRoot): Promise<Discovery> {
  const start = await realpath(root.folder).catch(() => null);
  if (start === null) return { files: [], folders: [root.folder] };
  const files: string[] = [];
  const folders = new Set<string>();
  let level = [start];
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0; depth++) {
    const fresh = [...new Set(level)].filter((folder) => !folders.has(folder)).slice(0, MAX_FOLDERS - folders.size);
    for (const folder of fresh) folders.add(folder);
    const inside = await Promise.all(fresh.map((folder) => look(folder, root.followLinks)));
    files.push(...inside.flatMap((each) => each.file ?? []));
    level = inside.flatMap((each) => each.folders);
  }
  return { files, folders: [...folders] };
}

async function look(folder: string, followLinks: boolean): Promise<{ file: string | null; folders: string[] }> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  let file: string | null = null;
  const folders: Promise<string | null>[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const full = path.join(folder, entry.name);
    if (entry.isFile() && entry.name === 'SKILL.md') file = full;
    else if (entry.isDirectory()) folders.push(Promise.resolve(full));
    else if (entry.isSymbolicLink() && followLinks) folders.push(realFolder(full));
  }
  return { file, folders: (await Promise.all(folders)).filter((each) => each !== null) };
}

async function realFolder(link: string): Promise<string | null> {
  try {
    const real = await realpath(link);
    return (await stat(real)).isDirectory() ? real : null;
  } catch {
    return null;
  }
}
