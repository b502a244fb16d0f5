import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import type { Clock } from './clock.ts';
import { CodexError, systemCode } from './errors.ts';

const RETRY_MS = 20;
const WAIT_MS = 10_000;
const STALE_MS = 5_000;

export interface LockOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for the others, in milliseconds. Default ten seconds. */
  readonly waitMs?: number;
  /** Nobody works this long, so an older lock is what a process that died has left behind. Default five seconds. */
  readonly staleMs?: number;
}

/**
 * Runs `work` while no other process does under the same `lockFile`, which exists meanwhile; a lock whose owner is gone
 * is removed. Rejects with the abort reason, or with CodexError `internal` when others hold it for too long.
 */
export async function withLock<T>(lockFile: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const { clock, signal, waitMs = WAIT_MS, staleMs = STALE_MS } = options;
  const deadline = clock.now() + waitMs;
  while (!(await take(lockFile))) {
    const abandoned = await findAbandoned(lockFile, clock.now() - staleMs);
    if (abandoned !== null) await discard(lockFile, abandoned);
    else if (clock.now() > deadline) {
      throw new CodexError('internal', `${lockFile} is held by another process`);
    } else await clock.sleep(RETRY_MS, signal);
  }
  try {
    return await work();
  } finally {
    await rm(lockFile, { force: true });
  }
}

async function take(lockFile: string): Promise<boolean> {
  try {
    const handle = await open(lockFile, 'wx', 0o600);
    try {
      await handle.writeFile(String(process.pid));
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** What tells the file of a lock that nobody holds any more from its successors; null while somebody does. */
async function findAbandoned(lockFile: string, oldestMs: number): Promise<string | null> {
  try {
    const mark = await markOf(lockFile);
    const { mtimeMs } = await stat(lockFile);
    if (mtimeMs < oldestMs) return mark;
    const owner = Number(await readFile(lockFile, 'utf8'));
    return Number.isInteger(owner) && owner > 0 && !isAlive(owner) ? mark : null;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function markOf(file: string): Promise<string> {
  const { ino, mtimeNs } = await stat(file, { bigint: true });
  return `${ino} ${mtimeNs}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}

/**
 * Moves it aside first: of several processes that find it, one succeeds. One that comes late may have caught the lock of a
 * new owner, and puts it back.
 */
async function discard(lockFile: string, abandoned: string): Promise<void> {
  const aside = `${lockFile}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(lockFile, aside);
    if ((await markOf(aside)) !== abandoned) await link(aside, lockFile);
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  }
  await rm(aside, { force: true });
}
