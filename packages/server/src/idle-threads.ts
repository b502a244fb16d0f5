import type { Clock } from '@codex/base';
import type { Thread } from '@codex/core';
import type { Lanes } from './lanes.ts';
import { threadLane } from './lane-of.ts';
import type { Limits } from './limits.ts';

/**
 * Unloads threads that nobody follows any more, as when their clients just went away (§21 Q16). A turn that runs, or a
 * question that waits for an answer, keeps its thread, and an agent's keeps the thread it works for; agents end with
 * that thread.
 */
export interface IdleThreads {
  /** To be called once per loaded thread; `parentId` names the thread whose agent it is. */
  watch(thread: Thread, parentId: string | null): void;
  /** Somebody has begun or ceased to follow the thread. */
  followersChanged(threadId: string): void;
  stop(): void;
}

export interface IdleThreadsDeps {
  clock: Pick<Clock, 'timer'>;
  limits: Pick<Limits, 'unloadMs' | 'dropMs'>;
  lanes: Lanes;
  isFollowed(threadId: string): boolean;
  /** A turn has been let go and will begin in a moment. */
  expectsTurn(threadId: string): boolean;
  /** Does not reject. */
  close(thread: Thread): Promise<void>;
}

interface Watched {
  thread: Thread;
  parent: Watched | null;
  agents: Set<Watched>;
  /** Ends the wait that has begun when the thread fell idle. */
  wake: (() => void) | null;
}

export function createIdleThreads(deps: IdleThreadsDeps): IdleThreads {
  const { clock, limits, lanes } = deps;
  const watched = new Map<string, Watched>();
  let stopped = false;

  const isBusy = ({ thread: { id, state }, agents }: Watched): boolean =>
    state.active !== null || deps.expectsTurn(id) || [...agents].some(isBusy);

  const isIdle = (entry: Watched): boolean =>
    !stopped && watched.get(entry.thread.id) === entry && !deps.isFollowed(entry.thread.id) && !isBusy(entry);

  const unload = (entry: Watched): void => {
    entry.wake = null;
    // In its lane: whoever asks for the thread meanwhile either keeps it or finds it stored.
    void lanes.run(threadLane(entry.thread.id), async () => {
      if (isIdle(entry)) await deps.close(entry.thread);
    });
  };

  const consider = (entry: Watched): void => {
    if (entry.parent) {
      consider(entry.parent);
      return;
    }
    if (!isIdle(entry)) {
      entry.wake?.();
      entry.wake = null;
      return;
    }
    const { begun, header } = entry.thread;
    const ms = begun && !header.ephemeral ? limits.unloadMs : limits.dropMs;
    entry.wake ??= clock.timer(ms, () => unload(entry));
  };

  return {
    watch(thread, parentId) {
      const parent = (parentId === null ? null : watched.get(parentId)) ?? null;
      const entry: Watched = { thread, parent, agents: new Set(), wake: null };
      watched.set(thread.id, entry);
      parent?.agents.add(entry);
      thread.subscribe(({ event }) => {
        if (event.type === 'thread.closed') {
          entry.wake?.();
          parent?.agents.delete(entry);
          if (watched.get(thread.id) === entry) watched.delete(thread.id);
        }
        if (event.type === 'turn.started' || event.type === 'turn.ended' || event.type === 'thread.closed') {
          consider(entry);
        }
      });
      consider(entry);
    },
    followersChanged(threadId) {
      const entry = watched.get(threadId);
      if (entry) consider(entry);
    },
    stop() {
      stopped = true;
      for (const { wake } of watched.values()) wake?.();
    },
  };
}
