import { type OnQuestion, RpcError } from '@codex/app-server-client';
import type { RequestId } from '@codex/protocol';
import type { Msg } from './model.ts';

/** Questions of the server that wait for a person. */
export interface Questions {
  ask: OnQuestion;
  answer(id: RequestId, result: unknown): void;
  refuse(id: RequestId, message: string): void;
  /** The server no longer waits. */
  withdraw(id: RequestId): void;
}

const INVALID_REQUEST = -32600;

export function createQuestions(dispatch: (msg: Msg) => void): Questions {
  const open = new Map<RequestId, { resolve(result: unknown): void; reject(error: Error): void }>();
  const take = (id: RequestId) => {
    const question = open.get(id);
    open.delete(id);
    return question;
  };
  return {
    ask: (method, params, id) =>
      new Promise<unknown>((resolve, reject) => {
        open.set(id, { resolve, reject });
        dispatch({ type: 'question', id, method, params });
      }) as never,
    answer: (id, result) => take(id)?.resolve(result),
    refuse: (id, message) => take(id)?.reject(new RpcError({ code: INVALID_REQUEST, message })),
    withdraw: (id) => take(id)?.reject(new RpcError({ code: INVALID_REQUEST, message: 'withdrawn' })),
  };
}
