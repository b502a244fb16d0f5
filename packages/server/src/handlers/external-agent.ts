import { CodexError } from '@codex/base';
import type { Handlers, RequestContext } from '../context.ts';
import { osErrorText } from '../os-error.ts';

export const externalAgentHandlers = {
  'externalAgentConfig/detect': (params, ctx) =>
    orInternal(async () => ({ items: await (await agent()).detectItems(params, deps(ctx)) })),

  'externalAgentConfig/import': (params, ctx) =>
    orInternal(async () => {
      await (await agent()).importItems(params, deps(ctx));
      return {};
    }),
} satisfies Partial<Handlers>;

const agent = () => import('../services/external-agent/external-agent.ts');

function deps({ server: { home, env, ids } }: RequestContext) {
  return { home, userHome: env['HOME'], ids };
}

/** Whatever is wrong with the files is told in words (app-server specification §9.12). */
async function orInternal<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new CodexError('internal', osErrorText(error), { cause: error });
  }
}
