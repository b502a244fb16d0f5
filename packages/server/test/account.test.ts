import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { http, say, startMockModel } from '@codex/mock-model';
import { afterEach, describe, expect, test } from 'vitest';
import type { ServerOptions } from '../src/index.ts';
import { type Client, introduced } from './support/client.ts';
import { world } from './support/server.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const idToken = (account = 'acc') =>
  `${encode({})}.${encode({
    email: 'me@example.com',
    'https://api.openai.com/auth': { chatgpt_plan_type: 'pro', chatgpt_account_id: account },
  })}.sig`;
const tokens = (n: number) => ({ id_token: idToken(), access_token: `access-${n}`, refresh_token: `refresh-${n}` });
const stored = (more: object = {}) => ({
  auth_mode: 'chatgpt',
  OPENAI_API_KEY: null,
  tokens: { ...tokens(0), account_id: 'acc' },
  last_refresh: new Date().toISOString(),
  ...more,
});

/** Issuer and backend of the account at once. */
async function startIssuer(answer: (request: IncomingMessage, n: number) => { status?: number; body: unknown }) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
    request.resume().on('end', () => {
      const { status = 200, body } = answer(request, asked.length);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

type Issuer = Awaited<ReturnType<typeof startIssuer>>;

async function signedOut(issuer: Issuer, options: Parameters<typeof world>[0] = {}) {
  const it = world({
    provider: 'requires_openai_auth = true',
    ...options,
    config: `chatgpt_base_url = "${issuer.url}/backend-api/"\n${options.config ?? ''}`,
    issuer: { url: issuer.url, callbackPort: 0 },
  } as Partial<ServerOptions> & Parameters<typeof world>[0]);
  const client = await introduced(it.server);
  const file = join(it.home, 'auth.json');
  return { ...it, client, file, signIn: (content: unknown) => writeFileSync(file, JSON.stringify(content)) };
}

const nobody = () => startIssuer(() => ({ status: 500, body: {} }));

async function begin(client: Client) {
  const login = await client.request('account/login/start', { type: 'chatgpt' });
  if (login.type !== 'chatgpt') throw new Error('another login');
  const query = new URL(login.authUrl).searchParams;
  const back = (more: Record<string, string>) => {
    const redirect = new URL(query.get('redirect_uri') ?? '');
    redirect.hostname = '127.0.0.1';
    redirect.search = new URLSearchParams({ state: query.get('state') ?? '', ...more }).toString();
    return fetch(redirect);
  };
  const ended = () =>
    client.until((each) => each.method === 'account/login/completed' && each.params?.['loginId'] === login.loginId);
  return { ...login, query, back, ended };
}

describe('a ChatGPT login', () => {
  test('ends with two notifications to everybody, and counts at once', async () => {
    const issuer = await startIssuer((_request, n) => ({ body: tokens(n) }));
    const { server, client, file } = await signedOut(issuer);
    const other = await introduced(server);
    const { loginId, query, back } = await begin(client);
    expect(query.get('originator')).toBe('test');
    await back({ code: 'c' });
    for (const each of [client, other]) {
      await each.untilMethod('account/updated');
      expect(each.log.filter(({ method }) => method?.startsWith('account/'))).toEqual([
        { method: 'account/login/completed', params: { loginId, success: true, error: null } },
        { method: 'account/updated', params: { authMode: 'chatgpt', planType: 'pro' } },
      ]);
    }
    expect(await client.request('account/read', {})).toEqual({
      account: { type: 'chatgpt', email: 'me@example.com', planType: 'pro' },
      requiresOpenaiAuth: true,
    });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ tokens: { access_token: 'access-1' } });
    expect(JSON.stringify([...client.log, ...other.log])).not.toMatch(/access-1|refresh-1/);
    expect(await client.request('account/login/cancel', { loginId })).toEqual({ status: 'notFound' });
  });

  test('is cancelled by its id, once', async () => {
    const { client } = await signedOut(await nobody());
    const { loginId, ended } = await begin(client);
    expect(await client.request('account/login/cancel', { loginId })).toEqual({ status: 'canceled' });
    expect((await ended()).params).toEqual({
      loginId,
      success: false,
      error: 'Login server error: Login was not completed',
    });
    expect(await client.request('account/login/cancel', { loginId })).toEqual({ status: 'notFound' });
  });

  test('gives way to the next one, to a key and to a logout', async () => {
    const { client } = await signedOut(await nobody());
    const first = await begin(client);
    const second = await begin(client);
    await client.request('account/login/start', { type: 'apiKey', apiKey: 'sk' });
    await client.untilMethod('account/updated');
    expect(client.log.flatMap(({ method, params }) => (method === 'account/login/completed' ? [params] : []))).toEqual([
      { loginId: first.loginId, success: false, error: 'Login server error: Login cancelled' },
      { loginId: second.loginId, success: false, error: 'Login server error: Login was not completed' },
      { loginId: null, success: true, error: null },
    ]);
    const third = await begin(client);
    await client.call('account/logout');
    expect((await third.ended()).params).toMatchObject({ success: false });
  });

  test('says why it failed', async () => {
    const issuer = await startIssuer(() => ({ status: 400, body: { error: 'invalid_grant' } }));
    const { client, file } = await signedOut(issuer);
    const refused = await begin(client);
    await refused.back({ error: 'access_denied' });
    expect((await refused.ended()).params).toMatchObject({
      error: 'Login server error: Sign-in failed: access_denied',
    });
    const worthless = await begin(client);
    await worthless.back({ code: 'c' });
    expect((await worthless.ended()).params).toMatchObject({
      error: 'Login server error: Token exchange failed: token endpoint returned status 400 Bad Request: invalid_grant',
    });
    expect(existsSync(file)).toBe(false);
  });

  test('is refused where configuration forbids it, and ends with the server', async () => {
    const refusing = await signedOut(await nobody(), { config: 'forced_login_method = "api"' });
    expect((await refusing.client.call('account/login/start', { type: 'chatgpt' })).error).toEqual({
      code: -32600,
      message: 'ChatGPT login is disabled. Use API key login instead.',
    });
    const { client, server } = await signedOut(await nobody());
    const { back } = await begin(client);
    await server.close();
    await expect(back({ code: 'c' })).rejects.toThrow();
  });

  test('on a port that is taken fails with its address', async () => {
    const issuer = await nobody();
    const { again } = await signedOut(issuer);
    const port = Number(new URL(issuer.url).port);
    const client = await introduced(again({ issuer: { url: issuer.url, callbackPort: port } }));
    expect((await client.call('account/login/start', { type: 'chatgpt' })).error).toEqual({
      code: -32603,
      message: `failed to start login server: Port 127.0.0.1:${port} is already in use`,
    });
  });
});

