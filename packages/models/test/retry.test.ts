import { CodexError, manualClock } from '@codex/base';
import { created, drop, failed, http, incomplete, inputTexts, raw, say, type Step, stall } from '@codex/mock-model';
import { afterEach, describe, expect, test } from 'vitest';
import type { Provider } from '@codex/protocol';
import { failureOf, login, only, type Rig, request, rig } from './kit.ts';

let it: Rig;
afterEach(() => it.close());

async function outcome(steps: Step[], provider: Partial<Provider> = {}) {
  it = await rig(steps, provider);
  const events = await it.ask();
  return { events, calls: it.model.calls.length, failure: failureOf(events) };
}

const times = (count: number, step: Step): Step[] => Array.from({ length: count }, () => step);
const url = () => `${it.model.url}/v1/responses`;

describe('statuses', () => {
  test('502 always, one retry on either level: four requests', async () => {
    const headers = { 'x-request-id': 'rid', 'cf-ray': 'ray' };
    const { events, calls, failure } = await outcome(times(9, http(502, 'bad gateway', { headers })), {
      requestMaxRetries: 1,
      streamMaxRetries: 1,
    });
    expect(calls).toBe(4);
    const text = `unexpected status 502 Bad Gateway: bad gateway, url: ${url()}, cf-ray: ray, request id: rid`;
    expect(failure).toEqual(['http', text, 'other']);
    expect(only(events, 'retrying')).toEqual([
      {
        type: 'retrying',
        attempt: 1,
        max: 1,
        error: {
          message: 'Reconnecting... 1/1',
          codexErrorInfo: { responseStreamDisconnected: { httpStatusCode: 502 } },
          additionalDetails: text,
        },
      },
    ]);
  });

  test('plain 429: one request', async () => {
    const { calls, failure } = await outcome([http(429, 'x', { headers: { 'x-request-id': 'rid' } })], {
      requestMaxRetries: 4,
      streamMaxRetries: 5,
    });
    expect(calls).toBe(1);
    expect(failure).toEqual([
      'rateLimit',
      'exceeded retry limit, last status: 429 Too Many Requests, request id: rid',
      { responseTooManyFailedAttempts: { httpStatusCode: 429 } },
    ]);
  });

  test('400: one request, the body as it is', async () => {
    const { calls, failure } = await outcome([http(400, '{"detail":"x"}')], { streamMaxRetries: 3 });
    expect([calls, failure]).toEqual([1, ['invalidRequest', '{"detail":"x"}', 'other']]);
  });

  test('400 for an unreadable image has a kind of its own', async () => {
    const text = 'The image data you provided does not represent a valid image';
    expect((await outcome([http(400, { error: { message: text } })])).failure?.[0]).toBe('invalidImage');
  });

  test('404: no request retries, but stream retries', async () => {
    const { calls, failure } = await outcome(times(5, http(404, { error: { message: 'nope' } })), {
      requestMaxRetries: 3,
      streamMaxRetries: 2,
    });
    expect([calls, failure]).toEqual([3, ['http', `unexpected status 404 Not Found: nope, url: ${url()}`, 'other']]);
  });

  test('401 with a key: no recovery', async () => {
    const { calls, failure } = await outcome([http(401, { error: { message: 'bad key' } })]);
    expect([calls, failure]).toEqual([
      1,
      ['auth', `unexpected status 401 Unauthorized: bad key, url: ${url()}`, 'other'],
    ]);
  });

  test('500: both levels, without a status while retrying', async () => {
    const { calls, failure, events } = await outcome(times(3, http(500)), { streamMaxRetries: 2 });
    expect(calls).toBe(3);
    expect(failure).toEqual([
      'http',
      "We're currently experiencing high demand, which may cause temporary errors.",
      'internalServerError',
    ]);
    const said = expect.stringMatching(/^unexpected status 500 Internal Server Error: .*, url: /);
    expect(only(events, 'retrying')[0]?.error).toMatchObject({
      codexErrorInfo: { responseStreamDisconnected: { httpStatusCode: null } },
      additionalDetails: said,
    });
    expect(only(events, 'failed')[0]?.error.additionalDetails).toEqual(said);
  });

  test('503 with slow_down: request retries only', async () => {
    const { calls, failure } = await outcome(times(5, http(503, { error: { code: 'slow_down' } })), {
      requestMaxRetries: 1,
      streamMaxRetries: 3,
    });
    expect([calls, failure]).toEqual([
      2,
      ['overloaded', 'Selected model is at capacity. Please try a different model.', 'serverOverloaded'],
    ]);
  });

  test('a block page, an empty body and a long body', async () => {
    const ray = { headers: { 'cf-ray': 'ray' } };
    const page = '<html>Cloudflare: you are blocked</html>';
    const blocked = await outcome([http(403, page, ray)]);
    expect(blocked.failure?.[1]).toBe(
      `Access blocked by Cloudflare. This usually happens when connecting from a restricted region (status 403 Forbidden), url: ${url()}, cf-ray: ray`,
    );
    await it.close();
    const empty = await outcome([http(418, '')]);
    expect(empty.failure?.[1]).toContain("418 I'm a Teapot: Unknown error");
    await it.close();
    const long = await outcome([http(413, 'ä'.repeat(5000))]);
    expect(long.failure?.[1]).toContain(`: ${'ä'.repeat(500)}..., url`);
  });

  test('usage limits by plan, promo and limit name', async () => {
    const texts = async (error: object, headers: Record<string, string> = {}) => {
      const { calls, failure } = await outcome([
        http(429, { error: { type: 'usage_limit_reached', ...error } }, { headers }),
      ]);
      expect([calls, failure?.[2]]).toEqual([1, 'usageLimitExceeded']);
      await it.close();
      return failure?.[1];
    };
    const start = "You've hit your usage limit";
    expect(await texts({})).toBe(`${start}. Try again later.`);
    expect(await texts({ plan_type: 'free' })).toBe(
      `${start}. Upgrade to Plus to continue using Codex (https://chatgpt.com/explore/plus), or try again later.`,
    );
    const credits = 'visit https://chatgpt.com/codex/settings/usage to purchase more credits';
    expect(await texts({ plan_type: 'plus' })).toBe(
      `${start}. Upgrade to Pro (https://chatgpt.com/explore/pro), ${credits} or try again later.`,
    );
    expect(await texts({ plan_type: 'team' })).toBe(
      `${start}. To get more access now, send a request to your admin or try again later.`,
    );
    expect(await texts({ plan_type: 'plus' }, { 'x-codex-promo-message': 'Promo here' })).toBe(
      `${start}. Promo here, or try again later.`,
    );
    expect(
      await texts(
        { plan_type: 'plus', resets_at: new Date(2100, 0, 1, 17, 46).getTime() / 1000 },
        { 'x-codex-active-limit': 'codex_other', 'x-codex-other-limit-name': 'Other Name' },
      ),
    ).toBe(`${start} for Other Name. Switch to another model now, or try again at Jan 1st, 2100 5:46 PM.`);
    expect(await texts({ plan_type: 'pro', resets_at: new Date(2100, 2, 22, 0, 5).getTime() / 1000 })).toBe(
      `${start}. Visit https://chatgpt.com/codex/settings/usage to purchase more credits or try again at Mar 22nd, 2100 12:05 AM.`,
    );
  });

  test('usage_not_included', async () => {
    expect((await outcome([http(429, { error: { type: 'usage_not_included' } })])).failure).toEqual([
      'usageLimit',
      'To use Codex with your ChatGPT plan, upgrade to Plus: https://chatgpt.com/explore/plus.',
      'usageLimitExceeded',
    ]);
  });
});

