import { isObject } from '@codex/base';
import type { ServerNotification, Thread as WireThread } from '@codex/protocol';
import type { FrozenTurns } from '@codex/rollout';
import type { Question } from '@codex/timeline';
import { WithTurns } from '../at-reply.ts';
import { type Outgoing, outgoing, outgoingWithTurns } from '../outgoing.ts';

/*
 * What clients of later versions get beside what those of this one get (app-server specification §20.3). They do not
 * read messages without it. Times are ms since the epoch.
 */

/** A notification for whoever it goes to, written at most once in either form. `turns` are those of its thread. */
export function inForms(
  notification: ServerNotification,
  { turns, after, now }: { turns?: FrozenTurns | undefined; after?: Promise<void> | undefined; now: number },
): (client: { readonly later: boolean }) => Outgoing {
  const write = (note: ServerNotification) => (turns ? outgoingWithTurns(note, turns) : outgoing(note, after));
  const plain = write(notification);
  let rich: Outgoing | undefined;
  return (client) => {
    if (!client.later) return plain;
    rich ??= hasMore(notification) ? write(withMore(notification, now)) : plain;
    return rich;
  };
}

type Enriched = Extract<ServerNotification, { method: 'thread/started' | 'item/started' | 'item/completed' }>;

function hasMore(note: ServerNotification): note is Enriched {
  return note.method === 'thread/started' || note.method === 'item/started' || note.method === 'item/completed';
}

function withMore(note: Enriched, now: number): ServerNotification {
  switch (note.method) {
    case 'thread/started':
      return { ...note, params: { thread: laterThread(note.params.thread) } };
    case 'item/started':
      return { ...note, params: { ...note.params, ...{ startedAtMs: now } } };
    case 'item/completed':
      return { ...note, params: { ...note.params, ...{ completedAtMs: now } } };
  }
}

/** What the user should know, for those whose version has a word for it; null is about no thread. */
export function laterWarning(threadId: string | null, message: string): Outgoing {
  return outgoing({ method: 'warning', params: { threadId, message } });
}

/** The params of a question to a later client, asked first at `askedAt`, of a thread that works in `cwd`. */
export function laterQuestion(
  { method, params }: Question,
  { askedAt, cwd }: { askedAt: number; cwd: string },
): object {
  switch (method) {
    case 'item/commandExecution/requestApproval':
    case 'item/fileChange/requestApproval':
      return { ...params, startedAtMs: askedAt };
    case 'item/permissions/requestApproval':
      return { ...params, startedAtMs: askedAt, cwd };
    case 'item/tool/requestUserInput':
      return { ...params, isBlocking: true, autoResolutionMs: null };
    default:
      return params;
  }
}

/** The result of a request. `excludeTurns` is what the client said about the turns of the thread it asks for. */
export function laterResult(result: unknown, excludeTurns: boolean): unknown {
  if (result instanceof WithTurns) {
    const bare = {
      ...result.result,
      ...laterPolicy('approvalPolicy', { ...result.result }),
      thread: laterThread(result.result.thread),
    };
    return excludeTurns ? bare : new WithTurns(bare, result.turns);
  }
  if (!isObject(result)) return result;
  const { thread, data, config } = result;
  if (isObject(config)) return { ...result, config: { ...config, ...laterPolicy('approval_policy', config) } };
  if (isThread(thread)) return { ...result, ...laterPolicy('approvalPolicy', result), thread: laterThread(thread) };
  return Array.isArray(data) && data.every(isThread) ? { ...result, data: data.map(laterThread) } : result;
}

/** Asking only after a failure is gone from later versions; what comes nearest asks beforehand. */
function laterPolicy(key: string, holder: Readonly<Record<string, unknown>>): object {
  return holder[key] === 'on-failure' ? { [key]: 'on-request' } : {};
}

function isThread(value: unknown): value is WireThread {
  return isObject(value) && typeof value['id'] === 'string' && Array.isArray(value['turns']);
}

/** A thread is a session of its own and in no project. */
function laterThread(thread: WireThread): WireThread {
  return { ...thread, ...{ sessionId: thread.id, projectId: null } };
}
