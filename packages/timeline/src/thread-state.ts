import type { RateLimitSnapshot, ThreadItem, ThreadStatus, ThreadTokenUsage, Turn } from '@codex/protocol';
import type { ItemDelta, Stamped } from './events.ts';
import { QUESTION_FLAGS, type Question } from './questions.ts';

/** The human view of a thread, built from events alone. Live threads, files and clients share this one reducer. */
export interface ThreadState {
  /** All of them, or the newest where somebody keeps those before (`Timeline.forget`). */
  turns: Turn[];
  /** The running turn, also the last of `turns`. */
  active: Turn | null;
  /** Started and not completed items, by id: those of the running turn, and terminals that outlived theirs. */
  openItems: Map<string, ThreadItem>;
  questions: Map<number, Question>;
  name: string | null;
  usage: ThreadTokenUsage | null;
  rateLimits: RateLimitSnapshot | null;
  diff: string;
  plan: string;
  /** The last turn failed and none has begun since. */
  systemError: boolean;
  closed: boolean;
}

export function emptyThreadState(): ThreadState {
  return {
    turns: [],
    active: null,
    openItems: new Map(),
    questions: new Map(),
    name: null,
    usage: null,
    rateLimits: null,
    diff: '',
    plan: '',
    systemError: false,
    closed: false,
  };
}

/** Applies one event in place; a text delta costs O(1). */
export function reduceThread(state: ThreadState, { turnId, event }: Stamped): void {
  switch (event.type) {
    case 'turn.started': {
      const turn: Turn = { id: event.turn.id, items: [], status: 'inProgress', error: null };
      state.turns.push(turn);
      state.active = turn;
      state.diff = '';
      state.plan = '';
      state.systemError = false;
      return;
    }
    case 'turn.ended': {
      const turn = turnById(state, turnId);
      if (turn) {
        turn.status = event.status;
        turn.error = event.error;
      }
      // A file may say late how an earlier turn ended; that does not touch the running one.
      if (state.active && state.active.id !== turnId) return;
      state.active = null;
      state.systemError = event.status === 'failed';
      return;
    }
    case 'turn.usage':
      if (event.usage) state.usage = event.usage;
      if (event.rateLimits) state.rateLimits = event.rateLimits;
      return;
    case 'turn.diff':
      state.diff = event.diff;
      return;
    case 'turn.plan':
      state.plan = JSON.stringify([event.explanation, event.steps]);
      return;
    case 'item.started': {
      // Deltas grow the item in place, so the state keeps a copy of its own.
      const item = structuredClone(event.item);
      state.openItems.set(item.id, item);
      turnById(state, turnId)?.items.push(item);
      return;
    }
    case 'item.delta': {
      const item = state.openItems.get(event.itemId);
      if (item) extendItem(item, event.delta);
      return;
    }
    case 'item.completed': {
      state.openItems.delete(event.item.id);
      const turn = turnById(state, turnId);
      if (!turn) return;
      const index = turn.items.findLastIndex((item) => item.id === event.item.id);
      if (index >= 0) turn.items[index] = event.item;
      else turn.items.push(event.item);
      return;
    }
    case 'question.opened':
      state.questions.set(event.question.id, event.question);
      return;
    case 'question.closed':
      state.questions.delete(event.question.id);
      return;
    case 'context.rolledBack':
      state.turns.splice(Math.max(0, state.turns.length - event.turns));
      return;
    case 'thread.renamed':
      state.name = event.name;
      return;
    case 'thread.closed':
      state.closed = true;
      return;
    default:
      return;
  }
}

function turnById(state: ThreadState, id: string | null): Turn | undefined {
  return state.active?.id === id ? state.active : state.turns.findLast((turn) => turn.id === id);
}

function extendItem(item: ThreadItem, delta: ItemDelta): void {
  switch (delta.kind) {
    case 'text':
    case 'planText':
      if (item.type === 'agentMessage' || item.type === 'plan') item.text += delta.text;
      return;
    case 'reasoningSummaryPart':
      if (item.type === 'reasoning') item.summary[delta.index] ??= '';
      return;
    case 'reasoningSummary':
      if (item.type === 'reasoning') item.summary[delta.index] = (item.summary[delta.index] ?? '') + delta.text;
      return;
    case 'reasoningText':
      if (item.type === 'reasoning') item.content[delta.index] = (item.content[delta.index] ?? '') + delta.text;
      return;
    default:
      // Output of commands and patches is authoritative only in the completed item.
      return;
  }
}

/** The status clients see; nobody sets it, it follows from the state (app-server specification §8.2). */
export function threadStatus(state: ThreadState): ThreadStatus {
  if (state.closed) return { type: 'notLoaded' };
  const flags = new Set([...state.questions.values()].map((question) => QUESTION_FLAGS[question.method]));
  if (state.active || flags.size) {
    return {
      type: 'active',
      activeFlags: (['waitingOnApproval', 'waitingOnUserInput'] as const).filter((flag) => flags.has(flag)),
    };
  }
  return state.systemError ? { type: 'systemError' } : { type: 'idle' };
}
