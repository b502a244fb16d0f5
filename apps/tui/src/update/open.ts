import type { Effect, State } from '../model.ts';
import { addCells } from '../state.ts';
import { call, change, step } from '../step.ts';

/** Begins a new session. */
export function openNew({ place }: State): Effect {
  return call('thread/start', place.thread, (opened) => ({ type: 'opened', opened, how: 'new' }));
}

/**
 * Loads a stored session, or a copy of it, with what the command line asks for. When that fails and there is none yet,
 * `orElse` says how it goes on.
 */
export function openStored({ place }: State, purpose: 'resume' | 'fork', threadId: string, orElse: Effect): Effect {
  const params = { ...place.thread, cwd: place.isFolderChosen ? place.cwd : null, threadId };
  const failed = (text: string) =>
    change((state) =>
      step(addCells(state, { kind: 'notice', level: 'error', text }), ...(state.session ? [] : [orElse])),
    );
  return purpose === 'resume'
    ? call('thread/resume', params, (opened) => ({ type: 'opened', opened, how: 'resumed' }), failed)
    : call('thread/fork', params, (opened) => ({ type: 'opened', opened, how: 'forked' }), failed);
}
