import { type Clock, createDeadline, type Logger, raceAbort } from '@codex/base';
import type { Thread } from '@codex/core';

const CLOSE_LIMIT_MS = 10_000;

/** Closes a thread. One that does not close in time, or not properly, is an error in the log: this never rejects. */
export async function closeThread(thread: Thread, { clock, log }: { clock: Clock; log: Logger }): Promise<void> {
  const limit = createDeadline(CLOSE_LIMIT_MS, clock);
  try {
    await raceAbort(thread.close(), limit.signal);
  } catch (error) {
    log.error({ err: error, threadId: thread.id }, 'closing a thread failed');
  } finally {
    limit.clear();
  }
}
