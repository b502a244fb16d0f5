import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Signal = (typeof SIGNALS)[number];

/**
 * The first SIGINT, SIGTERM or SIGHUP calls `onFirst`, so that commands that run do not outlive us. The second calls
 * `onSecond`; without that it ends the process at once.
 */
export function catchSignals(
  onFirst: () => void,
  { onSecond, ignoreHangUp = false }: { onSecond?: () => void; ignoreHangUp?: boolean } = {},
): { readonly exitCode: number; stop(): void } {
  let caught: Signal | undefined;
  const stop = () => {
    for (const signal of SIGNALS) process.off(signal, hear);
  };
  const hear = (signal: NodeJS.Signals) => {
    if (ignoreHangUp && signal === 'SIGHUP') return;
    if (!caught) {
      caught = SIGNALS.find((name) => name === signal);
      onFirst();
    } else if (onSecond) {
      onSecond();
    } else {
      stop();
      process.kill(process.pid, signal);
    }
  };
  for (const signal of SIGNALS) process.on(signal, hear);
  return {
    get exitCode() {
      return caught ? 128 + constants.signals[caught] : 0;
    },
    stop,
  };
}
