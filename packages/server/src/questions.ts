import { type Clock, type Logger, raceAbort, systemClock } from '@codex/base';
import {
  decodeValue,
  RPC_CODES,
  type RequestId,
  type RpcErrorBody,
  type RpcMessage,
  type ServerRequestMethod,
  type ServerRequestParams,
  type ServerRequestResult,
  type ServerRequests,
  serverRequests,
} from '@codex/protocol';
import type { Answer, Question } from '@codex/timeline';
import type { Connection, Reply } from './connection.ts';
import { laterQuestion } from './later/messages.ts';
import { outgoing } from './outgoing.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Who takes the answers: a thread. */
export interface Answerable {
  readonly id: string;
  settings(): { readonly cwd: string };
  answer(questionId: number, answer: Answer): boolean;
}

/** Requests to clients: one request id for all who are asked, the first answer counts (§11). */
export interface Questions {
  /** Asks all subscribers of the thread; with none the question waits for the next one. */
  open(thread: Answerable, question: Question): void;
  /** The question is settled or withdrawn: nobody need answer any more. */
  close(threadId: string, question: Question): void;
  /** Asks a newcomer everything that is open, oldest first. */
  replay(threadId: string, connection: Connection): void;
  /**
   * Asks every client something that is about no thread. Null when there is nobody to ask; rejects with the abort
   * reason.
   */
  askAll<M extends ServerRequestMethod>(
    method: M,
    params: ServerRequestParams<M>,
    signal: AbortSignal,
  ): Promise<AnyAnswer<M> | null>;
  receive(connection: Connection, reply: Reply): void;
}

export type AnyAnswer<M extends ServerRequestMethod> =
  | { ok: true; result: ServerRequestResult<M> }
  | { ok: false; error: RpcErrorBody };

interface Asked {
  thread: Answerable;
  question: Question;
  /** ms since the epoch. */
  askedAt: number;
}

interface Pending {
  method: ServerRequestMethod;
  /** The thread's question this is; null for what is about no thread. */
  about: Asked | null;
  asked: WeakSet<Connection>;
  settle(answer: AnyAnswer<ServerRequestMethod>): void;
}

export function createQuestions(deps: { subscriptions: Subscriptions; log: Logger; clock?: Clock }): Questions {
  const { subscriptions, log, clock = systemClock } = deps;
  /** In order of the request ids, which are integers from 0 for the whole process. */
  const pending = new Map<RequestId, Pending>();
  let nextId = 0;

  const ask = (requestId: number, about: Asked, asked: WeakSet<Connection>, connections: Iterable<Connection>) => {
    const full = outgoing(requestOf(requestId, about.question));
    for (const connection of connections) {
      asked.add(connection);
      const isPlain = connection.introduction?.experimental && !connection.later;
      connection.ask(isPlain ? full : outgoing(requestOf(requestId, questionFor(connection, about))));
    }
  };

  return {
    open(thread, question) {
      const requestId = nextId++;
      const asked = new WeakSet<Connection>();
      const about = { thread, question, askedAt: clock.now() };
      pending.set(requestId, {
        method: question.method,
        about,
        asked,
        settle: (answer) => thread.answer(question.id, answer as Answer),
      });
      ask(requestId, about, asked, subscriptions.of(thread.id));
    },
    close(threadId, question) {
      for (const [requestId, { about }] of pending) {
        if (about?.thread.id !== threadId || about.question.id !== question.id) continue;
        pending.delete(requestId);
        if (question.method === 'item/tool/call') return;
        subscriptions.publish(threadId, { method: 'serverRequest/resolved', params: { threadId, requestId } });
        return;
      }
    },
    replay(threadId, connection) {
      for (const [requestId, { about, asked }] of pending) {
        if (about?.thread.id === threadId) ask(Number(requestId), about, asked, [connection]);
      }
    },
    async askAll(method, params, signal) {
      const asked = new Set([...subscriptions.connections].filter((connection) => connection.phase === 'ready'));
      if (asked.size === 0) return null;
      const requestId = nextId++;
      const request = outgoing({ method, id: requestId, params });
      const answered = new Promise<AnyAnswer<typeof method>>((resolve) => {
        const settle = (answer: AnyAnswer<ServerRequestMethod>) => resolve(answer as AnyAnswer<typeof method>);
        pending.set(requestId, { method, about: null, asked: new WeakSet(asked), settle });
      });
      for (const connection of asked) connection.ask(request);
      try {
        return await raceAbort(answered, signal);
      } finally {
        pending.delete(requestId);
      }
    },
    receive(connection, reply) {
      const entry = pending.get(reply.id);
      if (!entry?.asked.has(connection)) {
        log.debug({ id: reply.id, connection: connection.id }, 'an answer to no open question was dropped');
        return;
      }
      const answer = readAnswer(entry.method, reply);
      if (!answer.ok) log.info({ method: entry.method, error: answer.error }, 'a question was not answered');
      entry.settle(answer);
    },
  };
}

/** In the form that this client understands and may see. */
function questionFor(
  connection: Connection,
  { thread, question, askedAt }: Asked,
): Pick<Question, 'method'> & { params: object } {
  const shown = connection.introduction?.experimental ? question : withoutExperimental(question);
  if (!connection.later) return shown;
  return { method: shown.method, params: laterQuestion(shown, { askedAt, cwd: thread.settings().cwd }) };
}

function requestOf(id: number, question: Pick<Question, 'method'> & { params: object }): RpcMessage {
  return { method: question.method, id, params: question.params };
}

/** What only clients with the experimental capability may see (§5). */
function withoutExperimental(question: Question): Question {
  if (question.method !== 'item/commandExecution/requestApproval') return question;
  const { additionalPermissions: _, ...params } = question.params;
  return { ...question, params };
}

/** An answer of the wrong shape counts as a refusal; what follows from it is for whoever asked to say. */
function readAnswer(method: ServerRequestMethod, reply: Reply): AnyAnswer<ServerRequestMethod> {
  if (reply.kind === 'error') return { ok: false, error: reply.error };
  const decoded = decodeValue<ReturnType<ServerRequests[typeof method]['result']>>(
    serverRequests[method].result,
    reply.result,
  );
  if (decoded.ok) return { ok: true, result: decoded.value as ServerRequestResult<ServerRequestMethod> };
  return { ok: false, error: { code: RPC_CODES.invalidParams, message: decoded.message } };
}
