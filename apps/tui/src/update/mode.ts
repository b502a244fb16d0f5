import type { Session, State, Step } from '../model.ts';
import { addCells } from '../state.ts';
import { step } from '../step.ts';

/** Changes settings that the next turn is begun with. */
export function setSession(state: State, change: Partial<Session>, untold: 'model' | 'permissions' | 'mode'): State {
  const { session } = state;
  if (!session) return state;
  return { ...state, session: { ...session, ...change, untold: new Set([...session.untold, untold]) } };
}

/** Between making plans and doing the work. */
export function togglePlan(state: State): Step {
  if (!state.session) return step(state);
  const mode = state.session.mode === 'plan' ? 'default' : 'plan';
  const text =
    mode === 'plan' ? 'Plan mode: Codex plans and changes nothing. shift+tab leaves it.' : 'Plan mode is over.';
  return step(addCells(setSession(state, { mode }, 'mode'), { kind: 'notice', level: 'info', text }));
}
