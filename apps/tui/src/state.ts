import type { Cell } from './cells/cell.ts';
import { EMPTY_DRAFT } from './composer/draft.ts';
import { NO_HISTORY } from './composer/history.ts';
import type { OpenedThread, Place, Session, Size, State } from './model.ts';

export function initialState(place: Place, size: Size, now: number): State {
  return {
    size,
    place,
    now,
    session: null,
    transcript: [],
    epoch: 0,
    turn: null,
    open: [],
    queue: [],
    draft: EMPTY_DRAFT,
    killed: '',
    history: NO_HISTORY,
    popup: null,
    dialogs: [],
    overlay: null,
    usage: null,
    rateLimits: null,
    hint: null,
    quitUntil: 0,
    escapedAt: 0,
    typedAt: 0,
    isFocused: true,
    shell: null,
    shellNotes: [],
    waiting: [],
    hasEnded: false,
  };
}

export function sessionOf(opened: OpenedThread): Session {
  const { thread, model, modelProvider, reasoningEffort, cwd, approvalPolicy, sandbox } = opened;
  return {
    threadId: thread.id,
    name: thread.name,
    path: thread.path,
    model,
    provider: modelProvider,
    effort: reasoningEffort,
    cwd,
    approvalPolicy,
    sandbox,
    mode: 'default',
    untold: new Set(),
  };
}

export function addCells(state: State, ...cells: readonly Cell[]): State {
  return cells.length === 0 ? state : { ...state, transcript: [...state.transcript, ...cells] };
}
