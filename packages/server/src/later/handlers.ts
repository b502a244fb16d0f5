import { CodexError } from '@codex/base';
import type { LaterMethod, LaterParams, LaterResult, PluginSummary } from '@codex/protocol';
import type { FrozenTurns } from '@codex/rollout';
import type { RequestContext } from '../context.ts';
import { parseThreadId } from '../thread-id.ts';

type LaterHandlers = {
  readonly [M in LaterMethod]: (params: LaterParams<M>, ctx: RequestContext) => Promise<LaterResult<M>>;
};

const PAGE = 25;
const MAX_PAGE = 100;

/** Methods that only clients of later versions know, as far as they need them (§20.3). */
export const laterHandlers: LaterHandlers = {
  async 'hooks/list'({ cwds }, ctx) {
    const folders = cwds ?? [ctx.server.cwd];
    const entries = folders.map(async (cwd) => {
      const { features } = await ctx.server.services.config.current(cwd);
      const warnings = features.codex_hooks ? ['This server runs hooks and does not list them.'] : [];
      return { cwd, hooks: [], warnings, errors: [] };
    });
    return { data: await Promise.all(entries) };
  },

  async 'plugin/installed'({ cwds }, ctx) {
    const { marketplaces } = await ctx.server.services.plugins.list({ cwds: cwds ?? null, forceRemoteSync: false });
    const installed = marketplaces.flatMap(({ plugins, ...marketplace }) => {
      const own = plugins.filter((plugin) => plugin.installed).map(laterPlugin);
      return own.length > 0 ? [{ ...marketplace, interface: null, plugins: own }] : [];
    });
    return { marketplaces: installed, marketplaceLoadErrors: [] };
  },

  async 'thread/turns/list'({ threadId, cursor, limit, sortDirection }, ctx) {
    const turns = await turnsOf(ctx, parseThreadId(threadId));
    const size = Math.min(Math.max(1, limit ?? PAGE), MAX_PAGE);
    const place = readCursor(cursor ?? null);
    const ascending = sortDirection === 'asc';
    // A cursor is the number of turns before the gap that it stands in.
    const from = Math.min(place ?? (ascending ? 0 : turns.count), turns.count);
    const [start, end] = ascending ? [from, Math.min(from + size, turns.count)] : [Math.max(0, from - size), from];
    const data = turns.slice(start, end);
    const isLast = ascending ? end >= turns.count : start <= 0;
    const next = isLast ? null : String(ascending ? end : start);
    const backwards = data.length === 0 ? null : String(ascending ? start : end);
    return { data: ascending ? data : data.reverse(), nextCursor: next, backwardsCursor: backwards };
  },

  /** Nobody keeps what was read: everything has been. */
  async 'thread/readState/update'({ threadId }) {
    parseThreadId(threadId);
    return { readState: { firstUnread: null, revision: '0' } };
  },
};

function laterPlugin(plugin: PluginSummary): object {
  const shown = plugin.interface && { ...plugin.interface, screenshotUrls: [] };
  return { ...plugin, availability: 'AVAILABLE', keywords: [], interface: shown };
}

async function turnsOf(ctx: RequestContext, id: string): Promise<FrozenTurns> {
  const thread = ctx.server.loadedThread(id);
  if (thread) return (await thread.history()).take();
  const { store } = ctx.server.services;
  const path = (await store.find(id)) ?? (await store.findArchived(id));
  if (path === null) throw new CodexError('threadNotFound', `thread not loaded: ${id}`);
  return store.turns(path);
}

function readCursor(cursor: string | null): number | null {
  if (cursor === null) return null;
  if (!/^\d{1,15}$/.test(cursor)) throw new CodexError('invalidRequest', `invalid cursor: ${cursor}`);
  return Number(cursor);
}
