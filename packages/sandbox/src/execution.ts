import { type Clock, linkedController, type Logger, toMessage } from '@codex/base';
import type { Child, OnData, OutputStream } from './child.ts';
import type { CommandTag } from './command-tag.ts';
import { headTail } from './output.ts';
import { endTree, signalGroup } from './process-tree.ts';

const DRAIN_MS = 2000;
/** After a kill the only ones left to hold the pipes are processes we could not find. */
const DRAIN_AFTER_KILL_MS = 250;
const TIMED_OUT_CODE = 124;
const KILLED_CODE = 137;

/** How a command ended. */
export interface ExitReport {
  /** 128 + n after signal n, 124 after a time-out. */
  exitCode: number;
  timedOut: boolean;
  aborted: boolean;
  stdout: string;
  stderr: string;
  /** Both streams as they arrived; like each of them limited to `maxBytes`. */
  output: string;
  /** Bytes of `output` that were dropped. */
  omittedBytes: number;
  durationMs: number;
}

/** A promise slows the command down: nothing more is read until it settles. */
export type OnOutput = (stream: OutputStream, chunk: Uint8Array) => void | Promise<void>;

export interface OutputOptions {
  onOutput?: OnOutput | undefined;
  /** Per stream, and for both together; 1 MiB unless told, at the most 256 MiB. */
  maxBytes?: number | undefined;
  /** Which part survives the limit; `headTail` unless told. */
  keep?: 'headTail' | 'head' | undefined;
}

export type EndCause = 'timedOut' | 'aborted' | 'killed';

/** A started command until its report; `run` and sessions are two faces of it. */
export interface Execution {
  readonly child: Child;
  /** Never rejects. */
  readonly report: Promise<ExitReport>;
  /** Ends the command and all it started; resolves with `report`. Later calls change nothing. */
  end(cause: EndCause): Promise<ExitReport>;
  /** Sends one signal to the group and does nothing else. */
  signal(signal: NodeJS.Signals): void;
}

export const DEFAULT_MAX_BYTES = 1024 * 1024;

/**
 * Starts a child through `start` and looks after it to the end. Rejects only when `start` does. `release` is called
 * once in any case, when the child is gone or was never there; the report waits for it.
 */
export async function startExecution(
  start: (onData: OnData) => Promise<Child>,
  options: OutputOptions,
  deps: { clock: Clock; log: Logger; tag?: CommandTag | undefined; release?: (() => Promise<void>) | undefined },
): Promise<Execution> {
  const { clock, log } = deps;
  const release = async () => {
    try {
      await deps.release?.();
    } catch (error) {
      log.error({ error: toMessage(error) }, 'what a command used was not given back');
    }
  };
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const budget = () => (options.keep === 'head' ? headTail(maxBytes, maxBytes) : headTail(maxBytes));
  const kept = { stdout: budget(), stderr: budget(), output: budget() };
  const startedAt = clock.now();
  let holds = 0;
  let listeners: Promise<unknown> = Promise.resolve();
  const tell = (stream: OutputStream, chunk: Uint8Array): Promise<void> | undefined => {
    try {
      const slow = options.onOutput?.(stream, chunk);
      return slow?.catch((error: unknown) => log.warn({ error: toMessage(error) }, 'an output listener failed'));
    } catch (error) {
      log.warn({ error: toMessage(error) }, 'an output listener failed');
      return undefined;
    }
  };
  const receive = (stream: OutputStream, chunk: Uint8Array) => {
    kept[stream].push(chunk);
    kept.output.push(chunk);
    const slow = tell(stream, chunk);
    if (!slow) return;
    if (holds++ === 0) child.pause();
    const settled = slow.finally(() => {
      if (--holds === 0) child.resume();
    });
    listeners = Promise.all([listeners, settled]);
  };
  let child: Child;
  try {
    child = await start(receive);
  } catch (error) {
    await release();
    throw error;
  }

  let cause: EndCause | undefined;
  let exited = false;
  let ending: Promise<void> | undefined;
  let forceExit: (code: number) => void = () => {};
  const forced = new Promise<number>((resolve) => {
    forceExit = resolve;
  });
  const endAsked = new AbortController();
  const drained = child.outputEnd.then(() => listeners);

  /** Reads the rest of the output. A slow listener may take longer than the limit, unless the end is asked for. */
  const drain = async () => {
    let over = false;
    do {
      over = await within(DRAIN_MS, drained, clock, endAsked.signal);
    } while (!over && holds > 0 && !ending);
    if (!over && ending) await within(DRAIN_AFTER_KILL_MS, drained, clock);
  };
  const finish = async (): Promise<ExitReport> => {
    const code = await Promise.race([child.exit, forced]);
    exited = true;
    const durationMs = Math.max(0, clock.now() - startedAt);
    if (ending) await ending;
    await drain();
    if (ending) await ending;
    child.release();
    await release();
    const stdout = kept.stdout.text();
    const stderr = kept.stderr.text();
    return {
      exitCode: cause === 'timedOut' ? TIMED_OUT_CODE : code,
      timedOut: cause === 'timedOut',
      aborted: cause === 'aborted',
      stdout,
      stderr,
      output: !stderr ? stdout : !stdout ? stderr : kept.output.text(),
      omittedBytes: kept.output.omitted,
      durationMs,
    };
  };
  const report = finish();
  return {
    child,
    report,
    end(why) {
      if (!ending) {
        // A command that ended by itself keeps its code; what it left in its group goes all the same.
        if (!exited) cause = why;
        ending = endTree({ pid: child.pid, tag: deps.tag, exited: () => exited }, deps).then(() =>
          forceExit(KILLED_CODE),
        );
        endAsked.abort();
      }
      return report;
    },
    signal: (signal) => void (exited || signalGroup(child.pid, signal)),
  };
}

/** Whether `done` settles within `ms`; an interruption answers at once. */
async function within(ms: number, done: Promise<unknown>, clock: Clock, interrupt?: AbortSignal): Promise<boolean> {
  const { controller, unlink } = linkedController(interrupt);
  const late = clock.sleep(ms, controller.signal).then(
    () => false,
    () => false,
  );
  const answer = await Promise.race([done.then(() => true), late]);
  controller.abort();
  unlink();
  return answer;
}
