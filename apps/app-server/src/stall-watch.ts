import type { Socket } from 'node:net';
import type { Clock } from '@codex/base';

export interface StallWatch {
  /** Output was handed to the stream. */
  sent: () => void;
  /** A message has been taken over whole by the operating system. */
  moved: () => void;
  stop: () => void;
}

/** When a peer counts as not reading. */
export interface StallLimits {
  /** It takes nothing and says nothing for this long. */
  ms: number;
  /** If it does say something: it has had that time, and this rate would have moved what waits. */
  bytesPerSecond: number;
}

export interface StallWatchDeps {
  stream: Socket;
  clock: Clock;
  limits: StallLimits;
  /** Bytes that wait to be taken. */
  waiting: () => number;
  onStall: () => void;
}

/**
 * Notices a peer that does not read, and calls `onStall` once. When no message was taken whole for half the time, the
 * stream is asked, whose timeout knows about parts of a message; but it compares only when it is due, so that the limit
 * may become one and a half times as long. It starts anew with whatever the peer sends: a peer that talks and does not
 * read is found by a second, more generous limit.
 */
export function watchStall({ stream, clock, limits, waiting, onStall }: StallWatchDeps): StallWatch {
  const half = Math.ceil(limits.ms / 2);
  let movedAt = 0;
  let cancel: (() => void) | undefined;
  let doubted = false;
  let stopped = false;

  const look = () => {
    cancel = undefined;
    const bytes = waiting();
    if (bytes === 0) return;
    // A clock that was set back must not lengthen the limit.
    const quiet = Math.abs(clock.now() - movedAt);
    if (quiet < half) {
      cancel = clock.timer(half - quiet, look);
      return;
    }
    doubted = true;
    stream.setTimeout(half, giveUp);
    cancel = clock.timer(half + (bytes / limits.bytesPerSecond) * 1000, giveUp);
  };

  const rest = () => {
    cancel?.();
    cancel = undefined;
    if (doubted) stream.setTimeout(0, giveUp);
    doubted = false;
  };

  const stop = () => {
    stopped = true;
    rest();
  };

  const giveUp = () => {
    stop();
    onStall();
  };

  const begin = () => {
    if (cancel || stopped) return;
    movedAt = clock.now();
    cancel = clock.timer(half, look);
  };

  return {
    sent: begin,
    moved() {
      movedAt = clock.now();
      if (!doubted) return;
      rest();
      begin();
    },
    stop,
  };
}