test('account/read and getAuthStatus renew tokens when asked to', async () => {
  const issuer = await startIssuer((_request, n) => ({ body: tokens(n) }));
  const { client, signIn, file } = await signedOut(issuer);
  signIn(stored());
  await client.request('account/read', {});
  expect(issuer.asked).toEqual([]);
  await client.request('account/read', { refreshToken: true });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ tokens: { refresh_token: 'refresh-1' } });
  expect(await client.request('getAuthStatus', { includeToken: true, refreshToken: true })).toEqual({
    authMethod: 'chatgpt',
    authToken: 'access-2',
    requiresOpenaiAuth: true,
  });
  expect(issuer.asked).toEqual(['POST /oauth/token', 'POST /oauth/token']);
});

describe('account/rateLimits/read', () => {
  const window = { used_percent: 42, limit_window_seconds: 18_000, reset_after_seconds: 120, reset_at: 1_735_689_720 };
  const usage = {
    plan_type: 'pro',
    rate_limit: { allowed: true, primary_window: window, secondary_window: null },
    credits: { has_credits: true, unlimited: false, balance: '9.99' },
    additional_rate_limits: [
      { limit_name: 'codex_other', metered_feature: 'codex_other', rate_limit: { primary_window: window } },
    ],
  };
  const primary = { usedPercent: 42, windowDurationMins: 300, resetsAt: 1_735_689_720 };
  const ordinary = {
    ...{ limitId: 'codex', limitName: null, primary, secondary: null, planType: 'pro' },
    credits: { hasCredits: true, unlimited: false, balance: '9.99' },
  };

  test('asks the backend with the login, renewed when it is refused', async () => {
    const issuer = await startIssuer(({ url, headers }, n) => {
      if (url === '/oauth/token') return { body: tokens(n) };
      return headers.authorization === 'Bearer access-0' ? { status: 401, body: {} } : { body: usage };
    });
    const { client, signIn } = await signedOut(issuer);
    signIn(stored());
    const answer = await client.call('account/rateLimits/read');
    expect(answer.result).toEqual({
      rateLimits: ordinary,
      rateLimitsByLimitId: {
        codex: ordinary,
        codex_other: {
          ...{ limitId: 'codex_other', limitName: 'codex_other', primary, secondary: null },
          ...{ credits: null, planType: 'pro' },
        },
      },
    });
    expect(issuer.asked).toEqual([
      'GET /backend-api/wham/usage Bearer access-0',
      'GET /backend-api/wham/usage Bearer access-0',
      'POST /oauth/token',
      'GET /backend-api/wham/usage Bearer access-3',
    ]);
  });

  test('says what is missing', async () => {
    const issuer = await nobody();
    const { client, signIn } = await signedOut(issuer);
    const message = async () => (await client.call('account/rateLimits/read')).error;
    expect(await message()).toEqual({
      code: -32600,
      message: 'codex account authentication required to read rate limits',
    });
    signIn({ OPENAI_API_KEY: 'sk' });
    expect(await message()).toEqual({ code: -32600, message: 'chatgpt authentication required to read rate limits' });
    signIn(stored());
    const url = `${issuer.url}/backend-api/wham/usage`;
    expect(await message()).toEqual({
      code: -32603,
      message: `failed to fetch codex rate limits: GET ${url} failed: 500 Internal Server Error; body={}`,
    });
  });
});

