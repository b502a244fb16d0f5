import type { Thread } from '@codex/core';
import { type Stamped, type ThreadEvent, toNotifications, toRawNotifications } from '@codex/timeline';
import type { Questions } from './questions.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Carries the events of loaded threads to the connections. */
export interface ThreadFeed {
  /** To be called once per loaded thread; `parentId` names the thread whose agent opened it. */
  attach(thread: Thread, parentId: string | null): void;
  /** From now on the followers of this thread also get the items of the model's own history. */
  enableRaw(threadId: string): void;
  /** A turn of this thread has been let go and will begin in a moment. */
  expectTurn(threadId: string): void;
  expectsTurn(threadId: string): boolean;
  /** The thread is about to be closed for a reason that clients hear of otherwise: no `thread/closed`. */
  closeQuietly(threadId: string): void;
}

export interface ThreadFeedDeps {
  subscriptions: Subscriptions;
  questions: Questions;
  onWarning: (message: string) => void;
  /** Some turn has ended, or a thread is gone. */
  onTurnEnded: () => void;
}

/** What a client that was told of it will rely on: it must be in the thread's file by then, come what may. */
function isLasting({ type }: ThreadEvent): boolean {
  return type === 'item.completed' || type === 'turn.ended';
}

export function createThreadFeed(deps: ThreadFeedDeps): ThreadFeed {
  const { subscriptions, questions, onWarning, onTurnEnded } = deps;
  const raw = new Set<string>();
  const quiet = new Set<string>();
  const expected = new Set<string>();

  const hear = (thread: Thread, stamped: Stamped) => {
    const { event, threadId } = stamped;
    switch (event.type) {
      case 'question.opened':
        questions.open(thread, event.question);
        return;
      case 'question.closed':
        questions.close(threadId, event.question);
        return;
      case 'thread.status':
        // Between the last turn that nobody follows and the end of its thread there is nothing to tell (§14.4).
        if (event.status.type === 'idle' && thread.closing && subscriptions.of(threadId).size === 0) return;
        break;
      case 'context.appended':
        if (raw.has(threadId)) for (const note of toRawNotifications(stamped)) subscriptions.publish(threadId, note);
        return;
      default:
        break;
    }
    for (const note of toNotifications(stamped)) {
      if (note.method === 'thread/closed' && quiet.has(threadId)) continue;
      subscriptions.publish(threadId, note, isLasting(event) ? thread.flush() : undefined);
    }
    if (event.type === 'notice' && event.level === 'warning') {
      for (const connection of subscriptions.of(threadId)) connection.caution(threadId, event.message);
      onWarning(event.message);
    }
    if (event.type === 'turn.started') expected.delete(threadId);
    if (event.type === 'turn.ended') onTurnEnded();
    if (event.type === 'thread.closed') {
      raw.delete(threadId);
      expected.delete(threadId);
      quiet.delete(threadId);
      subscriptions.drop(threadId);
      onTurnEnded();
    }
  };

  return {
    attach(thread, parentId) {
      thread.subscribe((stamped) => hear(thread, stamped));
      if (parentId === null) return;
      // Who follows a thread follows the agents it starts; these are not announced by `thread/started`.
      for (const connection of subscriptions.of(parentId)) subscriptions.subscribe(thread.id, connection);
      subscriptions.broadcast({
        method: 'thread/status/changed',
        params: { threadId: thread.id, status: thread.toWire().status },
      });
    },
    enableRaw: (threadId) => raw.add(threadId),
    expectTurn: (threadId) => expected.add(threadId),
    expectsTurn: (threadId) => expected.has(threadId),
    closeQuietly: (threadId) => quiet.add(threadId),
  };
}
