import { AbortedError, abortReason, type Clock } from '@codex/base';
import type {
  HookRunSummary,
  RateLimitSnapshot,
  ResponseItem,
  ServerRequestParams,
  Thread,
  ThreadItem,
  ThreadTokenUsage,
  Turn,
  TurnError,
  TurnPlanStep,
} from '@codex/protocol';
import type {
  CompactionRecord,
  ItemDelta,
  NoticeLevel,
  Stamped,
  ThreadEvent,
  TurnContext,
  TurnEnd,
  TurnHeader,
} from './events.ts';
import { abandonedItem } from './abandoned-item.ts';
import { emptyModelContext, type ModelContext, reduceContext } from './model-context.ts';
import type { Answer, Question, QuestionMethod } from './questions.ts';
import { emptyThreadState, reduceThread, type ThreadState, threadStatus } from './thread-state.ts';

export type Listener = (stamped: Stamped) => void;

/** An item between its start and its completion. After completion both calls do nothing. */
export interface OpenItem {
  readonly id: string;
  readonly done: boolean;
  delta(delta: ItemDelta): void;
  complete(item: ThreadItem): void;
  /** Completes it as it stands: text as far as it came, work as failed. */
  abandon(): void;
}

export interface StartOptions {
  /**
   * The final form of the item, should the turn end before it is completed; null when it goes on: a terminal left
   * running on purpose completes when its process ends, the one thing that may carry the id of an ended turn.
   */
  abandoned?: () => ThreadItem | null;
}

/** What may be said while a turn runs. After `end` every call does nothing. */
export interface TurnScope {
  readonly turnId: string;
  readonly ended: boolean;
  context(context: TurnContext): void;
  start(item: ThreadItem, options?: StartOptions): OpenItem;
  /** An item that starts and completes at once. */
  add(item: ThreadItem): void;
  /** Asks a client; rejects with the abort reason when the question is withdrawn. */
  ask<M extends QuestionMethod>(
    method: M,
    params: Omit<ServerRequestParams<M>, 'threadId' | 'turnId'>,
    signal: AbortSignal,
  ): Promise<Answer<M>>;
  appendContext(items: ResponseItem[]): void;
  compacted(compaction: CompactionRecord): void;
  diff(diff: string): void;
  plan(explanation: string | null, steps: TurnPlanStep[]): void;
  usage(usage: ThreadTokenUsage | null, rateLimits: RateLimitSnapshot | null): void;
  /** Says the last known counts once more, under this turn: for clients that joined since. */
  repeatUsage(): void;
  /** From here on to the end the status stands still: what is withdrawn on the way is no news. */
  holdStatus(): void;
  /** Told once per turn; true when this was the time. */
  rerouted(from: string, to: string): boolean;
  retrying(error: TurnError, attempt: number): void;
  /** A hook has begun (`running`) or ended. */
  hook(run: HookRunSummary): void;
  end(status: TurnEnd, error?: TurnError | null): void;
}

export interface Timeline {
  readonly threadId: string;
  readonly state: Readonly<ThreadState>;
  readonly context: Readonly<ModelContext>;
  readonly seq: number;
  /** History that the model sees from the start and no turn shows. */
  seed(items: ResponseItem[]): void;
  opened(thread: Thread, origin: 'new' | 'resumed' | 'forked'): void;
  renamed(name: string | null): void;
  closed(): void;
  notice(level: NoticeLevel, message: string, details?: string | null): void;
  /** Drops the last turns from both views; not while a turn runs. */
  rolledBack(turns: number): void;
  /** Lets go of turns that are over and have nothing open: somebody else keeps them, and what the model saw before a compaction. */
  forget(): void;
  /** Puts the model's view as it was kept in the place of this one; not while a turn runs. */
  recall(context: ModelContext): void;
  /** Counts of something that was no turn, under an id of its own. */
  recounted(id: string, usage: ThreadTokenUsage): void;
  beginTurn(turn: TurnHeader): TurnScope;
  /** False when the question is no longer open; the first answer wins. */
  answer(questionId: number, answer: Answer): boolean;
  /** The listener hears every event after the returned `seq`. Listeners must not block; a throw is reported and ignored. */
  subscribe(listener: Listener): { seq: number; stop(): void };
}

export interface TimelineDeps {
  threadId: string;
  clock: Pick<Clock, 'now'>;
  /** History of a resumed thread: already reduced, never emitted again. */
  state?: ThreadState;
  context?: ModelContext;
  onListenerError?: (error: unknown) => void;
}

