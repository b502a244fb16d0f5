import { type Clock, linkedController } from '@codex/base';
import type { ResizeResult, TerminalSize, WriteResult } from './child.ts';
import type { Execution, ExitReport } from './execution.ts';
import type { HeadTail } from './output.ts';

/** A long-lived command. */
export interface Session {
  readonly pid: number;
  /** Never rejects. */
  readonly exited: Promise<ExitReport>;
  /** True until `exited` has settled. */
  readonly running: boolean;
  write(data: Uint8Array | string): WriteResult;
  /** Closes the input of a pipe session, sends end-of-transmission to a terminal. */
  endInput(): void;
  resize(size: TerminalSize): ResizeResult;
  /** Without a signal: ends the whole tree and waits for the end. With one: sends it to the group and returns. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Output since the previous take, head and tail of it within `maxBytes`; a character still incomplete is held back. */
  take(): string;
  /** Resolves at the exit, after `ms`, or when `signal` aborts, whichever is first; it does not say which. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

export function createSession(execution: Execution, unread: HeadTail, clock: Clock): Session {
  const { child } = execution;
  let running = true;
  const exited = execution.report.then((report) => {
    running = false;
    return report;
  });
  return {
    pid: child.pid,
    exited,
    get running() {
      return running;
    },
    write: (data) => child.write(typeof data === 'string' ? Buffer.from(data) : data),
    endInput: () => child.endInput(),
    resize: (size) => child.resize(size),
    async kill(signal) {
      if (signal) execution.signal(signal);
      else {
        await execution.end('killed');
        await exited;
      }
    },
    take: () => unread.take(!running).text,
    async wait(ms, signal) {
      if (!running || signal?.aborted) return;
      const { controller, unlink } = linkedController(signal);
      try {
        await Promise.race([exited, clock.sleep(ms, controller.signal).catch(() => {})]);
      } finally {
        controller.abort();
        unlink();
      }
    },
  };
}
