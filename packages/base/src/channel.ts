/** A two-way road of messages. `messages` ends when the other side or the transport closes. */
export interface Channel<In, Out> {
  send(message: Out): void;
  readonly messages: AsyncIterable<In>;
  /** Safe to call twice. */
  close(reason?: string): void;
}

export interface AsyncQueue<T> extends AsyncIterable<T> {
  push(value: T): void;
  /** What was pushed before is still delivered. */
  end(): void;
  readonly size: number;
}

/** An unbounded queue with one reader. */
export function asyncQueue<T>(): AsyncQueue<T> {
  let items: T[] = [];
  let head = 0;
  let ended = false;
  let wake: (() => void) | undefined;
  const notify = () => {
    const run = wake;
    wake = undefined;
    run?.();
  };
  return {
    push(value) {
      if (ended) return;
      items.push(value);
      notify();
    },
    end() {
      ended = true;
      notify();
    },
    get size() {
      return items.length - head;
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        while (head < items.length) {
          const item = items[head++] as T;
          if (head > 1024 && head * 2 > items.length) {
            items = items.slice(head);
            head = 0;
          }
          yield item;
        }
        items = [];
        head = 0;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

/**
 * Two connected ends in one process; messages are handed over as they are.
 * With `json` every message takes the trip through text, as on a real wire.
 */
export function channelPair<A, B>(options: { json?: boolean } = {}): [Channel<A, B>, Channel<B, A>] {
  const toA = asyncQueue<A>();
  const toB = asyncQueue<B>();
  const copy = <T>(message: T): T => (options.json ? (JSON.parse(JSON.stringify(message)) as T) : message);
  const close = () => {
    toA.end();
    toB.end();
  };
  return [
    { send: (message) => toB.push(copy(message)), messages: toA, close },
    { send: (message) => toA.push(copy(message)), messages: toB, close },
  ];
}
