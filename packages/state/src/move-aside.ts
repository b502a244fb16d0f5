import { mkdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import type { Clock } from '@codex/base';

/** A repair that takes longer was killed. */
const STALE_MS = 30_000;

/**
 * Renames a damaged database and its companions to `<path>.damaged`, in place of an earlier one. Of several processes
 * that find the damage one does it: the file must still be the one with this inode. True when it was moved. Does not throw.
 */
export function moveAside(path: string, inode: number, clock: Pick<Clock, 'now'>): boolean {
  const guard = `${path}.repair`;
  try {
    mkdirSync(guard);
  } catch {
    removeStale(guard, clock.now());
    return false;
  }
  try {
    if (inode === 0 || statSync(path).ino !== inode) return false;
    // Companions first: a new database must never meet the old one's journal.
    for (const suffix of ['-wal', '-shm', '-journal']) {
      rmSync(`${path}.damaged${suffix}`, { force: true });
      renameIfThere(`${path}${suffix}`, `${path}.damaged${suffix}`);
    }
    renameSync(path, `${path}.damaged`);
    return true;
  } catch {
    return false;
  } finally {
    removeQuietly(guard);
  }
}

function renameIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false })) renameSync(from, to);
}

function removeStale(guard: string, now: number): void {
  const made = statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? now;
  if (now - made > STALE_MS) removeQuietly(guard);
}

function removeQuietly(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody else was quicker, or nothing can be written here.
  }
}
