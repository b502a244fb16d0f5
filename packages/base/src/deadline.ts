import { AbortedError } from './abort.ts';
import type { Clock } from './clock.ts';

export class DeadlineError extends AbortedError {
  readonly ms: number;
  constructor(ms: number) {
    super(`The time limit of ${ms} ms was reached.`);
    this.ms = ms;
  }
}

/** A time limit that can stand still, for instance while a human is asked. */
export interface Deadline {
  /** Aborts with a DeadlineError when the time is up. */
  readonly signal: AbortSignal;
  readonly expired: boolean;
  /** Stops the clock until every pause has been resumed. Calling the returned function twice is harmless. */
  pause(): () => void;
  /** Ends the deadline; it will never fire afterwards. */
  clear(): void;
}

/** `ms` null means no limit. */
export function createDeadline(ms: number | null, clock: Clock): Deadline {
  const controller = new AbortController();
  let left = ms ?? 0;
  let startedAt = clock.now();
  let pauses = 0;
  let stop: (() => void) | undefined;
  let over = ms === null;
  const arm = () => {
    if (over) return;
    startedAt = clock.now();
    stop = clock.timer(left, () => {
      over = true;
      controller.abort(new DeadlineError(ms ?? 0));
    });
  };
  arm();
  return {
    signal: controller.signal,
    get expired() {
      return controller.signal.aborted;
    },
    pause() {
      if (pauses++ === 0 && !over) {
        stop?.();
        // A clock that was set back must not lengthen the limit.
        left = Math.max(0, left - Math.max(0, clock.now() - startedAt));
      }
      let resumed = false;
      return () => {
        if (resumed) return;
        resumed = true;
        if (--pauses === 0) arm();
      };
    },
    clear() {
      over = true;
      stop?.();
    },
  };
}
