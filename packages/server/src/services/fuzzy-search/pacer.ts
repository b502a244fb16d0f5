import type { Clock } from '@codex/base';

/** Keeps long work from holding up everything else. */
export interface Pacer {
  /** True when the work has gone on for long enough; to be asked between small steps. */
  isDue(): boolean;
  /** Lets everything else have its turn. */
  rest(): Promise<void>;
}

const SLICE_MS = 8;

export function createPacer(clock: Clock): Pacer {
  let since = clock.now();
  return {
    isDue: () => clock.now() - since >= SLICE_MS,
    async rest() {
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
      since = clock.now();
    },
  };
}
