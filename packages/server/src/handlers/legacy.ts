import { resolve } from 'node:path';
import { CodexError } from '@codex/base';
import type { ResultOf } from '@codex/protocol';
import type { Handlers } from '../context.ts';
import { diffToRemote } from '../git-diff.ts';
import { fileTrouble } from '../os-error.ts';
import { requireRollout } from '../stored-thread.ts';
import { readUuid } from '../thread-id.ts';

type Summary = ResultOf<'getConversationSummary'>['summary'];

/** What is left of the first generation of the protocol (§19.1). */
export const legacyHandlers = {
  async getConversationSummary(params, ctx) {
    const { store } = ctx.server.services;
    if ('rolloutPath' in params) {
      const path = resolve(ctx.server.home, params.rolloutPath);
      const summary = await store.summary(path);
      if (!summary) {
        const reason = (await fileTrouble(path)) ?? 'the file holds no conversation';
        throw new CodexError('internal', `failed to load conversation summary from ${path}: ${reason}`);
      }
      return { summary: await describe(summary) };
    }
    const id = readUuid(params.conversationId);
    // What the first generation said of an id that is none.
    if (id === null) {
      const variant = 'data did not match any variant of untagged enum GetConversationSummaryParams';
      throw new CodexError('invalidRequest', `Invalid request: ${variant}`);
    }
    const path = await requireRollout(ctx, id).catch(() => null);
    const summary = path === null ? null : await store.summary(path);
    if (!summary) throw new CodexError('rolloutNotFound', `no rollout found for conversation id ${id}`);
    return { summary: await describe(summary) };

    async function describe(found: NonNullable<typeof summary>): Promise<Summary> {
      return {
        conversationId: found.id,
        path: found.path,
        preview: found.preview,
        timestamp: new Date(found.createdAt).toISOString(),
        updatedAt: new Date(found.updatedAt).toISOString(),
        modelProvider: found.modelProvider ?? (await ctx.server.services.config.current()).modelProvider,
        cwd: found.cwd,
        cliVersion: found.cliVersion,
        source: found.source,
        gitInfo: found.gitInfo && {
          sha: found.gitInfo.sha,
          branch: found.gitInfo.branch,
          origin_url: found.gitInfo.originUrl,
        },
      };
    }
  },

  async gitDiffToRemote({ cwd }, ctx) {
    const folder = resolve(ctx.server.cwd, cwd);
    const found = await diffToRemote(folder, ctx.server.env);
    if (found) return found;
    const message = `failed to compute git diff to remote for cwd: ${JSON.stringify(cwd)}`;
    throw new CodexError('invalidRequest', message);
  },

  async getAuthStatus({ includeToken, refreshToken }, ctx) {
    const { account } = ctx.server.services;
    if (!(await account.requiresOpenaiAuth())) {
      return { authMethod: null, authToken: null, requiresOpenaiAuth: false };
    }
    const auth = await account.auth();
    if (refreshToken) await auth.refresh();
    const { mode, token } = await auth.status({ includeToken: includeToken ?? false });
    return { authMethod: mode, authToken: token, requiresOpenaiAuth: true };
  },
} satisfies Partial<Handlers>;
