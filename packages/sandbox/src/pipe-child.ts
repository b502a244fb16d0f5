import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { systemCode } from '@codex/base';
import { type Child, exitCodeOf, type Launch, MAX_UNREAD_INPUT, type OnData } from './child.ts';
import type { FifoPool, PipeEnds } from './fifo-pool.ts';
import { whyNotFolder } from './locate.ts';
import { type SpawnError, spawnError } from './spawn-error.ts';

/**
 * Starts a process with pipes, leading its own session and group. Its input is empty unless `stdin` is true, and it
 * finds /dev/null in place of the `leaked` descriptors. Rejects with a SpawnError.
 */
export async function startPipeChild(
  launch: Launch,
  options: { stdin: boolean; fifos: FifoPool; leaked: readonly number[]; onData: OnData },
): Promise<Child> {
  const pipes = await options.fifos.open(options.stdin);
  const given = [pipes?.stdin, pipes?.stdout, pipes?.stderr].filter((ends) => ends !== undefined);
  const nothing = options.leaked.length ? openSync('/dev/null', 'r+') : undefined;
  let child: ChildProcess;
  try {
    child = spawn(launch.program, launch.args, {
      cwd: launch.cwd,
      env: launch.env,
      detached: true,
      windowsHide: true,
      stdio: [
        pipes?.stdin?.far ?? (options.stdin ? 'pipe' : 'ignore'),
        pipes?.stdout.far ?? 'pipe',
        pipes?.stderr.far ?? 'pipe',
        ...beyondStderr(options.leaked, nothing),
      ],
    });
  } catch (error) {
    for (const { near } of given) closeSync(near);
    throw startFault(error, launch);
  } finally {
    for (const { far } of given) closeSync(far);
    if (nothing !== undefined) closeSync(nothing);
  }
  const { pid } = child;
  if (pid === undefined) {
    for (const { near } of given) closeSync(near);
    throw startFault(await new Promise<Error>((resolve) => child.once('error', resolve)), launch);
  }
  const outputs: [Readable, Readable] = [
    pipes ? reader(pipes.stdout) : streamOf(child.stdout),
    pipes ? reader(pipes.stderr) : streamOf(child.stderr),
  ];
  return pipeChild(child, pid, outputs, pipes?.stdin ? writer(pipes.stdin) : child.stdin, options.onData);
}

function pipeChild(
  handle: ChildProcess,
  pid: number,
  outputs: [Readable, Readable],
  input: Writable | null,
  onData: OnData,
): Child {
  let exited = false;
  const exit = new Promise<number>((resolve) => {
    handle.once('exit', (code, signal) => {
      exited = true;
      resolve(exitCodeOf(code, signal));
    });
  });
  // A kill or an abort that fails is reported here as well; the outcome shows in `exit`.
  handle.on('error', () => {});
  let open = outputs.length;
  const outputEnd = new Promise<void>((resolve) => {
    for (const output of outputs) {
      output.once('close', () => {
        if (--open === 0) resolve();
      });
      output.on('error', () => {});
    }
  });
  outputs[0].on('data', (chunk: Uint8Array) => onData('stdout', chunk));
  outputs[1].on('data', (chunk: Uint8Array) => onData('stderr', chunk));
  // The reader may be gone before we are done writing (EPIPE); that is the child's business.
  input?.on('error', () => {});
  return {
    pid,
    exit,
    outputEnd,
    pause() {
      for (const output of outputs) output.pause();
    },
    resume() {
      for (const output of outputs) output.resume();
    },
    write(data) {
      if (exited) return { ok: false, reason: 'exited' };
      if (!input || input.writableEnded || input.destroyed) return { ok: false, reason: 'closed' };
      if (input.writableLength + data.byteLength > MAX_UNREAD_INPUT) return { ok: false, reason: 'full' };
      input.write(data);
      return { ok: true };
    },
    endInput: () => void input?.end(),
    resize: () => ({ ok: false, reason: exited ? 'exited' : 'notATerminal' }),
    release() {
      for (const output of outputs) output.destroy();
      input?.destroy();
    },
  };
}

/** `ignore` beyond stderr means: as it is. */
function beyondStderr(leaked: readonly number[], replacement: number | undefined): (number | 'ignore')[] {
  const length = Math.max(2, ...leaked) - 2;
  return Array.from({ length }, (_, index) => (leaked.includes(index + 3) ? (replacement ?? 'ignore') : 'ignore'));
}

function reader(ends: PipeEnds): Readable {
  return new Socket({ fd: ends.near, readable: true, writable: false });
}

function writer(ends: PipeEnds): Writable {
  return new Socket({ fd: ends.near, readable: false, writable: true });
}

function streamOf(stream: Readable | null): Readable {
  if (!stream) throw new Error('the child process has no output pipe');
  return stream;
}

/** The system gives one error number for a missing program and a missing folder. */
function startFault(cause: unknown, launch: Launch): SpawnError {
  if (systemCode(cause) === 'E2BIG') return spawnError(cause, 'arguments');
  const folder = whyNotFolder(launch.cwd) !== undefined;
  return folder ? spawnError(cause, 'cwd', launch.cwd) : spawnError(cause, 'program', launch.program);
}
