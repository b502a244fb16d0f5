import { execFile } from 'node:child_process';
import { closeSync, constants, fstatSync, mkdtempSync, openSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, toMessage } from '@codex/base';

const BATCH = 96;
const LOW = 12;
/** Our own PATH may name folders that confined commands write to. */
const SYSTEM_PATH = '/usr/bin:/bin:/run/current-system/sw/bin';

/** Both ends of a fresh pipe; whoever asked closes them. `near` is non-blocking and ours, `far` is for the child. */
export interface PipeEnds {
  near: number;
  far: number;
}

/** The pipes of one child. */
export interface ChildPipes {
  stdin: PipeEnds | undefined;
  stdout: PipeEnds;
  stderr: PipeEnds;
}

/**
 * Real pipes for children. What Node makes for `stdio: 'pipe'` are sockets, and on Linux a socket cannot be opened again
 * as `/dev/stdout`, `/dev/stderr` or `/dev/stdin`, which scripts do all the time.
 */
export interface FifoPool {
  /** Makes the first pipes, so that nobody waits for them. */
  prepare(): void;
  /** Undefined when this system offers none; sockets have to do then. */
  open(stdin: boolean): Promise<ChildPipes | undefined>;
  close(): void;
}

/** The first is out of reach for confined commands, which could otherwise put something else in a pipe's place. */
const FOLDERS = () => ['/dev/shm', tmpdir()];

/** `onFolder` hears of the temporary folder, for whoever cleans up after a sudden death. */
export function createFifoPool(log: Logger, onFolder: (path: string) => void): FifoPool {
  let folder: string | undefined;
  let paths: string[] = [];
  let made = 0;
  let filling: Promise<void> | undefined;
  let unusable = process.platform !== 'linux';
  let closed = false;

  const fill = async (): Promise<void> => {
    try {
      const isNew = folder === undefined;
      const parent = (folder ??= makeFolder());
      const fresh = Array.from({ length: BATCH }, () => join(parent, String(made++)));
      const done = new Promise<void>((resolve, reject) => {
        const args = ['-m', '600', '--', ...fresh];
        execFile('mkfifo', args, { cwd: '/', env: { PATH: SYSTEM_PATH } }, (error) =>
          error ? reject(error) : resolve(),
        );
      });
      if (isNew) onFolder(parent);
      await done;
      if (!closed) paths.push(...fresh);
    } catch (error) {
      if (closed) return;
      unusable = true;
      log.warn({ error: toMessage(error) }, 'no named pipes here; commands get sockets as their output');
    }
  };
  const refill = () =>
    (filling ??= fill().finally(() => {
      filling = undefined;
    }));
  return {
    prepare() {
      if (folder === undefined && !unusable && !closed) void refill();
    },
    async open(stdin) {
      const count = stdin ? 3 : 2;
      while (paths.length < count && !unusable && !closed) await refill();
      if (paths.length < count) return undefined;
      const taken = paths.splice(-count);
      if (paths.length < LOW && !unusable) void refill();
      try {
        return openAll(taken);
      } catch (error) {
        log.warn({ error: toMessage(error) }, 'a named pipe could not be opened');
        return undefined;
      } finally {
        for (const path of taken) unlinkQuietly(path);
      }
    },
    close() {
      closed = true;
      paths = [];
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function makeFolder(): string {
  let fault: unknown;
  for (const parent of FOLDERS()) {
    try {
      return mkdtempSync(join(parent, 'codex-pipes-'));
    } catch (error) {
      fault = error;
    }
  }
  throw fault;
}

function openAll(paths: readonly string[]): ChildPipes {
  const [out = '', err = '', input] = paths;
  const opened: PipeEnds[] = [];
  const add = (ends: PipeEnds): PipeEnds => {
    opened.push(ends);
    return ends;
  };
  try {
    return {
      stdout: add(outputEnds(out)),
      stderr: add(outputEnds(err)),
      stdin: input === undefined ? undefined : add(inputEnds(input)),
    };
  } catch (error) {
    for (const { near, far } of opened) {
      closeSync(near);
      closeSync(far);
    }
    throw error;
  }
}

function outputEnds(path: string): PipeEnds {
  const near = openPipe(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { near, far: openOr(near, path, constants.O_WRONLY) };
}

/** Opening for reading and writing never waits (Linux), and lets the two proper ends be opened without waiting. */
function inputEnds(path: string): PipeEnds {
  const both = openPipe(path, constants.O_RDWR | constants.O_NONBLOCK);
  try {
    const far = openPipe(path, constants.O_RDONLY);
    return { far, near: openOr(far, path, constants.O_WRONLY | constants.O_NONBLOCK) };
  } finally {
    closeSync(both);
  }
}

function openOr(other: number, path: string, flags: number): number {
  try {
    return openPipe(path, flags);
  } catch (error) {
    closeSync(other);
    throw error;
  }
}

/** Never anything but a pipe, whatever has been put in its place. */
function openPipe(path: string, flags: number): number {
  const fd = openSync(path, flags | constants.O_NOFOLLOW);
  if (fstatSync(fd).isFIFO()) return fd;
  closeSync(fd);
  throw new Error(`${path} is not a named pipe any more`);
}

function unlinkQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // A cleaner of temporary folders was quicker.
  }
}
