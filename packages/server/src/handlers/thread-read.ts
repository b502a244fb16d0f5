import { CodexError } from '@codex/base';
import type { Thread } from '@codex/core';
import type { Thread as WireThread } from '@codex/protocol';
import { AtReply, WithTurns } from '../at-reply.ts';
import type { Handlers, RequestContext } from '../context.ts';
import { parseThreadId, readUuid } from '../thread-id.ts';

type Read = { thread: WireThread } | WithTurns<{ thread: WireThread }>;

export const threadReadHandlers = {
  async 'thread/read'({ threadId, includeTurns }, ctx) {
    const id = parseThreadId(threadId);
    const thread = ctx.server.loadedThread(id);
    if (!thread) return readStored(ctx, id, includeTurns);
    if (includeTurns) return readLoaded(thread);
    // What git says comes with the first line of the file.
    if (thread.begun) await thread.flush();
    return { thread: thread.toWire() };
  },

  async 'thread/list'(params, ctx) {
    const loaded = ctx.server.loadedThreads().flatMap((thread) => thread.header.path ?? []);
    const { data, nextCursor } = await ctx.server.services.store.list(params, loaded);
    const live = (stored: WireThread) => ctx.server.loadedThread(stored.id)?.toWire().status ?? stored.status;
    return { data: data.map((stored) => ({ ...stored, status: live(stored) })), nextCursor };
  },

  'thread/loaded/list'({ cursor, limit }, ctx) {
    const all = ctx.server.loadedThreads().map((thread) => thread.id);
    const after = typeof cursor === 'string' && all.length > 0 ? idOf(cursor) : null;
    const ids = all.filter((id) => after === null || id > after).sort();
    const data = ids.slice(0, Math.max(1, limit ?? ids.length));
    return { data, nextCursor: data.length < ids.length ? (data.at(-1) ?? null) : null };
  },
} satisfies Partial<Handlers>;

function idOf(cursor: string): string {
  const id = readUuid(cursor);
  if (id === null) throw new CodexError('invalidRequest', `invalid cursor: ${cursor}`);
  return id;
}

async function readLoaded(thread: Thread): Promise<AtReply<Read>> {
  if (thread.header.ephemeral) {
    throw new CodexError('invalidRequest', 'ephemeral threads do not support includeTurns');
  }
  if (!thread.begun) {
    const reason = 'is not materialized yet; includeTurns is unavailable before first user message';
    throw new CodexError('invalidRequest', `thread ${thread.id} ${reason}`);
  }
  const history = await thread.history();
  return new AtReply(() => new WithTurns({ thread: thread.toWire() }, history.take()));
}

async function readStored(ctx: RequestContext, id: string, turns: boolean): Promise<Read> {
  const { store } = ctx.server.services;
  const path = (await store.find(id)) ?? (await store.findArchived(id));
  const thread = path === null ? null : await store.wire(path);
  if (path === null || !thread) throw new CodexError('threadNotFound', `thread not loaded: ${id}`);
  return turns ? new WithTurns({ thread }, await store.turns(path)) : { thread };
}
