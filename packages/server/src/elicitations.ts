import { CodexError } from '@codex/base';
import type { Thread } from '@codex/core';

/** How often clients have said, per thread, that they are asking a human something out of band. */
export interface Elicitations {
  /** The new count; while it is above zero the clocks of running tools stand still. */
  begin(thread: Thread, client: object): number;
  /** Whoever begins may leave it to another client to end. Throws when there is nothing to end. */
  end(thread: Thread, client: object): number;
  /** Ends what a client has begun that went away. */
  endAll(client: object): void;
  drop(threadId: string): void;
}

interface Entry {
  thread: Thread;
  /** Who has begun, in order; once per time. */
  clients: object[];
}

export function createElicitations(): Elicitations {
  const entries = new Map<string, Entry>();
  const entryOf = (thread: Thread): Entry => {
    const entry = entries.get(thread.id) ?? { thread, clients: [] };
    entries.set(thread.id, entry);
    return entry;
  };
  const remove = ({ thread, clients }: Entry, at: number) => {
    clients.splice(at, 1);
    thread.pauseClocks(-1);
  };
  return {
    begin(thread, client) {
      thread.pauseClocks(1);
      return entryOf(thread).clients.push(client);
    },
    end(thread, client) {
      const entry = entryOf(thread);
      const { clients } = entry;
      if (clients.length === 0) {
        throw new CodexError('invalidRequest', 'out-of-band elicitation count is already zero');
      }
      remove(entry, Math.max(0, clients.lastIndexOf(client)));
      return clients.length;
    },
    endAll(client) {
      for (const entry of entries.values()) {
        for (let at = entry.clients.length - 1; at >= 0; at--) if (entry.clients[at] === client) remove(entry, at);
      }
    },
    drop: (threadId) => entries.delete(threadId),
  };
}
