import type { SandboxPolicy, Turn } from '@codex/protocol';
import type { Cell } from '../cells/cell.ts';
import { isEcho } from '../cells/echo.ts';
import type { OpenedThread, Session, State, Step } from '../model.ts';
import { addCells, sessionOf } from '../state.ts';
import { andThen, call, step } from '../step.ts';
import { homely } from '../text/path.ts';
import { sendMessage } from './send.ts';

/** So many turns of a session that is resumed are printed, and so many before them are in the transcript. */
const PRINTED_TURNS = 50;
const KEPT_TURNS = 250;

/** A thread is there: its turns so far are shown, and what was written meanwhile is sent. */
export function showThread(state: State, opened: OpenedThread, how: 'new' | 'resumed' | 'forked'): Step {
  const left = state.session;
  const session = sessionOf(opened);
  const shown: State = {
    ...state,
    session,
    epoch: state.epoch + (left === null ? 0 : 1),
    transcript: [],
    turn: null,
    open: [],
    queue: [],
    overlay: null,
    usage: null,
    shellNotes: [],
    waiting: [],
    hint: null,
  };
  const [first, ...more] = state.waiting;
  const cells = [
    ...(left === null ? state.transcript : []),
    bannerOf(shown, session),
    ...cellsOf(opened.thread.turns),
    ...(how === 'new' ? [] : [arrival(session, how)]),
  ];
  const leave =
    left === null || left.threadId === session.threadId
      ? []
      : [call('thread/unsubscribe', { threadId: left.threadId }, undefined, () => null)];
  const begun = first === undefined ? step(addCells(shown, ...cells)) : sendMessage(addCells(shown, ...cells), first);
  return andThen(step(begun.state, ...leave, ...begun.effects), (next) =>
    step({ ...next, queue: [...next.queue, ...more] }),
  );
}

function arrival({ name, threadId }: Session, how: 'resumed' | 'forked'): Cell {
  const what = how === 'resumed' ? 'Resumed' : 'A fork of the session, going on as';
  return { kind: 'notice', level: 'info', text: `${what} ${name ?? threadId}` };
}

function bannerOf(state: State, session: Session): Cell {
  return {
    kind: 'banner',
    version: state.place.version,
    model: session.model,
    effort: session.effort,
    folder: homely(session.cwd, state.place.userHome),
    approval: approvalText(session),
    sandbox: sandboxText(session.sandbox),
  };
}

/** The turns of a stored thread; of a long one the last are printed, and some more are in the transcript. */
function cellsOf(turns: readonly Turn[]): Cell[] {
  const printed = Math.max(0, turns.length - PRINTED_TURNS);
  const kept = Math.max(0, printed - KEPT_TURNS);
  const earlier: Cell[] =
    printed === 0
      ? []
      : [{ kind: 'earlier', turns: printed, missing: kept, cells: turns.slice(kept, printed).flatMap(cellsOfTurn) }];
  return [...earlier, ...turns.slice(printed).flatMap(cellsOfTurn)];
}

function cellsOfTurn(turn: Turn): Cell[] {
  const cells: Cell[] = turn.items
    .filter((item, at) => !isEcho(item, turn.items[at - 1]))
    .map((item) => ({ kind: 'item', item }));
  if (turn.status === 'interrupted') cells.push({ kind: 'notice', level: 'info', text: 'This turn was interrupted.' });
  if (turn.error) cells.push({ kind: 'notice', level: 'error', text: turn.error.message });
  return cells;
}

export function approvalText({ approvalPolicy }: Pick<Session, 'approvalPolicy'>): string {
  return typeof approvalPolicy === 'string' ? approvalPolicy : 'granular';
}

export function sandboxText(policy: SandboxPolicy): string {
  switch (policy.type) {
    case 'dangerFullAccess':
      return 'danger-full-access';
    case 'externalSandbox':
      return 'external-sandbox';
    case 'readOnly':
      return policy.networkAccess ? 'read-only, with network' : 'read-only';
    case 'workspaceWrite':
      return policy.networkAccess ? 'workspace-write, with network' : 'workspace-write';
  }
}
