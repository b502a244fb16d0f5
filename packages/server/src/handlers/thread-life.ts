import { CodexError } from '@codex/base';
import { closeThread } from '../close-thread.ts';
import type { Handlers, RequestContext } from '../context.ts';
import { requireThread, threadNotFound } from '../loaded-thread.ts';
import { requireRollout } from '../stored-thread.ts';
import { parseThreadId } from '../thread-id.ts';

export const threadLifeHandlers = {
  /** The last one to leave closes the thread, after the answer (§14.4). */
  'thread/unsubscribe'(params, ctx) {
    const id = parseThreadId(params.threadId);
    const { subscriptions } = ctx.server;
    const thread = ctx.server.loadedThread(id);
    if (!thread) {
      subscriptions.drop(id);
      return { status: 'notLoaded' };
    }
    if (!subscriptions.unsubscribe(id, ctx.connection)) return { status: 'notSubscribed' };
    ctx.afterReply(async () => {
      if (subscriptions.of(id).size === 0) await closeThread(thread, { clock: ctx.server.clock, log: ctx.log });
    });
    return { status: 'unsubscribed' };
  },

  async 'thread/name/set'(params, ctx) {
    const id = parseThreadId(params.threadId);
    const name = params.name.trim();
    if (name === '') throw new CodexError('invalidRequest', 'thread name must not be empty');
    const thread = ctx.server.loadedThread(id);
    const { services, subscriptions } = ctx.server;
    if (!thread && (await services.store.find(id)) === null) throw threadNotFound(id);
    // The name of an ephemeral thread lives as long as the thread.
    if (!thread?.header.ephemeral) await services.store.saveName(id, name);
    ctx.afterReply(() => {
      if (thread) thread.rename(name);
      else subscriptions.broadcast({ method: 'thread/name/updated', params: { threadId: id, threadName: name } });
    });
    return {};
  },

  async 'thread/archive'(params, ctx) {
    const id = parseThreadId(params.threadId);
    const path = await requireRollout(ctx, id);
    const thread = ctx.server.loadedThread(id);
    if (thread) {
      // Clients hear of it by `thread/archived`.
      ctx.server.feed.closeQuietly(id);
      await closeThread(thread, { clock: ctx.server.clock, log: ctx.log });
    }
    await ctx.server.services.store.archive(path);
    tellAll(ctx, 'thread/archived', id);
    return {};
  },

  async 'thread/unarchive'(params, ctx) {
    const id = parseThreadId(params.threadId);
    const { store } = ctx.server.services;
    const archived = await store.findArchived(id);
    const thread = archived === null ? null : await store.wire(await store.unarchive(archived));
    if (!thread) throw new CodexError('rolloutNotFound', `no archived rollout found for thread id ${id}`);
    tellAll(ctx, 'thread/unarchived', id);
    return { thread };
  },

  'thread/increment_elicitation'(params, ctx) {
    const count = ctx.server.elicitations.begin(requireThread(ctx, params.threadId), ctx.connection);
    return { count, paused: count > 0 };
  },

  'thread/decrement_elicitation'(params, ctx) {
    const count = ctx.server.elicitations.end(requireThread(ctx, params.threadId), ctx.connection);
    return { count, paused: count > 0 };
  },

  async 'thread/backgroundTerminals/clean'(params, ctx) {
    await requireThread(ctx, params.threadId).cleanBackgroundTerminals();
    return {};
  },
} satisfies Partial<Handlers>;

function tellAll(ctx: RequestContext, method: 'thread/archived' | 'thread/unarchived', threadId: string): void {
  ctx.afterReply(() => ctx.server.subscriptions.broadcast({ method, params: { threadId } }));
}
