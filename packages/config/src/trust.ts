import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { TrustLevel } from './config.ts';
import { isTable, type TomlTable } from './toml.ts';

export const DEFAULT_ROOT_MARKERS: readonly string[] = ['.git'];

/** The nearest folder from `cwd` upwards that holds one of `markers`; `cwd` itself when there is none. */
export function projectRoot(cwd: string, markers: readonly string[]): string {
  const names = markers.filter((name) => name !== '');
  return upwards(cwd).find((folder) => names.some((name) => existsSync(join(folder, name)))) ?? resolve(cwd);
}

/** The folders from `root` down to `cwd`, both included. */
export function foldersBetween(root: string, cwd: string): string[] {
  const all = upwards(cwd);
  const last = all.indexOf(resolve(root));
  return (last < 0 ? all.slice(0, 1) : all.slice(0, last + 1)).reverse();
}

/** The git repository around `cwd`, for a worktree that of the main checkout; null outside of git. */
export function repositoryRoot(cwd: string): string | null {
  const folder = upwards(cwd).find((candidate) => existsSync(join(candidate, '.git')));
  return folder === undefined ? null : (mainCheckout(folder) ?? folder);
}

export interface TrustDecision {
  readonly level: TrustLevel | null;
  /** The folder the decision is about, or would be. */
  readonly key: string;
}

/**
 * Trust of a folder by the `[projects]` table: the folder itself, then the project root, then the main repository of
 * a worktree (spec core §22.1).
 */
export function createTrust(
  projects: unknown,
  cwd: string,
  markers: readonly string[],
): (folder: string) => TrustDecision {
  const table: TomlTable = isTable(projects) ? projects : {};
  const root = projectRoot(cwd, markers);
  const repository = repositoryRoot(cwd);
  const shared = [root, ...(repository === null ? [] : [repository])];
  return (folder) => {
    for (const key of [folder, ...shared]) {
      for (const name of new Set([key, realPath(key)])) {
        const level = Object.hasOwn(table, name) ? trustLevel(table[name]) : null;
        if (level) return { level, key: name };
      }
    }
    return { level: null, key: repository ?? root };
  };
}

function trustLevel(entry: unknown): TrustLevel | null {
  const level = isTable(entry) ? entry['trust_level'] : undefined;
  return level === 'trusted' || level === 'untrusted' ? level : null;
}

/** In a worktree `.git` is a file naming a folder below the main repository's `.git`. */
function mainCheckout(folder: string): string | null {
  const mark = join(folder, '.git');
  try {
    if (!statSync(mark, { throwIfNoEntry: false })?.isFile()) return null;
    const gitDir = /^gitdir:\s*(.+?)\s*$/m.exec(readFileSync(mark, 'utf8'))?.[1];
    if (!gitDir) return null;
    const own = resolve(folder, gitDir);
    const common = resolve(own, readFileSync(join(own, 'commondir'), 'utf8').trim());
    return basename(common) === '.git' ? dirname(common) : null;
  } catch {
    // A submodule or a broken link has no `commondir`: then the folder itself is the repository.
    return null;
  }
}

function upwards(cwd: string): string[] {
  const folders: string[] = [];
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    folders.push(folder);
    if (dirname(folder) === folder) return folders;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
