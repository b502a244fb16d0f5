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
  /** The file has turns that the timeline does not have. */
  stored: boolean;
}

export function createHistoryKeeper({ timeline, rollout, path, loaded, stored }: HistoryKeeperDeps): HistoryKeeper {
  let ready = loaded;
  /** Until then nothing is asked of a file that may be neither there nor readable. */
  let inFile = stored;
  let resets = 0;
  /** While anybody reads, the timeline keeps what the file may not have had. */
  let readers = loaded ? 1 : 0;

  const tidy = async (): Promise<void> => {
    await rollout.flush();
    if (path === null || readers > 0 || !rollout.written) return;
    inFile = true;
    timeline.forget();
  };

  const read = async (): Promise<TurnFreezer> => {
    for (;;) {
      const before = resets;
      await rollout.flush();
      const turns = path === null || !inFile ? freezeTurns() : await readIfThere(path);
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
      const found = turns;
      return {
        take() {
          for (const turn of timeline.state.turns) found.put(turn);
          readers -= 1;
          void tidy();
          return found;
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