interface Pending {
  question: Question;
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

/**
 * The only emitter of a thread's events. It stamps, reduces and hands each event to the listeners in order, and it
 * keeps the rules I1–I8 and I10 of the design: one start and one completion per item, nothing left open when a turn
 * ends, one turn at a time, derived status, changes only.
 */
export function createTimeline(deps: TimelineDeps): Timeline {
  const { threadId, clock } = deps;
  const state = deps.state ?? emptyThreadState();
  const context = deps.context ?? emptyModelContext();
  const listeners = new Set<{ hear: Listener; after: number }>();
  const backlog: Stamped[] = [];
  const pending = new Map<number, Pending>();
  let dispatching = false;
  let statusHeld = false;
  let seq = 0;
  let questionIds = 0;
  let scope: TurnScope | null = null;
  let status = JSON.stringify(threadStatus(state));

  const emit = (event: ThreadEvent, turnId: string | null): void => {
    const stamped: Stamped = { seq: ++seq, at: clock.now(), threadId, turnId, event };
    reduceThread(state, stamped);
    reduceContext(context, stamped);
    // An event emitted from within a listener waits until everybody has heard the one before it.
    backlog.push(stamped);
    if (dispatching) return;
    dispatching = true;
    dispatch();
  };

  /** Events that belong together: all of them have happened before anybody hears of the first. */
  const together = (happen: () => void): void => {
    if (dispatching) {
      happen();
      return;
    }
    dispatching = true;
    try {
      happen();
    } finally {
      dispatch();
    }
  };

  const dispatch = (): void => {
    try {
      for (let next = backlog.shift(); next; next = backlog.shift()) {
        for (const listener of listeners) {
          if (next.seq <= listener.after) continue;
          try {
            listener.hear(next);
          } catch (error) {
            deps.onListenerError?.(error);
          }
        }
      }
    } finally {
      dispatching = false;
    }
  };

  /** I6: told only when it differs; `change` is applied to see what the status will be before its event goes out. */
  const emitStatus = (next: ThreadState): void => {
    if (statusHeld) return;
    const value = threadStatus(next);
    const text = JSON.stringify(value);
    if (text === status) return;
    status = text;
    emit({ type: 'thread.status', status: value }, null);
  };

  const settle = (entry: Pending, outcome: 'answered' | 'withdrawn', turnId: string): void => {
    pending.delete(entry.question.id);
    emit({ type: 'question.closed', question: entry.question, outcome }, turnId);
  };

  const beginTurn = (turn: TurnHeader): TurnScope => {
    if (scope) throw new Error(`turn ${scope.turnId} is still running`);
    const turnId = turn.id;
    const open = new Map<string, { item: ThreadItem; abandoned: (() => ThreadItem | null) | undefined }>();
    const usedIds = new Set<string>();
    let ended = false;
    let rerouted = false;

    const abandon = (id: string): void => {
      const entry = open.get(id);
      if (!entry) return;
      const final = entry.abandoned ? entry.abandoned() : abandonedItem(state.openItems.get(id) ?? entry.item);
      if (!final) return;
      open.delete(id);
      emit({ type: 'item.completed', item: final.id === id ? final : { ...final, id } }, turnId);
    };

    const self: TurnScope = {
      turnId,
      get ended() {
        return ended;
      },
      context: (value) => {
        if (!ended) emit({ type: 'turn.context', context: value }, turnId);
      },
      start(item, options = {}) {
        if (ended) return { id: item.id, done: true, delta: () => {}, complete: () => {}, abandon: () => {} };
        // I10: a model may repeat an id, also that of a terminal left running; the second item gets one of its own.
        const unique = uniqueItem(item, (taken) => usedIds.has(taken) || state.openItems.has(taken));
        const { id } = unique;
        usedIds.add(id);
        open.set(id, { item: unique, abandoned: options.abandoned });
        emit({ type: 'item.started', item: unique }, turnId);
        return {
          id,
          get done() {
            return !open.has(id);
          },
          delta: (delta) => {
            if (open.has(id)) emit({ type: 'item.delta', itemId: id, delta }, turnId);
          },
          complete: (final) => {
            if (!open.delete(id)) return;
            emit({ type: 'item.completed', item: final.id === id ? final : { ...final, id } }, turnId);
          },
          abandon: () => abandon(id),
        };
      },
      add: (item) => self.start(item).complete(item),
      ask: (method, params, signal) =>
        new Promise((resolve, reject) => {
          if (ended || signal.aborted) {
            reject(signal.aborted ? abortReason(signal) : new AbortedError('The turn is over.'));
            return;
          }
          const id = ++questionIds;
          const question = { id, method, params: { ...params, threadId, turnId } } as unknown as Question;
          const withdraw = () => {
            const entry = pending.get(id);
            if (!entry) return;
            together(() => {
              settle(entry, 'withdrawn', turnId);
              emitStatus(state);
            });
            entry.reject(abortReason(signal));
          };
          pending.set(id, {
            question,
            resolve: (answer) => {
              signal.removeEventListener('abort', withdraw);
              resolve(answer as Answer<typeof method>);
            },
            reject: (error) => {
              signal.removeEventListener('abort', withdraw);
              reject(error);
            },
          });
          signal.addEventListener('abort', withdraw, { once: true });
          together(() => {
            emitStatus({ ...state, questions: new Map([...state.questions, [id, question]]) });
            emit({ type: 'question.opened', question }, turnId);
          });
        }),
      appendContext: (items) => {
        if (!ended && items.length) emit({ type: 'context.appended', items }, turnId);
      },
      compacted: (compaction) => {
        if (!ended) emit({ type: 'context.compacted', compaction }, turnId);
      },
      diff: (diff) => {
        if (!ended && diff !== state.diff) emit({ type: 'turn.diff', diff }, turnId);
      },
      plan: (explanation, steps) => {
        if (ended || JSON.stringify([explanation, steps]) === state.plan) return;
        emit({ type: 'turn.plan', explanation, steps }, turnId);
      },
      usage(usage, rateLimits) {
        if (ended) return;
        const changed = (next: unknown, last: unknown) => next && JSON.stringify(next) !== JSON.stringify(last);
        const event: ThreadEvent = {
          type: 'turn.usage',
          usage: changed(usage, state.usage) ? usage : null,
          rateLimits: changed(rateLimits, state.rateLimits) ? rateLimits : null,
        };
        if (event.usage || event.rateLimits) emit(event, turnId);
      },
      repeatUsage: () => {
        if (!ended && state.usage) emit({ type: 'turn.usage', usage: state.usage, rateLimits: null }, turnId);
      },
      holdStatus: () => {
        statusHeld = !ended;
      },
      rerouted(from, to) {
        if (ended || rerouted) return false;
        rerouted = true;
        emit({ type: 'turn.rerouted', from, to }, turnId);
        return true;
      },
      retrying: (error, attempt) => {
        if (!ended) emit({ type: 'turn.retrying', error, attempt }, turnId);
      },
      hook: (run) => {
        if (!ended) emit({ type: 'turn.hook', run }, turnId);
      },
      end(endStatus, error = null) {
        if (!ended) together(() => finish(endStatus, error));
      },
    };

    const finish = (endStatus: TurnEnd, error: TurnError | null): void => {
      // I2 and I3, before anybody hears that the turn is over.
      for (const entry of [...pending.values()]) {
        settle(entry, 'withdrawn', turnId);
        entry.reject(new AbortedError('The turn ended before the question was answered.'));
      }
      for (const id of [...open.keys()]) abandon(id);
      ended = true;
      scope = null;
      statusHeld = false;
      emitStatus({ ...state, active: null, systemError: endStatus === 'failed' });
      emit({ type: 'turn.ended', status: endStatus, error }, turnId);
    };
    scope = self;
    together(() => {
      emitStatus({
        ...state,
        active: { id: turnId, items: [], status: 'inProgress', error: null },
        systemError: false,
      });
      emit({ type: 'turn.started', turn }, turnId);
    });
    return self;
  };

  return {
    threadId,
    state,
    context,
    get seq() {
      return seq;
    },
    seed: (items) => emit({ type: 'context.appended', items }, null),
    opened: (thread, origin) => emit({ type: 'thread.opened', thread, origin }, null),
    renamed: (name) => emit({ type: 'thread.renamed', name }, null),
    closed() {
      together(() => {
        scope?.end('interrupted');
        if (state.closed) return;
        emitStatus({ ...state, closed: true });
        emit({ type: 'thread.closed' }, null);
      });
    },
    notice: (level, message, details = null) => emit({ type: 'notice', level, message, details }, null),
    rolledBack(turns) {
      if (scope) throw new Error(`turn ${scope.turnId} is still running`);
      emit({ type: 'context.rolledBack', turns }, null);
    },
    forget() {
      const isNeeded = (turn: Turn) => turn === state.active || turn.items.some(({ id }) => state.openItems.has(id));
      if (!state.turns.every(isNeeded)) state.turns = state.turns.filter(isNeeded);
      context.turns = context.turns.filter(({ items }) => items === context.items);
    },
    recall(kept) {
      if (scope) throw new Error(`turn ${scope.turnId} is still running`);
      Object.assign(context, kept);
    },
    recounted: (id, usage) => emit({ type: 'turn.usage', usage, rateLimits: null }, id),
    beginTurn,
    answer(questionId, answer) {
      const entry = pending.get(questionId);
      if (!entry) return false;
      together(() => {
        settle(entry, 'answered', entry.question.params.turnId ?? '');
        emitStatus(state);
      });
      entry.resolve(answer);
      return true;
    },
    subscribe(listener) {
      const entry = { hear: listener, after: seq };
      listeners.add(entry);
      return { seq, stop: () => listeners.delete(entry) };
    },
  };
}

function uniqueItem(item: ThreadItem, taken: (id: string) => boolean): ThreadItem {
  if (!taken(item.id)) return item;
  let n = 2;
  while (taken(`${item.id}#${n}`)) n += 1;
  return { ...item, id: `${item.id}#${n}` };
}
