import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { type Clock, CodexError, systemCode } from '@codex/base';

const RETRY_MS = 20;
const GIVE_UP_MS = 10_000;
/** Nobody holds the lock this long; it is what a process that died has left behind. */
const STALE_MS = 5_000;

export interface LockOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs `work` while no other process does under the same `lockFile`, which exists meanwhile. Waits up to ten seconds;
 * a lock whose owner is gone is removed.
 */
export async function withLock<T>(lockFile: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const { clock, signal } = options;
  const deadline = clock.now() + GIVE_UP_MS;
  while (!(await take(lockFile))) {
    if (await isAbandoned(lockFile, clock)) await discard(lockFile);
    else if (clock.now() > deadline) {
      throw new CodexError('config', `failed to lock policy file: ${lockFile} is held by another process`);
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

async function isAbandoned(lockFile: string, clock: Clock): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(lockFile);
    if (clock.now() - mtimeMs > STALE_MS) return true;
    const owner = Number(await readFile(lockFile, 'utf8'));
    return Number.isInteger(owner) && owner > 0 && !isAlive(owner);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}

/** Moves it aside first: of several processes that find it, one succeeds. */
async function discard(lockFile: string): Promise<void> {
  const aside = `${lockFile}.${process.pid}`;
  try {
    await rename(lockFile, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  await rm(aside, { force: true });
}
