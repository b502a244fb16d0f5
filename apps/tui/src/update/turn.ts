import type { ServerNotification, Turn as WireTurn } from '@codex/protocol';
import { draftOf, isEmpty, type Message } from '../composer/draft.ts';
import { openDialog } from '../dialogs/dialog.ts';
import { afterPlan } from '../dialogs/plan.ts';
import type { Effect, State, Step } from '../model.ts';
import { addCells } from '../state.ts';
import { step } from '../step.ts';
import { restOf } from './item.ts';
import { newTurn, sendMessage } from './send.ts';

/** Turns this long end with a line that says so, in milliseconds. */
const LONG_MS = 20_000;

/** Notifications about turns; null for others. */
export function takeTurn(state: State, notification: ServerNotification): Step | null {
  switch (notification.method) {
    case 'turn/started': {
      const { id } = notification.params.turn;
      return step({ ...state, turn: { ...(state.turn ?? newTurn(state.now)), id } });
    }
    case 'turn/plan/updated': {
      const { explanation, plan } = notification.params;
      return step(addCells(state, { kind: 'plan', explanation, steps: plan }));
    }
    case 'error': {
      const { error, willRetry } = notification.params;
      if (willRetry) return step(state.turn ? { ...state, turn: { ...state.turn, trouble: error.message } } : state);
      return step(addCells(state, errorCell(error)));
    }
    case 'turn/completed':
      return turnEnded(state, notification.params.turn);
    default:
      return null;
  }
}

function errorCell({ message, additionalDetails }: { message: string; additionalDetails: string | null }) {
  return {
    kind: 'notice',
    level: 'error',
    text: message,
    ...(additionalDetails ? { detail: additionalDetails } : {}),
  } as const;
}

function turnEnded(state: State, ended: WireTurn): Step {
  const { turn } = state;
  const open = state.open.filter(({ item, turnId }) => turnId !== ended.id || isTerminal(item));
  let next = addCells({ ...state, turn: null, open }, ...(turn?.stream ? restOf(turn.stream) : []));
  if (ended.status === 'failed' && ended.error && !wasTold(next, ended.error.message)) {
    next = addCells(next, errorCell(ended.error));
  }
  if (ended.status === 'interrupted') {
    next = addCells(next, { kind: 'notice', level: 'warning', text: 'Interrupted. Say what to do instead.' });
  }
  const took = turn ? state.now - turn.startedAt : 0;
  if (ended.status === 'completed' && took >= LONG_MS) next = addCells(next, { kind: 'ended', ms: took });
  const notify: Effect[] = state.isFocused ? [] : [{ type: 'notify', text: 'Codex is done' }];
  // What the turn took in no more goes on as a message of its own.
  const left = [...(turn?.steered ?? []), ...next.queue];
  const [first, ...more] = left;
  if (first === undefined) {
    const isPlanned = ended.status === 'completed' && turn?.hasPlan && next.session?.mode === 'plan';
    return step(isPlanned ? openDialog(next, afterPlan()) : next, ...notify);
  }
  if (ended.status !== 'completed') return step(giveBack({ ...next, queue: [] }, left), ...notify);
  const sent = sendMessage({ ...next, queue: more }, first);
  return step(sent.state, ...notify, ...sent.effects);
}

/** A command that was left running on purpose outlives its turn. */
function isTerminal(item: State['open'][number]['item']): boolean {
  return item.type === 'commandExecution';
}

function wasTold({ transcript }: State, message: string): boolean {
  const last = transcript.at(-1);
  return last?.kind === 'notice' && last.level === 'error' && last.text === message;
}

/** After an interrupt or an error queued messages are not sent by themselves: they go back to the composer. */
function giveBack(state: State, queue: readonly Message[]): State {
  const own = isEmpty(state.draft) ? [] : [state.draft.buffer.text];
  const text = [...queue.map((message) => message.text), ...own].join('\n');
  const draft = draftOf({ text, images: queue.flatMap(({ images }) => images) });
  return { ...state, draft: { ...draft, attachments: [...draft.attachments, ...state.draft.attachments] } };
}
