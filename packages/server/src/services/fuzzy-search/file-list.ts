import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Clock } from '@codex/base';
import { type Candidate, candidateOf } from './candidate.ts';
import { type IgnoreScope, innerScope, isIgnored, outerScope } from './ignore-scope.ts';
import { createPacer } from './pacer.ts';

/** The files below some folders, as far as they are found. Grows until `finished`. */
export interface FileList {
  readonly files: readonly Candidate[];
  readonly finished: boolean;
  /** Resolves when `finished`; never rejects. */
  readonly end: Promise<void>;
}

export interface Root {
  /** As the client wrote it. */
  name: string;
  /** Absolute. */
  folder: string;
}

/** Beyond this many files a search would take too long to be of use, and too much memory. */
const MAX_FILES = 200_000;
const MAX_FOLDERS = 100_000;
const READERS = 16;

export interface FileListDeps {
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  signal: AbortSignal;
}

interface Folder {
  path: string;
  /** Relative to the root with `/` at its end; empty for the root itself. */
  inside: string;
  root: Root;
  scope: IgnoreScope;
  /** Real paths of the folders around it; kept only where links are on the way. */
  around: readonly string[];
}

/**
 * Lists files, hidden ones too, without `.git` and what `.gitignore` and `.ignore` leave out. Links are followed, but never round
 * in a circle. Folders that cannot be read count as empty. Stops when `signal` aborts.
 */
export function listFiles(roots: readonly Root[], deps: FileListDeps): FileList {
  const { env, clock, signal } = deps;
  const pacer = createPacer(clock);
  const files: Candidate[] = [];
  const tops = new Map(roots.toReversed().map((root) => [root.folder, root]));
  const waiting: Folder[] = [];
  let folders = 0;
  let busy = 0;
  let finished = false;
  let wake: () => void = () => {};

  const visit = async (folder: Folder) => {
    const entries = await readEntries(folder.path);
    const scope =
      folder.inside === '' ? folder.scope : await innerScope(folder.path, new Set(entries.map(nameOf)), folder.scope);
    for (const entry of entries) {
      if (signal.aborted || files.length >= MAX_FILES) return;
      if (pacer.isDue()) await pacer.rest();
      // Nobody looks for what git keeps for itself, and it would crowd out the rest.
      if (entry.name === '.git') continue;
      const path = folder.path.endsWith(sep) ? folder.path + entry.name : folder.path + sep + entry.name;
      const kind = entry.isSymbolicLink() ? await kindOfTarget(path) : kindOf(entry);
      if (kind === 'other' || isIgnored(scope, path, kind === 'folder')) continue;
      if (kind === 'file') {
        files.push(candidateOf(folder.root.name, folder.inside + entry.name));
        continue;
      }
      // A root inside another one is listed for itself.
      if (tops.has(path)) continue;
      const around = entry.isSymbolicLink() ? await aroundLink(path, folder) : folder.around;
      if (around) enter({ path, inside: `${folder.inside}${entry.name}/`, root: folder.root, scope, around });
    }
  };
  const enter = (folder: Folder) => {
    if (folders++ >= MAX_FOLDERS) return;
    waiting.push(folder);
    wake();
  };
  const walk = async () => {
    for (const root of tops.values()) {
      enter({ path: root.folder, inside: '', root, scope: await outerScope(root.folder, env), around: [] });
    }
    await new Promise<void>((resolve) => {
      wake = () => {
        if (signal.aborted || files.length >= MAX_FILES) waiting.length = 0;
        while (busy < READERS && waiting.length > 0) {
          const folder = waiting.pop();
          if (!folder) break;
          busy += 1;
          void visit(folder).finally(() => {
            busy -= 1;
            wake();
          });
        }
        if (busy === 0) resolve();
      };
      wake();
    });
  };
  const end = walk().finally(() => {
    finished = true;
  });
  return {
    files,
    get finished() {
      return finished;
    },
    end,
  };
}

type Kind = 'file' | 'folder' | 'other';

function kindOf(entry: Pick<Dirent, 'isFile' | 'isDirectory'>): Kind {
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'folder' : 'other';
}

async function kindOfTarget(path: string): Promise<Kind> {
  try {
    return kindOf(await stat(path));
  } catch {
    return 'other';
  }
}

/** Null when the link leads to a folder it lies in itself. */
async function aroundLink(path: string, folder: Folder): Promise<string[] | null> {
  try {
    const [target, here] = await Promise.all([realpath(path), realpath(folder.path)]);
    const around = [...folder.around, here];
    return around.some((each) => each === target || each.startsWith(target + sep)) ? null : around;
  } catch {
    return null;
  }
}

async function readEntries(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

function nameOf(entry: Dirent): string {
  return entry.name;
}
