/** Lets callers wait until an amount has fallen, told by whoever makes it fall. */
export interface Level {
  /** Resolves when the amount is at most `limit`; at once when it is. */
  atMost: (limit: number) => Promise<void>;
  /** The amount may have fallen. */
  fell: () => void;
}

export function createLevel(amount: () => number): Level {
  let waiters: { limit: number; resolve: () => void }[] = [];

  const fell = () => {
    if (waiters.length === 0) return;
    const now = amount();
    const ready = waiters.filter(({ limit }) => now <= limit);
    if (ready.length === 0) return;
    waiters = waiters.filter(({ limit }) => now > limit);
    for (const { resolve } of ready) resolve();
  };

  return {
    fell,
    atMost: (limit) =>
      new Promise((resolve) => {
        waiters.push({ limit, resolve });
        fell();
      }),
  };
}
