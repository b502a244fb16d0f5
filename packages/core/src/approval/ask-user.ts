import { createDeadline, linkedController, type Clock } from '@codex/base';
import type { Config } from '@codex/config';
import { RPC_CODES, type ServerRequestParams, type ServerRequestResult } from '@codex/protocol';
import type { QuestionMethod, TurnScope } from '@codex/timeline';
import type { PauseSwitch } from '../session.ts';

/** How a question about an approval came to its end. */
export type Reply<M extends QuestionMethod> =
  | { kind: 'answered'; result: ServerRequestResult<M> }
  /** The client answered something that cannot be understood. */
  | { kind: 'unclear' }
  /** The client could not decide. */
  | { kind: 'failed'; message: string }
  /** Nobody answered in time; `stopTurn` is what the user wants then. */
  | { kind: 'unanswered'; ms: number; stopTurn: boolean };

export interface Asking {
  scope: TurnScope;
  signal: AbortSignal;
  config: Pick<Config, 'approvalTimeout'>;
  session: { readonly clock: Clock; readonly pauses: PauseSwitch };
}

/** Puts a question to the clients while the clocks of running tools stand still. Rejects with the abort reason. */
export async function askUser<M extends QuestionMethod>(
  { scope, signal, config, session }: Asking,
  method: M,
  params: Omit<ServerRequestParams<M>, 'threadId' | 'turnId'>,
): Promise<Reply<M>> {
  const limit = config.approvalTimeout;
  const deadline = createDeadline(limit?.ms ?? null, session.clock);
  const { controller, unlink } = linkedController(signal, deadline.signal);
  session.pauses.add(1);
  try {
    const answer = await scope.ask(method, params, controller.signal);
    if (answer.ok) return { kind: 'answered', result: answer.result };
    const { code, message } = answer.error;
    return code === RPC_CODES.invalidParams ? { kind: 'unclear' } : { kind: 'failed', message };
  } catch (error) {
    if (!limit || !deadline.expired || signal.aborted) throw error;
    return { kind: 'unanswered', ms: limit.ms, stopTurn: limit.action === 'cancel' };
  } finally {
    session.pauses.add(-1);
    unlink();
    deadline.clear();
  }
}
