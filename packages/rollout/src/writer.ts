import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock, Logger } from '@codex/base';
import type { Stamped, ThreadHeader } from '@codex/timeline';
import { encode, encodeContext, encodeHeader, isDurable, stringifyLine } from './encode.ts';
import { gitInTime } from './git-in-time.ts';
import { endsTorn } from './torn.ts';
import type { GitFields } from './wire-forms.ts';

/** Appends a thread's events to its file. Nothing here throws: what cannot be written is logged and tried again. */
export interface RolloutWriter {
  readonly path: string;
  /** Returns at once; the lines reach the file in order. */
  append(stamped: Stamped): void;
  /** Everything appended so far has been handed to the operating system, or failed and was logged. */
  flush(): Promise<void>;
  /** Everything appended so far is in the file. */
  readonly written: boolean;
  /** Flushes and lets the file go; later events are dropped. Safe to call twice. */
  close(): Promise<void>;
}

export interface RolloutOptions {
  header: ThreadHeader;
  path: string;
  /** The file exists: append to it, and write no second header. */
  resumed: boolean;
  /** Asked once, when the file is created. */
  gitInfo(): Promise<GitFields | null>;
  log: Logger;
  clock: Pick<Clock, 'now' | 'timer'>;
  /** Hears when writing begins to fail, and with null when it works again. */
  onTrouble?: ((error: unknown) => void) | undefined;
}

/** About how much is encoded and written at a time, in characters. */
const BATCH = 1 << 20;

/**
 * A new file appears with the first turn; what comes before waits in memory. One write runs at a time, and whatever
 * is appended meanwhile goes into the next one. Between turns no file is held open.
 */
export function openRollout(options: RolloutOptions): RolloutWriter {
  const { header, path, log, clock } = options;
  const context = encodeContext();
  let queue: Stamped[] = [];
  let lines: string[] = [];
  let armed = options.resumed;
  let turnRunning = false;
  let file: FileHandle | null = null;
  let draining: Promise<void> | null = null;
  let failed = false;
  let headed = options.resumed;
  let closing: Promise<void> | null = null;

  const fill = (): void => {
    let size = 0;
    let taken = 0;
    while (taken < queue.length && size < BATCH) {
      const stamped = queue[taken++] as Stamped;
      try {
        for (const line of encode(stamped, context)) {
          const text = stringifyLine(line);
          size += text.length;
          lines.push(text);
        }
      } catch (error) {
        log.error({ error, event: stamped.event.type }, 'event cannot be written to the rollout');
      }
    }
    queue = taken === queue.length ? [] : queue.slice(taken);
  };

  const openFile = async (): Promise<FileHandle> => {
    await makeFolder(dirname(path));
    const handle = await open(path, 'a+', 0o600);
    try {
      if (await endsTorn(handle)) await writeWhole(handle, '\n');
      const { size } = await handle.stat();
      if (size === 0 || !headed) {
        const git = await gitInTime(options);
        await writeWhole(handle, stringifyLine(encodeHeader(header, git, clock.now())));
        headed = true;
      }
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  };

  const closeFile = async (): Promise<void> => {
    const handle = file;
    file = null;
    await handle?.close();
  };

  const drain = async (): Promise<void> => {
    // What one tick appends goes into one write.
    await Promise.resolve();
    try {
      while (lines.length || queue.length) {
        if (!lines.length) fill();
        if (!lines.length) continue;
        file ??= await openFile();
        const written = await writeAll(file, Buffer.from(lines.join('')));
        if (written.error === undefined) lines = [];
        else {
          lines = linesAfter(lines, written.bytes);
          throw written.error;
        }
      }
      if (failed) options.onTrouble?.(null);
      failed = false;
      if (!turnRunning) await closeFile();
    } catch (error) {
      const isNews = !failed;
      failed = true;
      await closeFile().catch(() => {});
      if (!isNews) return;
      log.error({ error, path }, 'rollout cannot be written; the next event tries again');
      options.onTrouble?.(error);
    }
  };

  const kick = (): void => {
    if (draining) return;
    draining = drain().then(() => {
      draining = null;
      if (queue.length && !failed) kick();
    });
  };

  const flush = async (): Promise<void> => {
    if (armed && (queue.length || lines.length)) kick();
    while (draining) await draining;
  };

  const end = async (): Promise<void> => {
    await flush();
    const lost = queue.length + lines.length;
    if (armed && lost) log.error({ path, lost }, 'a thread ended and could not be written to its end');
    await closeFile();
  };

  return {
    path,
    append(stamped) {
      const { event } = stamped;
      if (!isDurable(event.type) || closing) return;
      if (event.type === 'turn.started') turnRunning = true;
      else if (event.type === 'turn.ended') turnRunning = false;
      queue.push(stamped);
      armed ||= turnRunning || (event.type === 'item.completed' && event.item.type === 'userMessage');
      if (armed) kick();
    },
    flush,
    get written() {
      return queue.length === 0 && lines.length === 0;
    },
    close() {
      closing ??= end().catch(() => {});
      return closing;
    },
  };
}

/** The writer of threads that leave nothing behind. */
export function nullRollout(): RolloutWriter {
  return { path: '', written: false, append: () => {}, flush: () => Promise.resolve(), close: () => Promise.resolve() };
}

/** With its parents. Where nothing can be made Node says that something is not there; the true reason is thrown. */
async function makeFolder(folder: string): Promise<void> {
  const make = () => mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await make();
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' || path === undefined) throw error;
    await mkdir(path, { mode: 0o700 });
    await make();
  }
}

/** How much got out; a failure is told, not thrown, because some of it may be in the file. */
async function writeAll(handle: FileHandle, bytes: Buffer): Promise<{ bytes: number; error?: Error }> {
  let done = 0;
  try {
    while (done < bytes.length) done += (await handle.write(bytes, done)).bytesWritten;
    return { bytes: done };
  } catch (error) {
    return { bytes: done, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

async function writeWhole(handle: FileHandle, text: string): Promise<void> {
  const { error } = await writeAll(handle, Buffer.from(text));
  if (error) throw error;
}

/** What is left when this many bytes of the joined lines are out; a line that is half out is left whole. */
function linesAfter(lines: readonly string[], bytes: number): string[] {
  let left = bytes;
  let whole = 0;
  for (const line of lines) {
    left -= Buffer.byteLength(line);
    if (left < 0) break;
    whole += 1;
  }
  return lines.slice(whole);
}