describe('a turn', () => {
  const runTurn = async (client: Client, cwd: string) => {
    const { thread } = await client.request('thread/start', { cwd });
    await client.request('turn/start', { threadId: thread.id, input: [{ type: 'text', text: 'go' }] });
    const ended = await client.untilMethod('turn/completed');
    return ended.params?.['turn'] as { status: string; error: object | null };
  };
  test('with a login that is refused renews it and goes on', async () => {
    const model = await startMockModel({ steps: [http(401), http(401), say('hi')] });
    const issuer = await startIssuer((_request, n) => ({ body: tokens(n) }));
    const { client, cwd, signIn } = await signedOut(issuer, { model });
    signIn(stored());
    expect(await runTurn(client, cwd)).toMatchObject({ status: 'completed' });
    expect(model.calls.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer access-0',
      'Bearer access-0',
      'Bearer access-1',
    ]);
    expect(model.calls[2]?.headers['chatgpt-account-id']).toBe('acc');
  });

  test('with a login that cannot be renewed says what to do', async () => {
    const model = await startMockModel({ steps: [http(401), http(401)] });
    const issuer = await startIssuer(() => ({ status: 401, body: { error: { code: 'refresh_token_expired' } } }));
    const { client, cwd, signIn, file } = await signedOut(issuer, { model });
    signIn(stored());
    expect(await runTurn(client, cwd)).toMatchObject({
      status: 'failed',
      error: {
        message:
          'Your access token could not be refreshed because your refresh token has expired. Please log out and sign in again.',
        codexErrorInfo: 'unauthorized',
      },
    });
    expect(existsSync(file)).toBe(true);
  });

  test('with a login that configuration forbids ends it', async () => {
    const model = await startMockModel({ steps: [] });
    const { client, cwd, signIn, file } = await signedOut(await nobody(), {
      model,
      config: 'forced_login_method = "api"',
    });
    signIn(stored());
    expect(await runTurn(client, cwd)).toMatchObject({
      status: 'failed',
      error: { message: 'API key login is required, but ChatGPT is currently being used. Logging out.' },
    });
    expect(client.log).toContainEqual({ method: 'account/updated', params: { authMode: null, planType: null } });
    expect(existsSync(file)).toBe(false);
  });

  test('with a keyring that is not there says what to do', async () => {
    const model = await startMockModel({ steps: [] });
    const { client, cwd } = await signedOut(await nobody(), {
      model,
      config: 'cli_auth_credentials_store = "keyring"',
    });
    expect(await runTurn(client, cwd)).toMatchObject({
      error: { message: expect.stringContaining('this build has no keyring') },
    });
    expect((await client.call('account/login/start', { type: 'apiKey', apiKey: 'sk' })).error?.message).toContain(
      'this build has no keyring',
    );
  });
});
