import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { systemCode } from '@codex/base';

/** What execvp searches without a PATH (glibc). */
const DEFAULT_PATH = '/bin:/usr/bin';

export type Located = { path: string } | { errno: string };

/**
 * Finds what the system would run for `program`: a name with a slash as it is (relative to `cwd`), any other along
 * `searchPath`. When only unusable candidates exist, `errno` says why, as execvp does.
 */
export function locate(program: string, cwd: string, searchPath: string | undefined): Located {
  if (program.includes('/')) {
    const path = isAbsolute(program) ? program : resolve(cwd, program);
    const errno = whyNotExecutable(path);
    return errno === undefined ? { path } : { errno };
  }
  let worst = 'ENOENT';
  for (const folder of program ? (searchPath ?? DEFAULT_PATH).split(delimiter) : []) {
    const path = join(resolve(cwd, folder), program);
    const errno = whyNotExecutable(path);
    if (errno === undefined) return { path };
    if (errno === 'EACCES') worst = errno;
  }
  return { errno: worst };
}

function whyNotExecutable(path: string): string | undefined {
  try {
    if (!statSync(path).isFile()) return 'EACCES';
    accessSync(path, constants.X_OK);
    return undefined;
  } catch (error) {
    return systemCode(error) ?? 'ENOENT';
  }
}

/** Why `cwd` cannot be a working directory, as an errno name; undefined when it can. */
export function whyNotFolder(cwd: string): string | undefined {
  try {
    if (!statSync(cwd).isDirectory()) return 'ENOTDIR';
    accessSync(cwd, constants.X_OK);
    return undefined;
  } catch (error) {
    return systemCode(error) ?? 'ENOENT';
  }
}
