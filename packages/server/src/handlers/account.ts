import { CodexError, isUuid } from '@codex/base';
import type { NotificationParams } from '@codex/protocol';
import type { Handlers, RequestContext } from '../context.ts';

export const accountHandlers = {
  async 'account/read'(_params, ctx) {
    const { account } = ctx.server.services;
    if (!(await account.requiresOpenaiAuth())) return { account: null, requiresOpenaiAuth: false };
    return { account: await (await account.auth()).account(), requiresOpenaiAuth: true };
  },

  async 'account/login/start'(params, ctx) {
    const auth = await ctx.server.services.account.auth();
    switch (params.type) {
      case 'apiKey':
        await auth.loginWithApiKey(params.apiKey);
        tellLogin(ctx, { authMode: 'apikey', planType: null });
        return { type: 'apiKey' };
      case 'chatgptAuthTokens': {
        const { accessToken, chatgptAccountId, chatgptPlanType } = params;
        auth.loginWithTokens({ accessToken, accountId: chatgptAccountId, planType: chatgptPlanType ?? null });
        const account = await auth.account().catch(() => null);
        const planType = account?.type === 'chatgpt' ? account.planType : null;
        tellLogin(ctx, { authMode: 'chatgptAuthTokens', planType });
        return { type: 'chatgptAuthTokens' };
      }
      case 'chatgpt':
        if (auth.isExternal) {
          throw new CodexError(
            'invalidRequest',
            'External auth is active. Use account/login/start (chatgptAuthTokens) to update it or account/logout to clear it.',
          );
        }
        throw new CodexError(
          'unsupported',
          'account/login/start with type `chatgpt` is not available in this build: it has no browser login; use `apiKey`, or `chatgptAuthTokens` with tokens the client supplies',
        );
    }
  },

  /** There are no logins that take long enough to be cancelled. */
  'account/login/cancel'({ loginId }) {
    if (!isUuid(loginId)) throw new CodexError('invalidRequest', `invalid login id: ${loginId}`);
    return { status: 'notFound' };
  },

  async 'account/logout'(_params, ctx) {
    await (await ctx.server.services.account.auth()).logout();
    ctx.afterReply(() => tellUpdated(ctx, { authMode: null, planType: null }));
    return {};
  },

  async 'account/rateLimits/read'(_params, ctx) {
    const { mode } = await (await ctx.server.services.account.auth()).status();
    if (mode === null) {
      throw new CodexError('invalidRequest', 'codex account authentication required to read rate limits');
    }
    if (mode === 'apikey') {
      throw new CodexError('invalidRequest', 'chatgpt authentication required to read rate limits');
    }
    throw new CodexError(
      'unsupported',
      'account/rateLimits/read is not available in this build: it does not ask the account service; limits arrive as `account/rateLimits/updated` during turns',
    );
  },
} satisfies Partial<Handlers>;

function tellLogin(ctx: RequestContext, account: NotificationParams<'account/updated'>): void {
  ctx.afterReply(() => {
    ctx.server.subscriptions.broadcast({
      method: 'account/login/completed',
      params: { loginId: null, success: true, error: null },
    });
    tellUpdated(ctx, account);
  });
}

function tellUpdated(ctx: RequestContext, account: NotificationParams<'account/updated'>): void {
  ctx.server.subscriptions.broadcast({ method: 'account/updated', params: account });
}
