import { http, say, reply } from '@codex/mock-model';
import { afterEach, expect, test } from 'vitest';
import { mergeRateLimits } from '../src/index.ts';
import { only, type Rig, rig } from './kit.ts';

let it: Rig;
afterEach(() => it.close());

async function limits(headers: Record<string, string>) {
  it = await rig([reply(say('ok'), { headers })]);
  return only(await it.ask(), 'rateLimits').map((event) => event.snapshot);
}

const EMPTY = { limitId: 'codex', limitName: null, primary: null, secondary: null, credits: null, planType: null };

test('without headers there is one empty snapshot', async () => {
  expect(await limits({})).toEqual([EMPTY]);
});

test('both windows, rounded', async () => {
  expect(
    await limits({
      'x-codex-primary-used-percent': '12.5',
      'x-codex-primary-window-minutes': '300',
      'x-codex-primary-reset-at': '4102444800',
      'x-codex-secondary-used-percent': '40',
      'x-codex-secondary-window-minutes': '10080',
    }),
  ).toEqual([
    {
      ...EMPTY,
      primary: { usedPercent: 13, windowDurationMins: 300, resetsAt: 4_102_444_800 },
      secondary: { usedPercent: 40, windowDurationMins: 10_080, resetsAt: null },
    },
  ]);
});

test('empty windows are dropped, credits read, other families by name and only with data', async () => {
  expect(
    await limits({
      'x-codex-primary-used-percent': '0',
      'x-codex-credits-has-credits': 'true',
      'x-codex-credits-unlimited': '0',
      'x-codex-credits-balance': '12.5',
      'x-foo-bar-primary-used-percent': '33.4',
      'x-foo-bar-limit-name': 'Foo',
      'x-empty-primary-used-percent': '0',
    }),
  ).toEqual([
    { ...EMPTY, credits: { hasCredits: true, unlimited: false, balance: '12.5' } },
    {
      ...EMPTY,
      limitId: 'foo_bar',
      limitName: 'Foo',
      primary: { usedPercent: 33, windowDurationMins: null, resetsAt: null },
    },
  ]);
});

test('a plan that is exhausted says when it is not', async () => {
  const headers = { 'x-codex-primary-used-percent': '100', 'x-codex-primary-reset-at': '4102444800' };
  it = await rig([http(429, { error: { type: 'usage_limit_reached' } }, { headers })]);
  const primary = { usedPercent: 100, windowDurationMins: null, resetsAt: 4_102_444_800 };
  expect((await it.ask()).map((event) => (event.type === 'rateLimits' ? event.snapshot : event.type))).toEqual([
    { ...EMPTY, primary },
    'failed',
  ]);
});

test('nonsense is no number', async () => {
  expect(await limits({ 'x-codex-primary-used-percent': 'NaN', 'x-codex-secondary-used-percent': '1e999' })).toEqual([
    EMPTY,
  ]);
});

test('a later snapshot keeps what it does not tell', async () => {
  it = await rig([]);
  const credits = { hasCredits: true, unlimited: false, balance: null };
  const merged = mergeRateLimits({ ...EMPTY, credits, planType: 'pro' }, { ...EMPTY, limitId: null });
  expect(merged).toEqual({ ...EMPTY, credits, planType: 'pro' });
});
