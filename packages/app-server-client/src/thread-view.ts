import type { ServerNotification, Thread, ThreadItem, ThreadStatus, ThreadTokenUsage, Turn } from '@codex/protocol';
import { emptyThreadState, reduceThread, type Stamped, type ThreadEvent, type ThreadState } from '@codex/timeline';

/** A thread as its notifications show it: the same turns the server has. */
export interface ThreadView {
  readonly threadId: string;
  readonly turns: readonly Turn[];
  /** The running turn. */
  readonly active: Turn | null;
  readonly name: string | null;
  readonly status: ThreadStatus;
  readonly usage: ThreadTokenUsage | null;
  /** The combined diff of the running or last turn. */
  readonly diff: string;
  /** Takes a notification; false when it says nothing about this thread's turns. */
  apply(notification: ServerNotification): boolean;
}

/** Begins with what `thread/start`, `thread/resume` or `thread/read` answered. */
export function createThreadView(thread: Thread): ThreadView {
  const state = stateOf(thread);
  let status = thread.status;
  let seq = 0;
  return {
    threadId: thread.id,
    get turns() {
      return state.turns;
    },
    get active() {
      return state.active;
    },
    get name() {
      return state.name;
    },
    get status() {
      return status;
    },
    get usage() {
      return state.usage;
    },
    get diff() {
      return state.diff;
    },
    apply(notification) {
      const { params } = notification;
      if (!('threadId' in params) || params.threadId !== thread.id) return false;
      if (notification.method === 'thread/status/changed') {
        status = notification.params.status;
        return true;
      }
      const event = toEvent(notification);
      if (!event) return false;
      const turnId = 'turn' in params ? params.turn.id : 'turnId' in params ? params.turnId : null;
      reduceThread(state, { seq: ++seq, at: 0, threadId: thread.id, turnId, event } satisfies Stamped);
      return true;
    },
  };
}

function stateOf(thread: Thread): ThreadState {
  const state = emptyThreadState();
  state.turns = structuredClone(thread.turns);
  state.active = state.turns.findLast((turn) => turn.status === 'inProgress') ?? null;
  for (const item of state.active?.items ?? []) if (isOpen(item)) state.openItems.set(item.id, item);
  state.name = thread.name;
  return state;
}

/** Items that show their own progress; texts grow whether open or not, their completion replaces them. */
function isOpen(item: ThreadItem): boolean {
  return 'status' in item ? item.status === 'inProgress' : item.type !== 'userMessage';
}

/** The event a notification was made from, as far as the state of a thread depends on it. */
function toEvent(notification: ServerNotification): ThreadEvent | null {
  switch (notification.method) {
    case 'turn/started':
      return {
        type: 'turn.started',
        turn: { id: notification.params.turn.id, modelContextWindow: null, mode: 'default' },
      };
    case 'turn/completed': {
      const { status, error } = notification.params.turn;
      return status === 'inProgress' ? null : { type: 'turn.ended', status, error };
    }
    case 'turn/diff/updated':
      return { type: 'turn.diff', diff: notification.params.diff };
    case 'turn/plan/updated':
      return { type: 'turn.plan', explanation: notification.params.explanation, steps: notification.params.plan };
    case 'thread/tokenUsage/updated':
      return { type: 'turn.usage', usage: notification.params.tokenUsage, rateLimits: null };
    case 'thread/name/updated':
      return { type: 'thread.renamed', name: notification.params.threadName ?? null };
    case 'thread/closed':
      return { type: 'thread.closed' };
    case 'item/started':
      return { type: 'item.started', item: notification.params.item };
    case 'item/completed':
      return { type: 'item.completed', item: notification.params.item };
    case 'item/agentMessage/delta':
      return textDelta(notification.params, 'text');
    case 'item/plan/delta':
      return textDelta(notification.params, 'planText');
    case 'item/reasoning/summaryPartAdded': {
      const { itemId, summaryIndex } = notification.params;
      return { type: 'item.delta', itemId, delta: { kind: 'reasoningSummaryPart', index: summaryIndex } };
    }
    case 'item/reasoning/summaryTextDelta': {
      const { itemId, summaryIndex, delta } = notification.params;
      return { type: 'item.delta', itemId, delta: { kind: 'reasoningSummary', index: summaryIndex, text: delta } };
    }
    case 'item/reasoning/textDelta': {
      const { itemId, contentIndex, delta } = notification.params;
      return { type: 'item.delta', itemId, delta: { kind: 'reasoningText', index: contentIndex, text: delta } };
    }
    default:
      return null;
  }
}

function textDelta(params: { itemId: string; delta: string }, kind: 'text' | 'planText'): ThreadEvent {
  return { type: 'item.delta', itemId: params.itemId, delta: { kind, text: params.delta } };
}
