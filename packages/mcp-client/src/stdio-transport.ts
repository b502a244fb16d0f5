import { type ChildProcess, spawn } from 'node:child_process';
import { type Clock, isObject, lineSplitter, type Logger, parseJson, systemCode } from '@codex/base';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { Target } from './settings.ts';

/** One message; a longer one ends the connection. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
const MAX_LOG_LINE_BYTES = 4_096;
/** Of JSON-RPC. */
const INTERNAL_ERROR = -32603;
/** Between the end of its input, the request to end and the end by force. */
const GRACE_MS = 1_000;

/** A server as a child process in a process group of its own, a message a line. Its stderr goes to the log. */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #target: Extract<Target, { kind: 'stdio' }>;
  readonly #clock: Clock;
  readonly #log: Logger;
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #drained: Promise<void> | undefined;

  constructor(target: Extract<Target, { kind: 'stdio' }>, deps: { clock: Clock; log: Logger }) {
    this.#target = target;
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  async start(): Promise<void> {
    const { command, args, env, cwd } = this.#target;
    const child = spawn(command, [...args], {
      env,
      ...(cwd === null ? {} : { cwd }),
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    this.#exited = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    child.once('close', () => this.onclose?.());
    this.#read(child);
    // A server that goes away while it is written to is told by its exit.
    child.stdin?.on('error', () => {});
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => reject(new Error(startText(error, this.#target), { cause: error })));
    });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.#child?.stdin;
    if (!stdin?.writable) throw new Error('the MCP server has ended');
    const flushed = stdin.write(`${JSON.stringify(message)}\n`);
    if (flushed) return;
    this.#drained ??= new Promise<void>((resolve) => {
      stdin.once('drain', () => {
        this.#drained = undefined;
        resolve();
      });
    });
    await Promise.race([this.#drained, this.#exited]);
  }

  /** Its input ends; a process group that stays is asked to end and then ended. */
  async close(): Promise<void> {
    const child = this.#child;
    if (!child?.pid) return;
    child.stdin?.end();
    if (await this.#within(GRACE_MS)) return this.#kill(child.pid, 'SIGKILL');
    this.#kill(child.pid, 'SIGTERM');
    await this.#within(GRACE_MS);
    this.#kill(child.pid, 'SIGKILL');
    // Something outside the group may hold the pipes.
    child.stdout?.destroy();
    child.stderr?.destroy();
    await this.#exited;
  }

  #read(child: ChildProcess): void {
    const lines = lineSplitter(MAX_MESSAGE_BYTES);
    const take = (found: ReturnType<typeof lines.push>) => {
      for (const line of found) {
        if ('tooLong' in line)
          this.#refuse(`a message of ${line.tooLong} bytes; at most ${MAX_MESSAGE_BYTES} are taken`);
        else if (line.text.trim() !== '') this.#receive(line.text);
      }
    };
    child.stdout?.on('data', (chunk: Buffer) => {
      take(lines.push(chunk));
      // Its end may never come.
      if (lines.held > MAX_MESSAGE_BYTES) this.#refuse(`a message of more than ${MAX_MESSAGE_BYTES} bytes`);
    });
    // One that lives on without it can answer nothing any more.
    child.stdout?.once('end', () => void this.close());
    const errors = lineSplitter(MAX_LOG_LINE_BYTES);
    child.stderr?.on('data', (chunk: Buffer) => {
      for (const line of errors.push(chunk))
        if ('text' in line) this.#log.debug({ text: line.text }, 'MCP server says');
    });
  }

  #receive(text: string): void {
    const parsed = parseJson(text);
    // Servers print all kinds of things on stdout; what is no message is not for us.
    if (!parsed.ok) this.onerror?.(new Error(`not JSON: ${text.slice(0, 200)}`));
    else this.onmessage?.(asAnswer(parsed.value) as JSONRPCMessage);
  }

  #refuse(what: string): void {
    this.onerror?.(new Error(`the MCP server sent ${what}`));
    this.#child?.stdout?.destroy();
    void this.close();
  }

  async #within(ms: number): Promise<boolean> {
    let stop = () => {};
    const timeout = new Promise<false>((resolve) => {
      stop = this.#clock.timer(ms, () => resolve(false));
    });
    const ended = await Promise.race([this.#exited.then(() => true), timeout]);
    stop();
    return ended;
  }

  #kill(pid: number, signal: NodeJS.Signals): void {
    try {
      process.kill(-pid, signal);
    } catch {
      // Nobody is left in the group.
    }
  }
}

/** An answer with neither a result nor an error would be passed over, and its request wait until its time is up. */
function asAnswer(message: unknown): unknown {
  if (!isObject(message) || message['id'] === undefined || message['method'] !== undefined) return message;
  if (isObject(message['result']) || isObject(message['error'])) return message;
  const error = { code: INTERNAL_ERROR, message: 'the MCP server answered with neither a result nor an error' };
  return { jsonrpc: '2.0', id: message['id'], error };
}

function startText(error: Error, { command, cwd }: { command: string; cwd: string | null }): string {
  switch (systemCode(error)) {
    case 'ENOENT':
      return `No such file or directory (os error 2): \`${command}\`${cwd === null ? '' : ` in ${cwd}`}`;
    case 'EACCES':
      return `Permission denied (os error 13): \`${command}\``;
    default:
      return error.message;
  }
}