describe('response.failed', () => {
  test.each([
    ['context_length_exceeded', 'contextWindow', /^Codex ran out of room/, 'contextWindowExceeded'],
    ['insufficient_quota', 'usageLimit', /^Quota exceeded\. Check your plan/, 'usageLimitExceeded'],
    ['usage_not_included', 'usageLimit', /^To use Codex with your ChatGPT plan/, 'usageLimitExceeded'],
    ['invalid_prompt', 'invalidRequest', /^about invalid_prompt$/, 'other'],
    ['server_is_overloaded', 'overloaded', /^Selected model is at capacity/, 'serverOverloaded'],
    ['slow_down', 'overloaded', /^Selected model is at capacity/, 'serverOverloaded'],
  ])('%s is final', async (code, kind, text, info) => {
    const { calls, failure } = await outcome([raw([created(), failed(code)])], { streamMaxRetries: 3 });
    expect([calls, failure]).toEqual([1, [kind, expect.stringMatching(text), info]]);
  });

  test('other codes are retried with their message, as is an incomplete response', async () => {
    const { calls, failure, events } = await outcome([raw([failed('strange')]), raw([incomplete()])], {
      streamMaxRetries: 1,
    });
    expect(calls).toBe(2);
    const start = 'stream disconnected before completion:';
    expect(only(events, 'retrying')[0]?.error.additionalDetails).toBe(`${start} about strange`);
    expect(failure?.[1]).toBe(`${start} Incomplete response returned, reason: max_output_tokens`);
  });

  test('an error event says as much as response.failed', async () => {
    const { failure } = await outcome([raw([{ type: 'error', code: 'context_length_exceeded', message: 'x' }])]);
    expect(failure?.[0]).toBe('contextWindow');
    await it.close();
    const nested = await outcome([raw([{ type: 'error', error: { code: 'odd', message: 'broke' } }])]);
    expect(nested.failure?.[1]).toBe('stream disconnected before completion: broke');
  });

  test('a delay the server asks for replaces the backoff', async () => {
    const limited = (text: string) => raw([failed('rate_limit_exceeded', text)]);
    const { events } = await outcome(
      [
        limited('Please try again in 1.5s.'),
        limited('try again in 28 ms'),
        limited('Try again in 35 seconds'),
        say('ok'),
      ],
      { streamMaxRetries: 3 },
    );
    expect(events.at(-1)?.type).toBe('completed');
    expect(it.slept).toEqual([1500, 28, 35_000]);
  });

  test('without an error and with broken usage', async () => {
    const broken = { type: 'response.completed', response: { id: 'r', usage: { input_tokens: '3' } } };
    const { failure, events } = await outcome(
      [raw([{ type: 'response.failed' }]), raw([{ type: 'response.completed', response: {} }]), raw([broken])],
      { streamMaxRetries: 2 },
    );
    const start = 'stream disconnected before completion:';
    expect(only(events, 'retrying').map((event) => event.error.additionalDetails)).toEqual([
      `${start} response.failed event received`,
      `${start} failed to parse ResponseCompleted: missing field \`id\``,
    ]);
    expect(failure?.[1]).toBe(`${start} failed to parse ResponseCompleted: field \`input_tokens\` is not an integer`);
  });
});

