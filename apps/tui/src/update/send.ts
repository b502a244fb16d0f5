import type { ParamsIn, UserInput } from '@codex/protocol';
import { draftOf, EMPTY_DRAFT, type Message } from '../composer/draft.ts';
import type { Session, State, Step, Turn } from '../model.ts';
import { addCells } from '../state.ts';
import { call, change, step } from '../step.ts';

/** Sends a message: begins a turn, or joins the one that runs. Without a thread it waits for one. */
export function sendMessage(state: State, message: Message): Step {
  const { session, turn } = state;
  if (!session) return step({ ...state, waiting: [...state.waiting, message] });
  if (!turn) return startTurn(state, session, message);
  if (turn.id === null || turn.isInterrupting) return enqueue(state, message);
  const params = { threadId: session.threadId, input: inputOf(message), expectedTurnId: turn.id };
  return step(
    { ...state, turn: { ...turn, steered: [...turn.steered, message] } },
    // The turn may have ended meanwhile, or be of a kind that takes no input.
    call('turn/steer', params, undefined, () => change((now) => resend(now, message))),
  );
}

function resend(state: State, message: Message): Step {
  const turn = state.turn && { ...state.turn, steered: state.turn.steered.filter((other) => other !== message) };
  return turn ? enqueue({ ...state, turn }, message) : sendMessage(state, message);
}

export function enqueue(state: State, message: Message): Step {
  return step({ ...state, queue: [...state.queue, message] });
}

function startTurn(state: State, session: Session, message: Message): Step {
  const notes = state.shellNotes.map((text): UserInput => ({ type: 'text', text, text_elements: [] }));
  return beginTurn({ ...state, shellNotes: [] }, session, [...inputOf(message), ...notes], message);
}

/** Begins a turn with what was chosen since the last one. `message` goes back to the composer when it is refused. */
export function beginTurn(state: State, session: Session, input: UserInput[], message: Message): Step {
  const params = { threadId: session.threadId, input, ...untoldSettings(session) };
  return step(
    { ...state, session: { ...session, untold: new Set() }, turn: newTurn(state.now) },
    call(
      'turn/start',
      params,
      ({ turn }) => change((now) => step(now.turn ? { ...now, turn: { ...now.turn, id: turn.id } } : now)),
      (error) => change((now) => refused(now, session, message, error)),
    ),
  );
}

function refused(state: State, { untold }: Session, message: Message, error: string): Step {
  const next = addCells({ ...state, turn: null }, { kind: 'notice', level: 'error', text: error });
  const draft = next.draft === EMPTY_DRAFT ? draftOf(message) : next.draft;
  return step({ ...next, draft, session: next.session && { ...next.session, untold } });
}

export function newTurn(now: number): Turn {
  return {
    id: null,
    startedAt: now,
    stream: null,
    thought: '',
    trouble: null,
    isInterrupting: false,
    hasPlan: false,
    steered: [],
  };
}

export function inputOf({ text, images }: Message): UserInput[] {
  return [
    ...images.map((path): UserInput => ({ type: 'localImage', path })),
    ...(text === '' ? [] : [{ type: 'text', text, text_elements: [] } satisfies UserInput]),
  ];
}

/** The server keeps what a turn was begun with; only changes are told. */
function untoldSettings(session: Session): Partial<ParamsIn<'turn/start'>> {
  const { untold, model, effort, mode, approvalPolicy, sandbox } = session;
  return {
    ...(untold.has('model') ? { model, effort } : {}),
    ...(untold.has('permissions') ? { approvalPolicy, sandboxPolicy: sandbox } : {}),
    // A mode brings its model along, so a change of model is one of the mode, too.
    ...(untold.has('mode') || (untold.has('model') && mode === 'plan')
      ? { collaborationMode: { mode, settings: { model, reasoning_effort: effort, developer_instructions: null } } }
      : {}),
  };
}

/** Interrupts the running turn; once is enough. */
export function interrupt(state: State): Step {
  const { session, turn } = state;
  if (!session || !turn || turn.isInterrupting) return step(state);
  return step(
    { ...state, turn: { ...turn, isInterrupting: true } },
    call('turn/interrupt', { threadId: session.threadId, turnId: turn.id ?? '' }, undefined, () => null),
  );
}
