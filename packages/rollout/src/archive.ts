import { mkdir, realpath, rename, utimes } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { CodexError, systemClock, systemCode } from '@codex/base';
import { ARCHIVED, parseRolloutName, SESSIONS } from './paths.ts';

/** Moves a thread's file into the archive and returns its new path. The thread must not be running. */
export async function archiveRollout(home: string, path: string): Promise<string> {
  await nameWithin(home, SESSIONS, path);
  const folder = join(home, ARCHIVED);
  return move(path, folder);
}

/** Moves a file back to the folder of its day; its last-write time becomes now. Returns the new path. */
export async function unarchiveRollout(home: string, path: string): Promise<string> {
  const { folders } = await nameWithin(home, ARCHIVED, path);
  const target = await move(path, join(home, SESSIONS, ...folders));
  const now = new Date(systemClock.now());
  await utimes(target, now, now);
  return target;
}

async function move(path: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const target = join(folder, basename(path));
  await rename(path, target);
  return target;
}

/** Refuses a path that is not a rollout file below the given folder, links followed. */
async function nameWithin(home: string, root: string, path: string) {
  let inside: string;
  try {
    inside = relative(await realpath(join(home, root)), await realpath(path));
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw new CodexError('rolloutNotFound', `no rollout found at ${path}`, { cause: error });
  }
  if (inside.startsWith(`..${sep}`) || inside === '..' || join(sep, inside) === inside) {
    throw new CodexError('invalidRequest', `rollout path \`${path}\` must be in the ${root} directory`);
  }
  const name = parseRolloutName(basename(path));
  if (!name) throw new CodexError('invalidRequest', `rollout path \`${path}\` is missing a thread id in its file name`);
  return name;
}
