import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from './repo.mjs';

const POLL_MS = 150;
const TAKEOVER_MS = 30_000;

/**
 * Runs `work` while this process alone holds the lock directory. Others wait; the lock of a process that no longer
 * runs is taken over. `onWait` is called once, with the holder's process id, when there is something to wait for.
 */
export async function withLock(lock, work, { onWait = (_owner) => {}, timeoutMs = 15 * 60_000 } = {}) {
  const end = Date.now() + timeoutMs;
  let told = false;
  while (!acquire(lock)) {
    const owner = ownerOf(lock);
    if (owner !== null && !isAlive(owner)) {
      takeOver(lock, owner);
      continue;
    }
    if (Date.now() > end)
      throw new SetupError(
        `gave up waiting for process ${owner ?? 'unknown'}; if it is not a setup of this checkout, remove ${lock}`,
      );
    if (!told) onWait(owner);
    told = true;
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    discard(lock);
  }
}

/** A lock appears with its owner already inside: made under another name, then renamed; renaming onto a full directory fails. */
function acquire(lock) {
  const draft = `${lock}.${process.pid}`;
  try {
    fs.mkdirSync(draft, { recursive: true });
    fs.writeFileSync(path.join(draft, 'pid'), String(process.pid));
    fs.renameSync(draft, lock);
    return true;
  } catch (error) {
    fs.rmSync(draft, { recursive: true, force: true });
    if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code)) return false;
    throw new SetupError(
      `cannot write ${path.dirname(lock)} (${error.code ?? error.message}); the first start needs a writable checkout`,
    );
  }
}

function ownerOf(lock) {
  try {
    return Number(fs.readFileSync(path.join(lock, 'pid'), 'utf8'));
  } catch {
    return null;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Moved away first: a lock emptied in place could be somebody else's before it is gone. */
function discard(lock) {
  const gone = `${lock}.${process.pid}.gone`;
  fs.renameSync(lock, gone);
  fs.rmSync(gone, { recursive: true, force: true });
}

/** Only one process at a time may judge and remove a dead owner's lock, else two could remove each other's new one. */
function takeOver(lock, owner) {
  const guard = `${lock}.takeover`;
  try {
    fs.mkdirSync(guard);
  } catch {
    const age = Date.now() - (fs.statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > TAKEOVER_MS) fs.rmSync(guard, { recursive: true, force: true });
    return;
  }
  try {
    if (ownerOf(lock) === owner) discard(lock);
  } finally {
    fs.rmSync(guard, { recursive: true, force: true });
  }
}
