import { existsSync, readSync, writeSync } from 'node:fs';
import type { Clock } from '@codex/base';
import { systemCode } from '@codex/base';
import { type Child, exitCodeOf, type Launch, MAX_UNREAD_INPUT, type OnData, type TerminalSize } from './child.ts';
import { spawnError } from './spawn-error.ts';

const DEFAULT_SIZE: TerminalSize = { rows: 24, cols: 80 };
const MAX_SIZE = 0xffff;
const RETRY_MS = 10;
const READ_SIZE = 16 * 1024;
const END_OF_TRANSMISSION = new Uint8Array([4]);

/** What the library's Unix terminal offers beyond its published type. */
interface UnixTerminal {
  readonly fd?: number;
  readonly _socket?: { readonly destroyed: boolean; destroy(): void; once(event: 'end', listener: () => void): void };
}

/**
 * Starts a process on a new pseudo-terminal; all output is `stdout`. Rejects with a SpawnError. Whether folder and program
 * are there is checked by the caller: the library forks before it looks and lets the process exit with 1.
 */
export async function startPtyChild(
  launch: Launch,
  options: { size?: TerminalSize | undefined; leaked: readonly number[]; clock: Clock; onData: OnData },
): Promise<Child> {
  const { spawn } = await import('@lydell/node-pty');
  const size = options.size && isSize(options.size) ? options.size : DEFAULT_SIZE;
  let terminal: ReturnType<typeof spawn>;
  try {
    const [program, args] = withoutLeaks(launch, options.leaked);
    terminal = spawn(program, args, {
      cwd: launch.cwd,
      env: { ...launch.env },
      cols: size.cols,
      rows: size.rows,
      encoding: null,
    });
  } catch (error) {
    throw spawnError(error, 'program', launch.program);
  }
  terminal.onData((chunk: string | Uint8Array) => {
    options.onData('stdout', typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  });
  const unix = terminal as UnixTerminal;
  let exited = false;
  // The library reports the exit after the output has been read to its end.
  const exit = new Promise<number>((resolve) => {
    terminal.onExit(({ exitCode, signal }) => {
      exited = true;
      input.close();
      resolve(exitCodeOf(exitCode, signal));
    });
  });
  unix._socket?.once('end', () => readRest(unix, options.onData));
  const input = terminalInput(unix, (data) => terminal.write(data), options.clock);
  let inputEnded = false;
  return {
    pid: terminal.pid,
    exit,
    outputEnd: exit.then(() => {}),
    pause: () => terminal.pause(),
    resume: () => terminal.resume(),
    write(data) {
      if (exited) return { ok: false, reason: 'exited' };
      if (inputEnded) return { ok: false, reason: 'closed' };
      return input.push(data) ? { ok: true } : { ok: false, reason: 'full' };
    },
    endInput() {
      if (!exited && !inputEnded) input.push(END_OF_TRANSMISSION);
      inputEnded = true;
    },
    resize(next) {
      if (!isSize(next)) return { ok: false, reason: 'invalidSize' };
      if (exited || unix._socket?.destroyed) return { ok: false, reason: 'exited' };
      try {
        terminal.resize(next.cols, next.rows);
        return { ok: true };
      } catch {
        // The terminal closed since the last event (EBADF).
        return { ok: false, reason: 'exited' };
      }
    },
    release() {
      input.close();
      unix._socket?.destroy();
    },
  };
}

/** The library hands on what we have open, and only a shell can close it in between; plain ones know one digit only. */
function withoutLeaks(launch: Launch, leaked: readonly number[]): [string, string[]] {
  const command = [...launch.args];
  if (!leaked.length) return [launch.program, command];
  const closing = leaked.map((fd) => `exec ${fd}>&-; `).join('');
  const shell = ['/bin/bash', '/usr/bin/bash'].find((path) => existsSync(path));
  const flags = shell ? ['-p', '-c'] : ['-c'];
  return [shell ?? '/bin/sh', [...flags, `${closing}exec "$0" "$@"`, launch.program, ...command]];
}

/**
 * libuv takes a short read together with a hang-up for the end of the stream, but a terminal never hands out more than
 * one page at a time. What is still in its buffer is read here, before the descriptor is closed.
 */
function readRest(terminal: UnixTerminal, onData: OnData): void {
  if (terminal.fd === undefined) return;
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(READ_SIZE);
      const length = readSync(terminal.fd, chunk);
      if (length === 0) return;
      onData('stdout', chunk.subarray(0, length));
    }
  } catch {
    // EIO is how a terminal says that nothing is left, EAGAIN that somebody still has it open.
  }
}

/**
 * Input in order, never waiting. The library writes with a busy loop while the other side does not read, which would
 * stop this whole process; so we write to its (non-blocking) descriptor ourselves and come back later when it is full.
 */
function terminalInput(terminal: UnixTerminal, fallback: (text: string) => void, clock: Clock) {
  let waiting: Uint8Array[] = [];
  let held = 0;
  let retry: (() => void) | undefined;
  const { fd } = terminal;
  const flush = (descriptor: number) => {
    retry = undefined;
    for (let first = waiting[0]; first; first = waiting[0]) {
      if (terminal._socket?.destroyed) return close();
      try {
        const written = writeSync(descriptor, first);
        held -= written;
        if (written === first.byteLength) waiting.shift();
        else waiting[0] = first.subarray(written);
      } catch (error) {
        if (systemCode(error) !== 'EAGAIN') return close();
        retry = clock.timer(RETRY_MS, () => flush(descriptor));
        return;
      }
    }
  };
  const close = () => {
    retry?.();
    retry = undefined;
    waiting = [];
    held = 0;
  };
  return {
    push(data: Uint8Array): boolean {
      if (held + data.byteLength > MAX_UNREAD_INPUT) return false;
      if (fd === undefined) {
        fallback(Buffer.from(data).toString('utf8'));
        return true;
      }
      waiting.push(Uint8Array.prototype.slice.call(data));
      held += data.byteLength;
      if (!retry) flush(fd);
      return true;
    },
    close,
  };
}

function isSize({ rows, cols }: TerminalSize): boolean {
  return [rows, cols].every((n) => Number.isInteger(n) && n > 0 && n <= MAX_SIZE);
}
