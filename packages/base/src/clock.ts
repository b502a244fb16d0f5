import { abortReason } from './abort.ts';

/** Time as an argument: the only source of "now" and of waiting. `now` is milliseconds since the epoch. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`; rejects with the abort reason when `signal` aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `run` once after `ms` unless the returned function is called first. Does not keep the process alive. */
  timer(ms: number, run: () => void): () => void;
}

/** The longest wait that a Node timer can express, about 25 days. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** setTimeout for a wait of any length; returns what cancels it. */
function after(ms: number, run: () => void, keepAlive: boolean): () => void {
  let handle: NodeJS.Timeout;
  const arm = (left: number) => {
    handle = setTimeout(() => (left > MAX_TIMEOUT ? arm(left - MAX_TIMEOUT) : run()), Math.min(left, MAX_TIMEOUT));
    if (!keepAlive) handle.unref();
  };
  arm(ms);
  return () => clearTimeout(handle);
}

/** A sleep made of a timer: both clocks differ only in that. */
function sleepWith(schedule: (ms: number, run: () => void) => () => void): Clock['sleep'] {
  return (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(abortReason(signal));
        return;
      }
      const onAbort = () => {
        cancel();
        reject(abortReason(signal));
      };
      const cancel = schedule(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: sleepWith((ms, run) => after(ms, run, true)),
  timer: (ms, run) => after(ms, run, false),
};

export interface ManualClock extends Clock {
  /** Moves time forward and runs, in order, everything that is due. */
  advance(ms: number): void;
}

/** A clock for tests: stands still until told to advance. */
export function manualClock(start = 0): ManualClock {
  let now = start;
  const due: { at: number; run: () => void }[] = [];
  const schedule = (ms: number, run: () => void) => {
    const entry = { at: now + ms, run };
    due.push(entry);
    return () => {
      const index = due.indexOf(entry);
      if (index >= 0) due.splice(index, 1);
    };
  };
  return {
    now: () => now,
    timer: schedule,
    sleep: sleepWith(schedule),
    advance: (ms) => {
      const end = now + ms;
      for (;;) {
        const next = due.filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        due.splice(due.indexOf(next), 1);
        now = Math.max(now, next.at);
        next.run();
      }
      now = end;
    },
  };
}
