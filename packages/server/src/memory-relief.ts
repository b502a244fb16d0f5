import type { Clock } from '@codex/base';

/** Gives memory back when much was let go: a process that idles does not come to it by itself. */
export interface MemoryRelief {
  /** To be called when much was let go, or soon will be. */
  wanted(): void;
  stop(): void;
}

export interface MemoryReliefDeps {
  clock: Pick<Clock, 'timer'>;
  /** Stops everything for some tens of milliseconds. */
  collect: () => void;
  /** Nobody minds a pause. */
  isQuiet: () => boolean;
}

/** What is let go together is collected together, and answers are read by then. */
const DELAY_MS = 2_000;

export function createMemoryRelief({ clock, collect, isQuiet }: MemoryReliefDeps): MemoryRelief {
  let cancel: (() => void) | null = null;
  let stopped = false;
  const wanted = (): void => {
    if (stopped) return;
    cancel ??= clock.timer(DELAY_MS, () => {
      cancel = null;
      if (isQuiet()) collect();
      else wanted();
    });
  };
  return {
    wanted,
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}
