import { constants } from 'node:os';
import type { Writable } from 'node:stream';
import { AbortedError, systemClock } from '@codex/base';
import { EXIT } from './io.ts';

/** Why a run should end before its turn has. */
export interface Stop {
  readonly signal: AbortSignal;
  /** What the process should end with; null as long as nothing asked for it. */
  readonly exitCode: number | null;
  /** Leaves the process as it was. */
  dispose(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The first signal interrupts the run, the second ends the process; a reader of stdout that goes away interrupts too, and
 * so does the end of the time limit (milliseconds).
 */
export function watchForStop(stdout: Writable, timeLimit: number | null): Stop {
  const controller = new AbortController();
  let exitCode: number | null = null;
  const stop = (code: number, reason: string) => {
    exitCode ??= code;
    controller.abort(new AbortedError(reason));
  };
  const onSignal = (name: NodeJS.Signals) => {
    if (exitCode !== null) {
      dispose();
      process.kill(process.pid, name);
      return;
    }
    stop(128 + (constants.signals[name] ?? 0), `interrupted by ${name}`);
  };
  const onError = (error: Error) => stop(EXIT.failed, `stdout cannot be written: ${error.message}`);
  const stopTimer =
    timeLimit === null
      ? () => {}
      : systemClock.timer(timeLimit, () => stop(EXIT.timeLimit, `the time limit of ${timeLimit / 1000} s is over`));
  const dispose = () => {
    stopTimer();
    for (const name of SIGNALS) process.off(name, onSignal);
    stdout.off('error', onError);
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  stdout.on('error', onError);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    dispose,
  };
}
