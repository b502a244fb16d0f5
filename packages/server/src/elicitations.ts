import { CodexError } from '@codex/base';
import type { Thread } from '@codex/core';

/** How often clients have said, per thread, that they are asking a human something out of band. */
export interface Elicitations {
  /** The new count; while it is above zero the clocks of running tools stand still. */
  begin(thread: Thread): number;
  /** Throws when there is nothing to end. */
  end(thread: Thread): number;
  drop(threadId: string): void;
}

export function createElicitations(): Elicitations {
  const counts = new Map<string, number>();
  const change = (thread: Thread, by: 1 | -1): number => {
    const count = (counts.get(thread.id) ?? 0) + by;
    if (count < 0) throw new CodexError('invalidRequest', 'out-of-band elicitation count is already zero');
    counts.set(thread.id, count);
    thread.pauseClocks(by);
    return count;
  };
  return {
    begin: (thread) => change(thread, 1),
    end: (thread) => change(thread, -1),
    drop: (threadId) => counts.delete(threadId),
  };
}