describe('streams', () => {
  test('dropped twice, then fine', async () => {
    const { events, calls } = await outcome([raw([created(), drop()]), raw([drop()]), say('ok')], {
      streamMaxRetries: 3,
    });
    expect(calls).toBe(3);
    expect(only(events, 'retrying').map((event) => event.error.message)).toEqual([
      'Reconnecting... 1/3',
      'Reconnecting... 2/3',
    ]);
    expect(events.at(-1)?.type).toBe('completed');
    expect(it.slept.every((ms, index) => Math.abs(ms / (200 * 2 ** index) - 1) <= 0.1)).toBe(true);
  });

  test('ended without completion', async () => {
    const { failure, events } = await outcome([raw([created(), say('half')]), raw([created()])], {
      streamMaxRetries: 1,
    });
    const text = 'stream disconnected before completion: stream closed before response.completed';
    expect(failure).toEqual(['stream', text, 'other']);
    expect(only(events, 'retrying')[0]?.error).toEqual({
      message: 'Reconnecting... 1/1',
      codexErrorInfo: { responseStreamDisconnected: { httpStatusCode: null } },
      additionalDetails: text,
    });
  });

  test('a retry asks for the input again and keeps the turn state', async () => {
    it = await rig([raw([created(), drop()], { headers: { 'x-codex-turn-state': 'ts1' } }), say('ok')], {
      streamMaxRetries: 1,
    });
    const texts = ['one'];
    const input = () =>
      texts.map((text) => ({
        type: 'message' as const,
        role: 'user',
        content: [{ type: 'input_text' as const, text }],
      }));
    const events = await it.ask({
      get input() {
        return () => {
          const now = input();
          texts.push('two');
          return now;
        };
      },
    });
    expect(events.at(-1)).toMatchObject({ type: 'completed', turnState: 'ts1' });
    expect(it.model.calls.map((call) => inputTexts(call))).toEqual([['one'], ['one', 'two']]);
    expect(it.model.calls.map((call) => call.headers['x-codex-turn-state'])).toEqual([undefined, 'ts1']);
  });

  test('nothing for too long', async () => {
    const clock = manualClock();
    it = await rig([[say('half'), stall()]], { streamIdleTimeoutMs: 1000 }, { clock });
    const events: string[] = [];
    let done = () => {};
    const promise = new Promise<void>((resolve) => {
      done = resolve;
    });
    const running = it.models.run(request, new AbortController().signal, (event) => {
      events.push(event.type === 'failed' ? event.error.message : event.type);
      if (event.type === 'itemDone') done();
    });
    await promise;
    await new Promise((next) => setImmediate(next));
    clock.advance(999);
    expect(events.at(-1)).toBe('itemDone');
    clock.advance(1);
    await running;
    expect(events.at(-1)).toBe('stream disconnected before completion: idle timeout waiting for SSE');
  });

  test('more than a hundred retries are not made', async () => {
    const { calls } = await outcome([http(502, 'x'), ...times(200, http(404, 'x'))], { streamMaxRetries: 1000 });
    expect(calls).toBe(101);
  });

  test('nobody listens there', async () => {
    const { failure, events } = await outcome([], {
      baseUrl: 'http://127.0.0.1:9/v1',
      requestMaxRetries: 2,
      streamMaxRetries: 1,
    });
    expect(failure?.slice(0, 2)).toEqual([
      'stream',
      'stream disconnected before completion: error sending request for url (http://127.0.0.1:9/v1/responses): connect ECONNREFUSED 127.0.0.1:9',
    ]);
    expect(only(events, 'retrying')).toHaveLength(1);
    expect(it.slept).toHaveLength(5);
  });

  test.each([
    ['ollama', 'No running Ollama server detected at http://localhost:9. Start it with `ollama serve`.'],
    ['lmstudio', 'LM Studio is not responding at http://localhost:9. Start its server with `lms server start`.'],
  ])('of a model server on this machine says at once what to do: %s', async (id, message) => {
    const { events, failure } = await outcome([], { id, baseUrl: 'http://localhost:9/v1' });
    expect(failure?.[1]).toBe(message);
    expect(only(events, 'retrying')).toEqual([]);
  });
});

