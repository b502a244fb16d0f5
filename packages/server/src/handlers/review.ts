import { CodexError, isCodexError, toMessage } from '@codex/base';
import type { Thread } from '@codex/core';
import type { Handlers, RequestContext } from '../context.ts';
import { requireThread } from '../loaded-thread.ts';
import { osErrorText } from '../os-error.ts';
import { noRollout } from '../stored-thread.ts';
import { reviewRequest } from '../review-request.ts';

export const reviewHandlers = {
  async 'review/start'({ threadId, target, delivery }, ctx) {
    const thread = requireThread(ctx, threadId);
    const request = await reviewRequest(target, thread.settings().cwd, ctx.server.env);
    const on = delivery === 'detached' ? await forkFor(ctx, thread, fileOf(thread)) : thread;
    const { turn, run } = on.prepareReview(request);
    ctx.afterReply(() => {
      ctx.server.feed.expectTurn(on.id);
      run();
    });
    // Clients show what is reviewed from the answer on.
    const content = [{ type: 'text' as const, text: request.hint, text_elements: [] }];
    return { turn: { ...turn, items: [{ type: 'userMessage', id: turn.id, content }] }, reviewThreadId: on.id };
  },
} satisfies Partial<Handlers>;

function fileOf({ id, header }: Thread): string {
  if (header.path === null) throw noRollout(id);
  return header.path;
}

/** A new thread that begins with the turns of the other one; its client follows it from here. */
async function forkFor(ctx: RequestContext, source: Thread, path: string): Promise<Thread> {
  const { server, connection } = ctx;
  try {
    await source.flush();
    const { config } = await server.services.config.forThread({ cwd: source.settings().cwd });
    const identity = connection.introduction?.identity;
    if (!identity) throw new Error('a request was let through before initialize');
    const threads = await server.threads();
    const { sessionSource } = server;
    const fork = await threads.fork({ config, source: sessionSource, client: identity, path, ephemeral: false });
    const history = await fork.history();
    server.subscriptions.subscribe(fork.id, connection);
    const started = { method: 'thread/started', params: { thread: fork.toWire() } } as const;
    server.subscriptions.broadcast(started, history.take());
    return fork;
  } catch (error) {
    const text = isCodexError(error) ? toMessage(error) : osErrorText(error);
    throw new CodexError('internal', `error creating detached review thread: ${text}`, { cause: error });
  }
}
