import { nullLogger } from '@codex/base';
import { expect, it } from 'vitest';
import type { Connection } from '../src/connection.ts';
import type { Handlers, ServerContext } from '../src/context.ts';
import { createLanes } from '../src/lanes.ts';
import { createRouter } from '../src/router.ts';

it('what follows a reply begins with it, though something before it takes long', async () => {
  const order: string[] = [];
  let release: () => void = () => {};
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  const handlers = {
    'model/list': (_params, ctx) => {
      ctx.afterReply(async () => {
        await slow;
        order.push('slow');
      });
      ctx.afterReply(() => {
        throw new Error('fails alone');
      });
      ctx.afterReply(() => void order.push('subscribed'));
      return { data: [], nextCursor: null };
    },
  } satisfies Partial<Handlers> as unknown as Handlers;
  const connection = {
    ...{ id: 1, log: nullLogger, settled: Promise.resolve() },
    introduction: { experimental: true },
    reply: () => {
      order.push('reply');
      queueMicrotask(() => order.push('what the client does then'));
    },
    refuse: () => order.push('refused'),
  } as unknown as Connection;
  const router = createRouter({ server: { lanes: createLanes() } as ServerContext, handlers });
  const served = router.serve(connection, { kind: 'request', id: 1, method: 'model/list', params: {} });
  release();
  await served;
  expect(order).toEqual(['reply', 'subscribed', 'what the client does then', 'slow']);
});
