import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first signal calls `onSignal`, so that commands that run do not outlive us; the second ends the process at once. */
export function catchSignals(onSignal: () => void): { readonly exitCode: number; stop(): void } {
  let caught: (typeof SIGNALS)[number] | undefined;
  const stop = () => {
    for (const signal of SIGNALS) process.off(signal, hear);
  };
  const hear = (signal: NodeJS.Signals) => {
    if (caught) {
      stop();
      process.kill(process.pid, signal);
      return;
    }
    caught = SIGNALS.find((name) => name === signal);
    onSignal();
  };
  for (const signal of SIGNALS) process.on(signal, hear);
  return {
    get exitCode() {
      return caught ? 128 + constants.signals[caught] : 0;
    },
    stop,
  };
}
