import { expect, it } from 'vitest';
import { z } from 'zod';
import { clientMethods, decodeParams, lazy, Turn } from '../src/index.ts';

const atImport = z.config().jitless;

it('builds nothing at import, and interpreted schemas from the first use on', () => {
  expect(atImport).toBeUndefined();
  expect(decodeParams(clientMethods['turn/interrupt'], { threadId: 't', turnId: 'u' }).ok).toBe(true);
  expect(z.config().jitless).toBe(true);
});

it('makes a value once, on first use', () => {
  let made = 0;
  const value = lazy(() => ({ n: ++made }));
  expect(made).toBe(0);
  expect(value()).toBe(value());
  expect(made).toBe(1);
  expect(Turn()).toBe(Turn());
});
