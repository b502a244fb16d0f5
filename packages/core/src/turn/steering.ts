import type { UserInput } from '@codex/protocol';

/** Input that waits until the running turn's next model call. */
export interface Steering {
  readonly pending: boolean;
  push(input: UserInput[]): void;
  drain(): UserInput[][];
}

export function createSteering(): Steering {
  let waiting: UserInput[][] = [];
  return {
    get pending() {
      return waiting.length > 0;
    },
    push: (input) => {
      waiting.push(input);
    },
    drain() {
      const out = waiting;
      waiting = [];
      return out;
    },
  };
}
