import type { Thread as WireThread } from '@codex/protocol';
import type { FrozenTurns } from '@codex/rollout';

/** A result whose `thread` has the turns that stand beside it: they go out as the text they are. */
export class WithTurns<T extends { thread: WireThread }> {
  readonly result: T;
  readonly turns: FrozenTurns;
  constructor(result: T, turns: FrozenTurns) {
    this.result = result;
    this.turns = turns;
  }
}

/**
 * A result that is made in the moment it is sent. What it shows and what a subscription made right after it brings then
 * fit together without gap or overlap.
 */
export class AtReply<T> {
  readonly make: () => T;
  constructor(make: () => T) {
    this.make = make;
  }
}
