import type { ClientMethod, ParamsIn, ResultOf } from '@codex/protocol';
import type { Effect, Msg, State, Step } from './model.ts';

export function step(state: State, ...effects: readonly Effect[]): Step {
  return { state, effects };
}

/** Goes on from a step, and keeps its effects. */
export function andThen(before: Step, next: (state: State) => Step): Step {
  const after = next(before.state);
  return { state: after.state, effects: [...before.effects, ...after.effects] };
}

/** A request to the server; `done` makes a message of the answer. A refusal is shown unless `failed` says otherwise. */
export function call<M extends ClientMethod>(
  method: M,
  params: ParamsIn<M>,
  done: (result: ResultOf<M>) => Msg | null = () => null,
  failed: (message: string) => Msg | null = (message) => ({ type: 'notice', level: 'error', text: message }),
): Effect {
  return { type: 'call', method, params, done: done as (result: unknown) => Msg | null, failed };
}

/** A message that changes the state by a function made where the question was asked. */
export function change(make: (state: State) => Step): Msg {
  return { type: 'change', make };
}
