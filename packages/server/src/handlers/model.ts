import type { FeatureKey } from '@codex/config';
import type { Handlers } from '../context.ts';
import { FEATURE_ORDER, TRIAL_TEXTS } from '../feature-texts.ts';
import { pageByOffset } from '../page.ts';

export const modelHandlers = {
  async 'model/list'(params, ctx) {
    const models = await ctx.server.services.models(ctx.connection.introduction?.identity ?? null);
    const all = await models.listWire({ includeHidden: params.includeHidden ?? false });
    return pageByOffset(all, params, 'models');
  },

  async 'experimentalFeature/list'(params, ctx) {
    const { features } = await ctx.server.services.config.current();
    const { FEATURES } = await import('@codex/config');
    const place = (name: string) => FEATURE_ORDER.indexOf(name) >>> 0;
    const names = (Object.keys(FEATURES) as FeatureKey[]).toSorted((a, b) => place(a) - place(b));
    const all = names.map((name) => {
      const { stage, defaultEnabled } = FEATURES[name];
      const texts = stage === 'experimental' ? TRIAL_TEXTS[name] : undefined;
      return {
        name,
        stage: stage === 'experimental' ? ('beta' as const) : stage,
        displayName: texts?.displayName ?? null,
        description: texts?.description ?? null,
        announcement: texts?.announcement ?? null,
        enabled: features[name],
        defaultEnabled,
      };
    });
    return pageByOffset(all, params, 'feature flags');
  },

  'collaborationMode/list': () => ({
    data: [
      { name: 'Plan', mode: 'plan', model: null, reasoning_effort: 'medium' },
      { name: 'Default', mode: 'default', model: null, reasoning_effort: null },
    ],
  }),
} satisfies Partial<Handlers>;
