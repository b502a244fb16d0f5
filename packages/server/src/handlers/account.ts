import { CodexError, isUuid } from '@codex/base';
import type { NotificationParams } from '@codex/protocol';
import type { Handlers, RequestContext } from '../context.ts';
import { originatorOf } from '../user-agent.ts';

export const accountHandlers = {
  async 'account/read'({ refreshToken }, ctx) {
    const { account } = ctx.server.services;
    if (!(await account.requiresOpenaiAuth())) return { account: null, requiresOpenaiAuth: false };
    const auth = await account.auth();
    if (refreshToken) await auth.refresh();
    return { account: await auth.account(), requiresOpenaiAuth: true };
  },

  async 'account/login/start'(params, ctx) {
    const { account: service } = ctx.server.services;
    const { browserLogins } = service;
    switch (params.type) {
      case 'apiKey':
        await (await service.auth()).loginWithApiKey(params.apiKey);
        await browserLogins.cancelAll();
        tellLogin(ctx, { authMode: 'apikey', planType: null });
        return { type: 'apiKey' };
      case 'chatgptAuthTokens': {
        const { accessToken, chatgptAccountId, chatgptPlanType } = params;
        const auth = await service.auth();
        auth.loginWithTokens({ accessToken, accountId: chatgptAccountId, planType: chatgptPlanType ?? null });
        await browserLogins.cancelAll();
        const account = await auth.account().catch(() => null);
        const planType = account?.type === 'chatgpt' ? account.planType : null;
        tellLogin(ctx, { authMode: 'chatgptAuthTokens', planType });
        return { type: 'chatgptAuthTokens' };
      }
      case 'chatgpt': {
        const name = ctx.connection.introduction?.identity.originator ?? originatorOf(ctx.server.env, null);
        return { type: 'chatgpt', ...(await browserLogins.start(name)) };
      }
    }
  },

  'account/login/cancel'({ loginId }, ctx) {
    if (!isUuid(loginId)) throw new CodexError('invalidRequest', `invalid login id: ${loginId}`);
    const isCanceled = ctx.server.services.account.browserLogins.cancel(loginId);
    return { status: isCanceled ? 'canceled' : 'notFound' };
  },

  async 'account/logout'(_params, ctx) {
    const { account } = ctx.server.services;
    await account.browserLogins.cancelAll();
    await (await account.auth()).logout();
    ctx.afterReply(() => tellUpdated(ctx, { authMode: null, planType: null }));
    return {};
  },

  async 'account/rateLimits/read'(_params, ctx) {
    const limits = await ctx.server.services.accountLimits();
    const named = limits.flatMap((each) => (each.limitId === null ? [] : [[each.limitId, each] as const]));
    return { rateLimits: limits[0], rateLimitsByLimitId: Object.fromEntries(named) };
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
