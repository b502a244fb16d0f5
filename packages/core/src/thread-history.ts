import { isCodexError } from '@codex/base';
import { freezeTurns, readTurns, type RolloutWriter, type TurnFreezer } from '@codex/rollout';
import type { Timeline } from '@codex/timeline';
import type { ThreadHistory } from './thread-types.ts';

/**
 * Where the turns of a loaded thread are: those that are over lie in its file and not in memory, those that run, and
 * those that could not be written, in its timeline.
 */
export interface HistoryKeeper {
  open(): Promise<ThreadHistory>;
  /** Lets go of turns that are over and written down, unless somebody is reading. */
  tidy(): Promise<void>;
  /** What was read so far does not hold any more; `turns` is what does, for the first who asks. */
  reset(turns: TurnFreezer | null): void;
}

export interface HistoryKeeperDeps {
  timeline: Timeline;
  rollout: RolloutWriter;
  /** Null for a thread that leaves no file: all its turns are in the timeline. */
  path: string | null;
  /** What was read when the thread was loaded, for the first who asks. */
  loaded: TurnFreezer | null;
}

export function createHistoryKeeper({ timeline, rollout, path, loaded }: HistoryKeeperDeps): HistoryKeeper {
  let ready = loaded;
  let resets = 0;
  /** While anybody reads, the timeline keeps what the file may not have had. */
  let readers = loaded ? 1 : 0;

  const tidy = async (): Promise<void> => {
    await rollout.flush();
    if (path !== null && readers === 0 && rollout.written) timeline.forget();
  };

  const read = async (): Promise<TurnFreezer> => {
    for (;;) {
      const before = resets;
      await rollout.flush();
      const turns = path === null ? freezeTurns() : await readIfThere(path);
      if (before === resets) return turns;
    }
  };

  return {
    async open() {
      let turns = ready;
      ready = null;
      if (!turns) {
        readers += 1;
        try {
          turns = await read();
        } catch (error) {
          readers -= 1;
          throw error;
        }
      }
      const stored = turns;
      return {
        take() {
          for (const turn of timeline.state.turns) stored.put(turn);
          readers -= 1;
          void tidy();
          return stored;
        },
      };
    },
    tidy,
    reset(turns) {
      resets += 1;
      if (ready) readers -= 1;
      ready = turns;
      if (turns) readers += 1;
    },
  };
}

/** A thread has no file before its first turn. */
async function readIfThere(path: string): Promise<TurnFreezer> {
  try {
    return await readTurns(path);
  } catch (error) {
    if (isCodexError(error) && error.code === 'rolloutNotFound') return freezeTurns();
    throw error;
  }
}
