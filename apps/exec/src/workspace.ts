import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { toMessage } from '@codex/base';
import { repositoryRoot } from '@codex/config';
import { Refused } from './io.ts';

/** The folder to work in, absolute. Throws Refused when there is none, or it is outside of git and should not be. */
export function findWorkspace(options: { cwd: string | undefined; skipGitCheck: boolean }, from: string): string {
  const folder = resolve(from, options.cwd ?? '.');
  if (options.cwd !== undefined) checkFolder(folder);
  if (!options.skipGitCheck && repositoryRoot(folder) === null) {
    throw new Refused('Not inside a git repository and --skip-git-repo-check was not specified.');
  }
  return folder;
}

function checkFolder(folder: string): void {
  let isFolder: boolean;
  try {
    isFolder = statSync(folder).isDirectory();
  } catch (cause) {
    throw new Refused(`Error: cannot work in ${folder}: ${toMessage(cause)}`, undefined, { cause });
  }
  if (!isFolder) throw new Refused(`Error: cannot work in ${folder}: it is no folder`);
}
