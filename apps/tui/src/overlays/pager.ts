import type { Input } from '../keys.ts';
import type { State, Step } from '../model.ts';
import { step } from '../step.ts';
import type { Pager } from './overlay.ts';

/** A place beyond every end; the view knows how long the text is and stops there. */
const END = Number.MAX_SAFE_INTEGER;

/** Scrolls; `q`, escape, ctrl+c and ctrl+t leave. */
export function updatePager(state: State, pager: Pager, input: Input): Step {
  const key = input.kind === 'key' ? input.key : input.kind === 'text' ? input.text : '';
  const page = Math.max(1, state.size.rows - 4);
  const move = (by: number) => step({ ...state, overlay: { ...pager, top: Math.max(0, (pager.top ?? END) + by) } });
  switch (key) {
    case 'q':
    case 'escape':
    case 'ctrl+c':
    case 'ctrl+t':
      return step({ ...state, overlay: null });
    case 'up':
    case 'k':
      return move(-1);
    case 'down':
    case 'j':
      return move(1);
    case 'pageUp':
    case 'ctrl+b':
    case 'b':
      return move(-page);
    case 'pageDown':
    case 'ctrl+f':
    case 'space':
    case ' ':
      return move(page);
    case 'home':
    case 'g':
      return step({ ...state, overlay: { ...pager, top: 0 } });
    case 'end':
    case 'G':
      return step({ ...state, overlay: { ...pager, top: null } });
    default:
      return step(state);
  }
}
