import { constants } from 'node:os';

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/**
 * The first of these signals calls `onFirst`, so that commands that run do not outlive us. The second calls `onSecond`;
 * without that it ends the process at once.
 */
export function catchSignals(
  names: readonly Signal[],
  onFirst: () => void,
  onSecond?: () => void,
): { readonly exitCode: number; stop(): void } {
  let caught: Signal | undefined;
  const stop = () => {
    for (const signal of names) process.off(signal, hear);
  };
  const hear = (signal: NodeJS.Signals) => {
    if (!caught) {
      caught = names.find((name) => name === signal);
      onFirst();
    } else if (onSecond) {
      onSecond();
    } else {
      stop();
      process.kill(process.pid, signal);
    }
  };
  for (const signal of names) process.on(signal, hear);
  return {
    get exitCode() {
      return caught ? 128 + constants.signals[caught] : 0;
    },
    stop,
  };
}