describe('login', () => {
  const chatgpt = { kind: 'chatgpt', accessToken: 'old', accountId: 'acc' } as const;

  test('a refreshed login repeats the request, not counted as a retry', async () => {
    let refreshes = 0;
    it = await rig(
      [http(401), http(401), say('ok')],
      { requiresOpenaiAuth: true },
      {
        credentials: {
          get: async () => ({ ...chatgpt, accessToken: `token-${refreshes}` }),
          onUnauthorized: async () => {
            refreshes++;
            return { kind: 'again' };
          },
        },
      },
    );
    const events = await it.ask();
    expect(events.at(-1)?.type).toBe('completed');
    expect(it.model.calls.map((call) => call.headers.authorization)).toEqual([
      'Bearer token-0',
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });

  test('recovery ends after two repetitions, for good', async () => {
    const credentials = { ...login(chatgpt), onUnauthorized: async () => ({ kind: 'again' as const }) };
    it = await rig(
      Array.from({ length: 9 }, () => http(401)),
      { requiresOpenaiAuth: true, streamMaxRetries: 5 },
      { credentials },
    );
    expect(failureOf(await it.ask())).toEqual(['auth', expect.stringContaining('401 Unauthorized'), 'unauthorized']);
    expect(it.model.calls).toHaveLength(3);
  });

  test('the login is told how often it was refused', async () => {
    const told: number[] = [];
    const credentials = {
      ...login(chatgpt),
      onUnauthorized: async (_used: unknown, refusals: number) => {
        told.push(refusals);
        return { kind: 'again' as const };
      },
    };
    it = await rig([http(401), http(401), say('ok')], { requiresOpenaiAuth: true }, { credentials });
    expect((await it.ask()).at(-1)?.type).toBe('completed');
    expect(told).toEqual([1, 2]);
  });

  test('passing trouble with the login is trouble with the stream', async () => {
    const message = 'Failed to refresh token: 500 Internal Server Error';
    const onUnauthorized = async () => ({ kind: 'passing' as const, message });
    it = await rig(
      [http(401), http(401), say('ok')],
      { requiresOpenaiAuth: true, streamMaxRetries: 1 },
      { credentials: { ...login(chatgpt), onUnauthorized } },
    );
    const events = await it.ask();
    expect(only(events, 'retrying')[0]?.error.additionalDetails).toBe(message);
    expect(failureOf(events)).toEqual(['auth', message, 'other']);
  });

  test('a login that gives up may say why', async () => {
    const onUnauthorized = async () => ({ kind: 'gaveUp' as const, message: 'Please sign in again.' });
    it = await rig(
      [http(401)],
      { requiresOpenaiAuth: true, streamMaxRetries: 5 },
      {
        credentials: { ...login(chatgpt), onUnauthorized },
      },
    );
    expect(failureOf(await it.ask())).toEqual(['auth', 'Please sign in again.', 'unauthorized']);
  });

  test('a refresh that the client refuses fails with its text', async () => {
    const onUnauthorized = () => Promise.reject(new CodexError('auth', 'auth refresh request timed out after 10s'));
    it = await rig(
      [http(401)],
      { requiresOpenaiAuth: true, streamMaxRetries: 5 },
      { credentials: { ...login(chatgpt), onUnauthorized } },
    );
    expect(failureOf(await it.ask())).toEqual(['auth', 'auth refresh request timed out after 10s', 'other']);
  });

  test('a missing key variable fails without a request', async () => {
    const { calls, failure } = await outcome([], { envKey: 'MYKEY', envKeyInstructions: 'Get one.' });
    expect([calls, failure]).toEqual([0, ['auth', 'Missing environment variable: `MYKEY`. Get one.', 'other']]);
  });
});
