import { CodexError } from '@codex/base';
import type { Handlers } from '../context.ts';
import { isLaterClient } from '../later/requests.ts';
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
    const later = isLaterClient(ctx.raw);
    ctx.connection.introduce({
      identity: { originator, userAgent, name: clientInfo.name },
      experimental: capabilities?.experimentalApi ?? false,
      later,
      optOut: new Set(capabilities?.optOutNotificationMethods ?? []),
    });
    ctx.afterReply(async () => {
      try {
        const { config, rules } = ctx.server.services;
        const loaded = await config.layers(null);
        // A broken configuration says enough by itself.
        const ofRules = loaded.ok ? await rules.of(loaded.config.rulesFolders) : [];
        for (const warning of [...loaded.warnings, ...ofRules]) ctx.connection.warn(warning);
        // Not those of a thread: what a later client asks of one may be unknown here, which is no news to its user.
        for (const message of loaded.ok ? loaded.startupWarnings : []) ctx.connection.caution(null, message);
      } finally {
        ctx.connection.becomeReady();
      }
    });
    const platform = { platformFamily: platformFamily(), platformOs: platformOs() };
    return { userAgent, ...platform, ...(later && { codexHome: ctx.server.home }) };
  },

  'mock/experimentalMethod': (params) => ({ echoed: params.value ?? null }),
} satisfies Partial<Handlers>;
