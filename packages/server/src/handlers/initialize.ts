import { CodexError } from '@codex/base';
import type { Handlers } from '../context.ts';
import { rulesWarnings } from '../rules-warnings.ts';
import { isHeaderValue, originatorOf, platformFamily, platformOs, userAgentOf } from '../user-agent.ts';

export const initializeHandlers = {
  initialize(params, ctx) {
    const { clientInfo, capabilities } = params;
    const { env, version } = ctx.server;
    if (!isHeaderValue(clientInfo.name)) {
      throw new CodexError(
        'invalidRequest',
        `Invalid clientInfo.name: '${clientInfo.name}'. Must be a valid HTTP header value.`,
      );
    }
    const originator = originatorOf(env, ctx.server.originator ?? clientInfo.name);
    const userAgent = userAgentOf({ originator, version, env, client: clientInfo });
    ctx.connection.introduce({
      identity: { originator, userAgent, name: clientInfo.name },
      experimental: capabilities?.experimentalApi ?? false,
      optOut: new Set(capabilities?.optOutNotificationMethods ?? []),
    });
    ctx.afterReply(async () => {
      try {
        const { config } = ctx.server.services;
        const warnings = [...(await config.warnings()), ...(await rulesWarnings(await config.layers(null)))];
        for (const warning of warnings) {
          ctx.connection.notify({ method: 'configWarning', params: warning });
        }
      } finally {
        ctx.connection.becomeReady();
      }
    });
    return { userAgent, platformFamily: platformFamily(), platformOs: platformOs() };
  },

  'mock/experimentalMethod': (params) => ({ echoed: params.value ?? null }),
} satisfies Partial<Handlers>;
