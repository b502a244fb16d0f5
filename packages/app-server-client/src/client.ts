import { abortReason, type Channel, isObject, toMessage } from '@codex/base';
import type {
  ClientMethod,
  ParamsIn,
  RequestId,
  ResultOf,
  RpcErrorBody,
  RpcMessage,
  ServerNotification,
  ServerRequestMethod,
  ServerRequestParams,
  ServerRequestResult,
} from '@codex/protocol';
import { createEventQueue } from './event-queue.ts';
import { ConnectionClosed, RpcError } from './errors.ts';

/** Answers a question of the server: resolves to the result, or throws an RpcError that the server gets instead. */
export type OnQuestion = <M extends ServerRequestMethod>(
  method: M,
  params: ServerRequestParams<M>,
  id: RequestId,
) => Promise<ServerRequestResult<M>>;

export interface ClientOptions {
  onQuestion: OnQuestion;
  /** Notifications that may wait for a reader before the least important ones are dropped. Default 10 000. */
  maxWaitingEvents?: number;
}

export interface Client {
  /**
   * Sends a request. Rejects with `RpcError` for an error answer, `ConnectionClosed` when the connection ends first,
   * or the abort reason; an abort only ends the waiting, the server is not told. Results are typed, not checked.
   */
  request<M extends ClientMethod>(
    method: M,
    params: ParamsIn<M>,
    options?: { signal?: AbortSignal },
  ): Promise<ResultOf<M>>;
  /** Sends a notification such as `initialized`. */
  notify(method: string, params?: unknown): void;
  /**
   * Notifications from the beginning, for one reader; ends with the connection. For a reader that falls behind, text
   * deltas are dropped first (the completed item holds the whole text), `turn/completed` last.
   */
  readonly events: AsyncIterable<ServerNotification>;
  /** How many notifications were dropped. */
  readonly droppedEvents: number;
  /** Resolves when the connection has ended, with what went wrong or null. Never rejects. */
  readonly closed: Promise<Error | null>;
  /** Closes the channel and waits for its end. Safe to call twice. */
  close(): Promise<void>;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

const INVALID_REQUEST = -32600;
const INTERNAL = -32603;

/** A typed client over any channel of parsed JSON values (architecture §6.13). It does not send `initialize` itself. */
export function createClient(channel: Channel<unknown, RpcMessage>, options: ClientOptions): Client {
  const pending = new Map<RequestId, Pending>();
  const events = createEventQueue(options.maxWaitingEvents ?? 10_000);
  let nextId = 0;
  let ended: ConnectionClosed | undefined;

  const answer = async (id: RequestId, method: string, params: unknown): Promise<void> => {
    try {
      const result = await options.onQuestion(method as ServerRequestMethod, params as never, id);
      if (!ended) channel.send({ id, result });
    } catch (error) {
      const body = error instanceof RpcError ? error.toBody() : { code: INTERNAL, message: toMessage(error) };
      if (!ended) channel.send({ id, error: body });
    }
  };

  const settle = (id: RequestId, message: Record<string, unknown>): void => {
    const waiting = pending.get(id);
    if (!waiting) return;
    pending.delete(id);
    if ('result' in message) waiting.resolve(message['result']);
    else waiting.reject(new RpcError(errorBody(message['error'])));
  };

  const receive = (message: unknown): void => {
    if (!isObject(message)) return;
    const { id, method } = message;
    const answerable = typeof id === 'string' || typeof id === 'number';
    if (typeof method !== 'string') {
      if (answerable) settle(id, message);
    } else if (answerable) void answer(id, method, message['params']);
    else events.push(message as ServerNotification);
  };

  const listen = async (): Promise<Error | null> => {
    let failure: Error | null = null;
    try {
      for await (const message of channel.messages) receive(message);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    ended = new ConnectionClosed(failure?.message ?? 'the connection was closed', { cause: failure ?? undefined });
    for (const waiting of pending.values()) waiting.reject(ended);
    pending.clear();
    events.end();
    return failure;
  };
  const closed = listen();

  const request = (method: string, params: unknown, signal: AbortSignal | undefined): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended || signal?.aborted) {
        reject(ended ?? abortReason(signal));
        return;
      }
      const id = nextId++;
      const stop = () => {
        pending.delete(id);
        reject(abortReason(signal));
      };
      const leave = () => signal?.removeEventListener('abort', stop);
      signal?.addEventListener('abort', stop, { once: true });
      pending.set(id, {
        resolve: (result) => {
          leave();
          resolve(result);
        },
        reject: (error) => {
          leave();
          reject(error);
        },
      });
      channel.send(params === undefined ? { id, method } : { id, method, params });
    });

  return {
    request: <M extends ClientMethod>(method: M, params: ParamsIn<M>, { signal }: { signal?: AbortSignal } = {}) =>
      request(method, params, signal) as Promise<ResultOf<M>>,
    notify: (method, params) => {
      if (!ended) channel.send(params === undefined ? { method } : { method, params });
    },
    events,
    get droppedEvents() {
      return events.dropped;
    },
    closed,
    async close() {
      channel.close();
      await closed;
    },
  };
}

/** An error as the server meant it; a malformed one is still an error. */
function errorBody(error: unknown): RpcErrorBody {
  if (!isObject(error)) return { code: INVALID_REQUEST, message: 'the server answered neither result nor error' };
  const { code, message, data } = error;
  return {
    code: typeof code === 'number' ? code : INTERNAL,
    message: typeof message === 'string' ? message : 'unknown error',
    data,
  };
}
