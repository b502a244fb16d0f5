import { type Clock, CodexError, createDeadline, type Deadline, isCodexError, type Logger } from '@codex/base';
import type { SandboxPolicy } from '@codex/protocol';
import type { Launch, OnData, TerminalSize } from './child.ts';
import { isVariableName } from './env.ts';
import {
  DEFAULT_MAX_BYTES,
  type EndCause,
  type Execution,
  type ExitReport,
  type OutputOptions,
  startExecution,
} from './execution.ts';
import { type CommandTag, createTagger, type Tagger } from './command-tag.ts';
import { createFifoPool } from './fifo-pool.ts';
import { leakedDescriptors } from './descriptors.ts';
import {
  type CommandNetwork,
  type Isolation,
  noIsolation,
  type SandboxSupport,
  type WrappedCommand,
} from './isolation.ts';
import { headTail } from './output.ts';
import { startPipeChild } from './pipe-child.ts';
import { allowsNetwork, isConfining } from './policy.ts';
import { startPtyChild } from './pty-child.ts';
import { createSession, type Session } from './session.ts';
import { SpawnError } from './spawn-error.ts';
import { whyNotStartable } from './startable.ts';
import { createWatchdog } from './watchdog.ts';

export interface CommandSpec {
  argv: readonly string[];
  /** Absolute. */
  cwd: string;
  /** The whole environment; nothing is inherited. Names that are none (empty, or with a `=`) are left out. */
  env: Readonly<Record<string, string>>;
  policy: SandboxPolicy;
  /** The folder that a workspace policy is about; `cwd` unless told, which then becomes writable by itself. */
  policyCwd?: string | undefined;
  /** What a confined command reaches instead of what the policy says of the network. */
  network?: CommandNetwork | undefined;
}

export interface RunOptions extends OutputOptions {
  signal?: AbortSignal | undefined;
  /** From the start of the process; null or absent means no limit. */
  timeoutMs?: number | null | undefined;
  /** Instead of `timeoutMs`: a time limit that the caller owns and may pause. It is not cleared here. */
  deadline?: Deadline | undefined;
  /** What the command reads, at most 8 MiB; its input is empty unless told. One that reads none of it is not disturbed. */
  input?: string | undefined;
}

export interface OpenOptions extends OutputOptions {
  /** A pseudo-terminal instead of pipes; its input is always open. */
  tty: boolean;
  /** Keep the input of a pipe session open; closed unless told. */
  stdin?: boolean | undefined;
  size?: TerminalSize | undefined;
}

/**
 * Runs commands under a policy. Both ways of starting reject with a SpawnError when the command cannot be started, with
 * a CodexError `sandboxUnavailable` when its policy cannot be enforced, and with `invalidRequest` after `close`.
 */
export interface Runner {
  /** Does ahead what the first command would wait for; optional, and cheap when it is done already. */
  prepare(): void;
  /** Runs a command to its end. An abort and a time-out end the whole process group and are reported. */
  run(spec: CommandSpec, options?: RunOptions): Promise<ExitReport>;
  /** Starts a long-lived command. */
  open(spec: CommandSpec, options: OpenOptions): Promise<Session>;
  support(): SandboxSupport;
  /** Ends every command that is still running; safe to call twice. */
  close(): Promise<void>;
}

const NETWORK_OFF = { CODEX_SANDBOX_NETWORK_DISABLED: '1' };

export interface RunnerDeps {
  clock: Clock;
  log: Logger;
  isolation?: Isolation | undefined;
  /** Hears of every `sandboxUnavailable` that callers get. */
  onRefusal?: ((why: CodexError) => void) | undefined;
}

