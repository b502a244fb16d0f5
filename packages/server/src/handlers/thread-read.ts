import { CodexError } from '@codex/base';
import type { Thread } from '@codex/core';
import type { Thread as WireThread } from '@codex/protocol';
import type { Handlers, RequestContext } from '../context.ts';
import { parseThreadId, readUuid } from '../thread-id.ts';

export const threadReadHandlers = {
  async 'thread/read'({ threadId, includeTurns }, ctx) {
    const id = parseThreadId(threadId);
    const thread = ctx.server.loadedThread(id);
    if (!thread) return { thread: await readStored(ctx, id, includeTurns) };
    // What git says comes with the first line of the file.
    if (thread.state.turns.length > 0) await thread.flush();
    return { thread: readLoaded(thread, includeTurns) };
  },

  async 'thread/list'(params, ctx) {
    const loaded = ctx.server.loadedThreads().flatMap((thread) => thread.header.path ?? []);
    const { data, nextCursor } = await ctx.server.services.store.list(params, loaded);
    const live = (stored: WireThread) => ctx.server.loadedThread(stored.id)?.toWire().status ?? stored.status;
    return { data: data.map((stored) => ({ ...stored, status: live(stored) })), nextCursor };
  },

  'thread/loaded/list'({ cursor, limit }, ctx) {
    const after = cursor === undefined || cursor === null ? null : readUuid(cursor);
    if (after === null && typeof cursor === 'string') {
      throw new CodexError('invalidRequest', `invalid cursor: ${cursor}`);
    }
    const ids = ctx.server
      .loadedThreads()
      .map((thread) => thread.id)
      .filter((id) => after === null || id > after)
      .sort();
    const data = ids.slice(0, Math.max(1, limit ?? ids.length));
    return { data, nextCursor: data.length < ids.length ? (data.at(-1) ?? null) : null };
  },
} satisfies Partial<Handlers>;

function readLoaded(thread: Thread, turns: boolean): WireThread {
  if (turns && thread.header.ephemeral) {
    throw new CodexError('invalidRequest', 'ephemeral threads do not support includeTurns');
  }
  if (turns && thread.state.turns.length === 0) {
    const reason = 'is not materialized yet; includeTurns is unavailable before first user message';
    throw new CodexError('invalidRequest', `thread ${thread.id} ${reason}`);
  }
  return thread.toWire({ turns });
}

async function readStored(ctx: RequestContext, id: string, turns: boolean): Promise<WireThread> {
  const { store } = ctx.server.services;
  const path = (await store.find(id)) ?? (await store.findArchived(id));
  const thread = path === null ? null : await store.wire(path, { turns });
  if (!thread) throw new CodexError('threadNotFound', `thread not loaded: ${id}`);
  return thread;
}
