import { CodexError } from '@codex/base';
import type { GitInfo, ParamsOf, Thread as WireThread } from '@codex/protocol';
import { AtReply, WithTurns } from '../at-reply.ts';
import type { Handlers, RequestContext } from '../context.ts';
import { requireThread, threadNotFound } from '../loaded-thread.ts';
import { parseThreadId } from '../thread-id.ts';

export const threadHistoryHandlers = {
  async 'thread/rollback'(params, ctx) {
    // Said before the thread is looked up, as clients expect.
    if (params.numTurns < 1) throw new CodexError('invalidRequest', 'numTurns must be >= 1');
    const thread = requireThread(ctx, params.threadId);
    await thread.rollBack(params.numTurns);
    const history = await thread.history();
    return new AtReply(() => new WithTurns({ thread: thread.toWire() }, history.take()));
  },

  'thread/compact/start'(params, ctx) {
    const { run } = requireThread(ctx, params.threadId).prepareCompaction();
    ctx.afterReply(run);
    return {};
  },

  /** Kept beside the thread's file, so it holds for archived threads and for those without a file yet as well. */
  async 'thread/metadata/update'(params, ctx) {
    const id = parseThreadId(params.threadId);
    const thread = ctx.server.loadedThread(id);
    const change = readChange(params.gitInfo);
    if (thread?.header.ephemeral) {
      throw new CodexError('invalidRequest', `ephemeral thread does not support metadata updates: ${id}`);
    }
    const before = thread ? thread.toWire() : await readStored(ctx, id);
    const gitInfo = changed(before.gitInfo, change);
    await ctx.server.services.store.saveGit(id, gitInfo);
    thread?.setGitInfo(gitInfo);
    return { thread: { ...before, gitInfo } };
  },
} satisfies Partial<Handlers>;

type GitChange = { [K in keyof GitInfo]?: GitInfo[K] };

/** Null clears a field, an absent one stays. */
function readChange(given: ParamsOf<'thread/metadata/update'>['gitInfo']): GitChange {
  const change: GitChange = {};
  for (const key of ['sha', 'branch', 'originUrl'] as const) {
    const value = given?.[key];
    if (value === undefined) continue;
    const text = value === null ? null : value.trim();
    if (text === '') throw new CodexError('invalidRequest', `gitInfo.${key} must not be empty`);
    change[key] = text;
  }
  if (Object.keys(change).length) return change;
  throw new CodexError('invalidRequest', 'gitInfo must include at least one field');
}

function changed(before: GitInfo | null, change: GitChange): GitInfo | null {
  const after = { sha: null, branch: null, originUrl: null, ...before, ...change };
  return after.sha === null && after.branch === null && after.originUrl === null ? null : after;
}

async function readStored(ctx: RequestContext, id: string): Promise<WireThread> {
  const { store } = ctx.server.services;
  const path = (await store.find(id)) ?? (await store.findArchived(id));
  const thread = path === null ? null : await store.wire(path);
  if (!thread) throw threadNotFound(id);
  return thread;
}