export function createRunner(deps: RunnerDeps): Runner {
  const { clock, log, isolation = noIsolation(), onRefusal } = deps;
  const running = new Set<Execution>();
  const starting = new Set<Promise<unknown>>();
  const tagger = createTagger({ clock, log });
  const watchdog = createWatchdog(log);
  const fifos = createFifoPool(log, (path) => watchdog.setFolder(path));
  let leaked: readonly number[] | undefined;
  let closing: Promise<void> | undefined;

  const startNow = async (spec: CommandSpec, options: OpenOptions): Promise<Execution> => {
    const { launch, tag, release, litter } = await prepare(spec, isolation, tagger);
    watchdog.addLitter(litter);
    leaked ??= leakedDescriptors();
    const given = { leaked, stdin: options.stdin ?? false, size: options.size };
    const start = (onData: OnData) =>
      options.tty
        ? startPtyChild(launch, { ...given, clock, onData })
        : startPipeChild(launch, { ...given, fifos, onData });
    const execution = await startExecution(start, options, { clock, log, tag, release });
    const { pid } = execution.child;
    running.add(execution);
    watchdog.add(pid, tag);
    void execution.report.then(() => {
      running.delete(execution);
      watchdog.remove(pid, tag);
    });
    return execution;
  };
  const start = async (spec: CommandSpec, options: OpenOptions): Promise<Execution> => {
    if (closing) throw new CodexError('invalidRequest', 'The command was not started: commands are being shut down.');
    const started = startNow(spec, options);
    starting.add(started);
    try {
      return await started;
    } catch (error) {
      if (isCodexError(error) && error.code === 'sandboxUnavailable') onRefusal?.(error);
      throw error;
    } finally {
      starting.delete(started);
    }
  };
  const closeNow = async () => {
    await Promise.allSettled(starting);
    await Promise.all([...running].map((execution) => execution.end('killed')));
    fifos.close();
    await watchdog.close();
  };

  return {
    prepare() {
      if (closing) return;
      leaked ??= leakedDescriptors();
      fifos.prepare();
      tagger.prepare();
    },
    async run(spec, options = {}) {
      if (options.signal?.aborted) return neverStarted();
      const { input } = options;
      const execution = await start(spec, { ...options, tty: false, stdin: input !== undefined });
      if (input !== undefined) {
        execution.child.write(Buffer.from(input));
        execution.child.endInput();
      }
      const deadline = options.deadline ?? createDeadline(options.timeoutMs ?? null, clock);
      const unwatch = [onAbort(options.signal, 'aborted', execution), onAbort(deadline.signal, 'timedOut', execution)];
      // The limit is for the process, not for reading the rest of its output.
      void execution.child.exit.then(() => unwatch[1]?.());
      try {
        return await execution.report;
      } finally {
        for (const stop of unwatch) stop();
        if (!options.deadline) deadline.clear();
      }
    },
    async open(spec, options) {
      const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
      const unread = headTail(maxBytes);
      const execution = await start(spec, {
        ...options,
        onOutput(stream, chunk) {
          unread.push(chunk);
          return options.onOutput?.(stream, chunk);
        },
      });
      return createSession(execution, unread, clock);
    },
    support: () => isolation.support(),
    close: () => (closing ??= closeNow()),
  };
}

interface Prepared {
  launch: Launch;
  tag?: CommandTag;
  release: WrappedCommand['release'];
  litter: readonly string[];
}

async function prepare(spec: CommandSpec, isolation: Isolation, tagger: Tagger): Promise<Prepared> {
  const { cwd, policy } = spec;
  if (!spec.argv[0]) throw new CodexError('invalidParams', 'command must not be empty');
  const words = {
    argument: spec.argv,
    'working directory': [cwd],
    'environment variable': Object.entries(spec.env).flat(),
  };
  for (const [what, texts] of Object.entries(words)) {
    const subject = what === 'working directory' ? 'cwd' : 'arguments';
    if (texts.some((text) => text.includes('\0')))
      throw new SpawnError({ reason: `nul byte found in ${what}`, subject });
  }
  const fault = isConfining(policy) ? undefined : whyNotStartable(spec.argv, cwd, spec.env);
  if (fault) throw fault;
  const given = Object.fromEntries(Object.entries(spec.env).filter(([name]) => isVariableName(name)));
  const env = allowsNetwork(policy) ? given : { ...given, ...NETWORK_OFF };
  const wrapped = await isolation.wrap(spec.argv, policy, cwd, env, spec.policyCwd, spec.network);
  if (!wrapped.ok) throw wrapped.error;
  const [program = '', ...args] = wrapped.argv;
  const launch = { program, args, cwd, env: wrapped.env };
  if (isConfining(policy)) return { launch, release: wrapped.release, litter: wrapped.litter ?? [] };
  // A sandbox takes everything along when it ends; elsewhere we have to find what a command started.
  return { ...(await tagger.tag(launch)), release: wrapped.release, litter: [] };
}

function onAbort(signal: AbortSignal | undefined, cause: EndCause, execution: Execution): () => void {
  if (!signal) return () => {};
  const end = () => void execution.end(cause);
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  return () => signal.removeEventListener('abort', end);
}

/** Aborted before there was a process: reads like one that was ended by SIGTERM at once. */
function neverStarted(): ExitReport {
  return {
    exitCode: 143,
    timedOut: false,
    aborted: true,
    stdout: '',
    stderr: '',
    output: '',
    omittedBytes: 0,
    durationMs: 0,
  };
}
