import type { ServerNotification } from '@codex/protocol';

export interface EventQueue extends AsyncIterable<ServerNotification> {
  push(event: ServerNotification): void;
  end(): void;
  readonly dropped: number;
}

/** A queue for one reader that never holds more than `limit` notifications: what matters least is dropped first. */
export function createEventQueue(limit: number): EventQueue {
  let items: ServerNotification[] = [];
  let head = 0;
  let ended = false;
  let dropped = 0;
  let wake: (() => void) | undefined;

  const notify = () => {
    const run = wake;
    wake = undefined;
    run?.();
  };

  const makeRoom = () => {
    const waiting = items.slice(head);
    // Halving keeps the cost of a push constant on average.
    const room = Math.floor(limit / 2);
    const ends = newest(waiting, room, (event) => event.method === 'turn/completed');
    const others = newest(waiting, room - ends.size, (event) => !isDelta(event) && !ends.has(event));
    const kept = waiting.filter((event) => ends.has(event) || others.has(event));
    dropped += waiting.length - kept.length;
    items = kept;
    head = 0;
  };

  return {
    push(event) {
      if (ended) return;
      if (items.length - head >= limit) makeRoom();
      items.push(event);
      notify();
    },
    end() {
      ended = true;
      notify();
    },
    get dropped() {
      return dropped;
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        for (let event = items[head]; event; event = items[head]) {
          head += 1;
          if (head === items.length || head > 1024) {
            items = items.slice(head);
            head = 0;
          }
          yield event;
        }
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function newest<T>(items: readonly T[], count: number, matches: (item: T) => boolean): ReadonlySet<T> {
  return new Set(count > 0 ? items.filter(matches).slice(-count) : []);
}

/** Pieces of something that a later notification tells as a whole. */
function isDelta({ method }: ServerNotification): boolean {
  return /[dD]elta$/.test(method) || method === 'item/mcpToolCall/progress';
}
