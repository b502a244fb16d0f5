import type { ResponseItem } from '@codex/protocol';
import { type RecordedRequest, say } from '@codex/mock-model';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Provider } from '@codex/protocol';
import type { ModelRequest, ModelsDeps } from '../src/index.ts';
import { deps as base, failureOf, login, type Rig, rig } from './kit.ts';

let it: Rig;
afterEach(() => it.close());

async function sent(
  request: Partial<ModelRequest> = {},
  provider: Partial<Provider> | ((url: string) => Partial<Provider>) = {},
  deps: Partial<ModelsDeps> = {},
): Promise<RecordedRequest> {
  it = await rig([say('ok')], {}, deps);
  const patch = typeof provider === 'function' ? provider(it.model.url) : provider;
  await it.ask({ provider: { ...base.provider, baseUrl: `${it.model.url}/v1`, ...patch }, ...request });
  const call = it.model.calls[0];
  if (!call) throw new Error('no call was made');
  return call;
}

const TRANSPORT = ['host', 'connection', 'content-length'];

function ownHeaders(call: RecordedRequest) {
  return Object.fromEntries(Object.entries(call.headers).filter(([name]) => !TRANSPORT.includes(name)));
}

describe('headers', () => {
  test('exactly these, and nothing of the client library or its environment', async () => {
    vi.stubEnv('OPENAI_CUSTOM_HEADERS', 'x-sneaked-in: 1');
    vi.stubEnv('OPENAI_API_KEY', 'sk-env');
    vi.stubEnv('OPENAI_ADMIN_KEY', 'sk-admin');
    vi.stubEnv('OPENAI_ORG_ID', 'org-env');
    vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:9/');
    vi.stubEnv('OPENAI_LOG', 'debug');
    const call = await sent({ headers: { 'x-codex-turn-metadata': '{"turn_id":"turn-1","sandbox":"none"}' } });
    expect(ownHeaders(call)).toEqual({
      accept: 'text/event-stream',
      'content-type': 'application/json',
      originator: 'test',
      session_id: 'thread-1',
      'user-agent': 'test-agent',
      'x-client-request-id': 'thread-1',
      'x-codex-turn-metadata': '{"turn_id":"turn-1","sandbox":"none"}',
    });
  });

  test('of the provider: literal, from the environment, blank ones left out', async () => {
    const call = await sent(
      {},
      {
        httpHeaders: { 'X-Custom': 'v', originator: 'mine', session_id: 'no', 'x-bad': 'a\nb' },
        envHttpHeaders: { 'x-env': 'SET', 'x-unset': 'UNSET', 'x-blank': 'BLANK' },
      },
      { env: { SET: 'yes', BLANK: ' ' } },
    );
    expect(ownHeaders(call)).toMatchObject({
      'x-custom': 'v',
      originator: 'mine',
      session_id: 'thread-1',
      'x-env': 'yes',
    });
    for (const name of ['x-unset', 'x-blank', 'x-bad']) expect(call.headers).not.toHaveProperty(name);
  });

  test('keys: own variable, then literal token, then login', async () => {
    const deps = { env: { KEY: 'from-env' }, credentials: login({ kind: 'apiKey', key: 'from-login' }) };
    const authorization = async (provider: Partial<Provider>) => {
      const call = await sent({}, provider, deps);
      await it.close();
      return call.headers.authorization;
    };
    expect(await authorization({ envKey: 'KEY', bearerToken: 'literal' })).toBe('Bearer from-env');
    expect(await authorization({ bearerToken: 'literal' })).toBe('Bearer literal');
    expect(await authorization({})).toBe('Bearer from-login');
  });

  test('a ChatGPT login goes only where it belongs', async () => {
    const credentials = login({ kind: 'chatgpt', accessToken: 'tok', accountId: 'acc' });
    const own = await sent({}, { requiresOpenaiAuth: true }, { credentials });
    expect(own.headers).toMatchObject({ authorization: 'Bearer tok', 'chatgpt-account-id': 'acc' });
    await it.close();
    const foreign = await sent({}, {}, { credentials });
    expect(foreign.headers).not.toHaveProperty('authorization');
  });
});

describe('address', () => {
  test('trailing slash and query parameters', async () => {
    const call = await sent({}, (url) => ({ baseUrl: `${url}/v1/`, queryParams: { 'api-version': 'x y' } }));
    expect(call.path + call.query).toBe('/v1/responses?api-version=x%20y');
  });

  test.each(['nonsense', 'ftp://host/v1', ''])('%j is refused', async (baseUrl) => {
    it = await rig([], { baseUrl, streamMaxRetries: 3 });
    expect(failureOf(await it.ask())?.[1]).toBe('The base_url of model provider `mock` must be an http or https URL.');
  });
});

describe('body', () => {
  test('exactly these members', async () => {
    expect((await sent()).body).toEqual({
      model: 'gpt-5.2-codex',
      instructions: 'be good',
      input: [],
      tools: [],
      tool_choice: 'auto',
      parallel_tool_calls: true,
      reasoning: { effort: 'medium', summary: 'auto' },
      store: false,
      stream: true,
      include: ['reasoning.encrypted_content'],
      prompt_cache_key: 'thread-1',
    });
  });

  test('a model with verbosity and without summaries', async () => {
    expect((await sent({ model: 'gpt-5.4' })).body).toMatchObject({
      reasoning: { effort: 'medium' },
      text: { verbosity: 'low' },
    });
  });

  test('an unknown model', async () => {
    const { body } = await sent({ model: 'mystery', verbosity: 'high', effort: 'high' });
    expect(body).toMatchObject({ reasoning: null, include: [] });
    expect(body).not.toHaveProperty('text');
  });

  test('output schema, tier, effort and summary', async () => {
    const { body } = await sent({
      outputSchema: { type: 'object' },
      serviceTier: 'fast',
      effort: 'xhigh',
      summary: 'none',
    });
    expect(body).toMatchObject({
      service_tier: 'priority',
      reasoning: { effort: 'xhigh' },
      text: { format: { type: 'json_schema', strict: true, schema: { type: 'object' }, name: 'codex_output_schema' } },
    });
    await it.close();
    expect((await sent({ serviceTier: 'flex' })).body['service_tier']).toBe('flex');
  });

  test('item ids stay at home, except for Azure', async () => {
    const item: ResponseItem = { type: 'function_call', id: 'fc', name: 'shell', arguments: '{}', call_id: 'c' };
    expect((await sent({ input: [item] })).body['input']).toEqual([
      { type: 'function_call', name: 'shell', arguments: '{}', call_id: 'c' },
    ]);
    await it.close();
    expect((await sent({ input: [item] }, { name: 'Azure' })).body).toMatchObject({ store: true, input: [item] });
  });
});
