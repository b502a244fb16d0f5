import type { RpcErrorBody, ServerRequestParams, ServerRequestResult } from '@codex/protocol';

/** The questions a running turn can put to a human or a client, by the name of the request that carries them. */
export const QUESTION_FLAGS = {
  'item/commandExecution/requestApproval': 'waitingOnApproval',
  'item/fileChange/requestApproval': 'waitingOnApproval',
  'item/permissions/requestApproval': 'waitingOnApproval',
  'mcpServer/elicitation/request': 'waitingOnApproval',
  'item/tool/requestUserInput': 'waitingOnUserInput',
  'item/tool/call': null,
} as const;

export type QuestionMethod = keyof typeof QUESTION_FLAGS;

/** A question in its wire form; `id` is unique within the thread and is not the request id a client sees. */
export type Question = {
  [M in QuestionMethod]: { id: number; method: M; params: ServerRequestParams<M> };
}[QuestionMethod];

export type Answer<M extends QuestionMethod = QuestionMethod> =
  | { ok: true; result: ServerRequestResult<M> }
  | { ok: false; error: RpcErrorBody };
