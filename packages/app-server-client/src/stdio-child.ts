import { type ChildProcess, spawn } from 'node:child_process';
import { type Channel, type Clock, lineSplitter, parseJson, systemClock } from '@codex/base';
import type { RpcMessage } from '@codex/protocol';
import { ConnectionClosed } from './errors.ts';

export interface StdioChildOptions {
  command: string;
  args?: readonly string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** How long the child may take to end after its input ended before it is killed. Default 15 s. */
  graceMs?: number;
  /** Gets what the child writes to stderr, as it comes. */
  onStderr?: (text: string) => void;
  /** Gets lines on the child's stdout that are no JSON; they are skipped. */
  onStray?: (line: string) => void;
  clock?: Clock;
}

export interface ChildChannel extends Channel<unknown, RpcMessage> {
  readonly pid: number | undefined;
  /** Resolves when the child is gone. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

const STDERR_KEPT = 4096;
const STDERR_LINES = 10;

/**
 * Starts a program that speaks one JSON message per line on stdin and stdout. When the child ends without having been
 * asked to, `messages` throws ConnectionClosed with its exit code and last stderr lines. `close` ends the child's input,
 * waits, and kills it when the grace has passed.
 */
export function stdioChild(options: StdioChildOptions): ChildChannel {
  const { command, args = [], env, cwd, graceMs = 15_000, clock = systemClock } = options;
  const child = spawn(command, args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  let stderr = '';
  let closing = false;
  let spawnError: Error | undefined;

  child.stdin.on('error', () => {}); // A child that is gone shows in `exited`.
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
    options.onStderr?.(text);
  });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('error', (error) => {
      spawnError ??= error;
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
    child.once('close', (code, signal) => resolve({ code, signal }));
    // A process of the child's own may hold its output open for ever.
    child.once('exit', () => {
      const cancel = clock.timer(graceMs, () => letGo(child));
      child.once('close', cancel);
    });
  });

  async function* messages(): AsyncGenerator<unknown> {
    const lines = lineSplitter();
    try {
      for await (const chunk of child.stdout as AsyncIterable<Uint8Array>) yield* decode(lines.push(chunk));
      yield* decode(lines.end());
    } catch (error) {
      // Cut off by us, or broken: the way the child ended says more.
      if (!child.stdout.destroyed) throw error;
    }
    const { code, signal } = await exited;
    if (spawnError) throw new ConnectionClosed(`cannot start ${command}: ${spawnError.message}`, { cause: spawnError });
    if (!closing || code !== 0) throw new ConnectionClosed(describeEnd(command, code, signal, stderr));
  }

  function* decode(lines: readonly ({ text: string } | { tooLong: number })[]): Generator<unknown> {
    for (const line of lines) {
      if (!('text' in line) || line.text.trim() === '') continue;
      const parsed = parseJson(line.text);
      if (parsed.ok) yield parsed.value;
      else options.onStray?.(line.text);
    }
  }

  return {
    pid: child.pid,
    exited,
    messages: messages(),
    send: (message) => {
      if (!closing) child.stdin.write(`${JSON.stringify(message)}\n`);
    },
    close() {
      if (closing) return;
      closing = true;
      child.stdin.end();
      const cancel = clock.timer(graceMs, () => {
        child.kill('SIGKILL');
        letGo(child);
      });
      void exited.then(cancel);
    },
  };
}

function letGo(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function describeEnd(command: string, code: number | null, signal: NodeJS.Signals | null, stderr: string): string {
  const how = signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
  const last = stderr.trimEnd().split('\n').slice(-STDERR_LINES).join('\n');
  return `${command} ended with ${how}${last === '' ? '' : `; its last output:\n${last}`}`;
}
