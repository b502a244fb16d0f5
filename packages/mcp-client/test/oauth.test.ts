import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { countingIds, manualClock, nullLogger } from '@codex/base';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTokens, createTokenStore, startLogin, type LoginOptions } from '../src/index.ts';
import { discoverAuthServer } from '../src/oauth/discovery.ts';
import { PATIENT } from './support/mcp.ts';
import { webServer, type WebServerOptions } from './support/web-server.ts';

async function rig(options: WebServerOptions = {}) {
  const home = await mkdtemp(path.join(tmpdir(), 'mcp-oauth-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const web = await webServer({ authorization: true, ...options });
  const clock = manualClock(1_000_000);
  const store = createTokenStore(home, countingIds());
  const login = (more: Partial<LoginOptions> = {}) =>
    startLogin(
      {
        name: 'web',
        toml: { url: web.url },
        scopes: null,
        timeoutSeconds: null,
        callback: { port: null, url: null },
        ...more,
      },
      { store, clock, env: {}, signal: PATIENT },
    );
  return { home, file: path.join(home, '.credentials.json'), web, clock, store, login };
}

/** Of a path that is no part of an address. */
function statusOf(server: string, path: string): Promise<number | undefined> {
  const { hostname: host, port } = new URL(server);
  return new Promise((resolve, reject) => {
    const asking = request({ host, port, path, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asking.on('error', reject).end();
  });
}

const TOKENS = { clientId: 'c', accessToken: 'a', refreshToken: 'r', expiresAt: 5, scopes: ['s'] };

describe('a login', () => {
  it('goes through the browser and ends with a stored token', async () => {
    const { web, login, store, file } = await rig({
      token: () => ({ status: 200, body: { access_token: 'A', refresh_token: 'R', expires_in: 60, scope: 'read' } }),
    });
    const { authorizationUrl, completed } = await login();
    const { origin, pathname, searchParams } = new URL(authorizationUrl);
    expect(origin + pathname).toBe(`${web.origin}/authorize`);
    const query = Object.fromEntries(searchParams);
    expect(query).toMatchObject({
      tenant: '1',
      response_type: 'code',
      client_id: 'client-1',
      code_challenge_method: 'S256',
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
      scope: 'read write',
    });
    expect(web.requests.find((each) => each.path === '/register')?.body).toEqual({
      client_name: 'Codex',
      redirect_uris: [query['redirect_uri']],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
      response_types: ['code'],
    });
    const other = await fetch(`${query['redirect_uri']}?x=1`);
    expect([other.status, await other.text()]).toEqual([400, 'Invalid OAuth callback']);
    expect(await statusOf(query['redirect_uri'] ?? '', '//')).toBe(400);
    const back = await fetch(`${query['redirect_uri']}?code=C&state=${query['state']}`);
    expect([back.status, await back.text()]).toEqual([200, 'Authentication complete. You may close this window.']);
    await completed;
    expect(web.requests.at(-1)?.form).toMatchObject({
      grant_type: 'authorization_code',
      code: 'C',
      client_id: 'client-1',
      redirect_uri: query['redirect_uri'],
    });
    expect(await store.get('web', web.url)).toEqual({
      clientId: 'client-1',
      accessToken: 'A',
      refreshToken: 'R',
      expiresAt: 1_060_000,
      scopes: ['read'],
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await expect(fetch(query['redirect_uri'] ?? '')).rejects.toThrow();
  });

  it.each([
    [['asked'], { url: '', scopes: ['configured'] }, 'asked'],
    [null, { url: '', scopes: ['configured'] }, 'configured'],
    [[], { url: '' }, null],
  ])('asks for the scopes %j of %j', async (scopes, toml, scope) => {
    const { login, web } = await rig();
    const { authorizationUrl, completed } = await login({
      scopes,
      toml: { ...toml, url: web.url, oauth_resource: 'res' },
    });
    const { searchParams } = new URL(authorizationUrl);
    expect([searchParams.get('scope'), searchParams.get('resource')]).toEqual([scope, 'res']);
    await fetch(`${searchParams.get('redirect_uri')}?error=access_denied`);
    await expect(completed).rejects.toThrow('OAuth provider returned `access_denied`');
  });

  it('that is refused, forged or spoiled ends in words', async () => {
    const { login } = await rig({ token: () => ({ status: 400, body: { error: 'invalid_grant' } }) });
    const answer = async (query: (state: string) => string) => {
      const { authorizationUrl, completed } = await login();
      const { searchParams } = new URL(authorizationUrl);
      const url = `${searchParams.get('redirect_uri')}?${query(searchParams.get('state') ?? '')}`;
      const told = await (await fetch(url)).text();
      return [
        told,
        await completed.then(
          () => null,
          (error: Error) => error.message,
        ),
      ];
    };
    const denied = 'OAuth provider returned `access_denied`: No way';
    expect(await answer(() => 'error=access_denied&error_description=No+way')).toEqual([denied, denied]);
    expect((await answer(() => 'code=C&state=forged'))[1]).toBe('failed to handle OAuth callback');
    expect((await answer((state) => `code=C&state=${state}`))[1]).toBe('failed to handle OAuth callback');
  });

  it('that nobody finishes ends, and its port is free again', async () => {
    const { login, clock } = await rig();
    const port = await freePort();
    for (const _ of [1, 2]) {
      const { authorizationUrl, completed } = await login({ timeoutSeconds: 0, callback: { port, url: null } });
      expect(new URL(authorizationUrl).searchParams.get('redirect_uri')).toBe(`http://127.0.0.1:${port}/callback`);
      clock.advance(1_000);
      await expect(completed).rejects.toThrow('timed out waiting for OAuth callback');
    }
  });

  it('may come back under an address of the user', async () => {
    const { login } = await rig();
    const port = await freePort();
    const callback = { port, url: `http://localhost:${port}/own/path` };
    const { authorizationUrl, completed } = await login({ callback });
    expect(new URL(authorizationUrl).searchParams.get('redirect_uri')).toBe(callback.url);
    await fetch(`http://127.0.0.1:${port}/own/path?error=no`);
    await expect(completed).rejects.toThrow('OAuth provider returned `no`');
  });

  it('needs an authorization server', async () => {
    const { login, web } = await rig({ authorization: false });
    await expect(login()).rejects.toThrow(`no authorization server was found for ${web.url}`);
  });
});

it('the authorization server is looked for in three places', async () => {
  const web = await webServer();
  expect(await discoverAuthServer(`${web.origin}/p/mcp`, { 'x-own': '1' }, PATIENT)).toBeNull();
  expect(web.requests.map(({ path: at }) => at)).toEqual([
    '/.well-known/oauth-authorization-server/p/mcp',
    '/p/mcp/.well-known/oauth-authorization-server',
    '/.well-known/oauth-authorization-server',
  ]);
  expect(web.requests[0]?.headers).toMatchObject({ 'x-own': '1', 'mcp-protocol-version': '2024-11-05' });
});

describe('stored tokens', () => {
  it('are found by name and address, under the key of the reference', async () => {
    const { store, file } = await rig();
    await store.set('oauthy', 'http://127.0.0.1:9406/oauth/mcp', TOKENS);
    await store.set('other', 'http://x', TOKENS);
    const stored = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    expect(stored['oauthy|2222ed78d53727cb']).toEqual({
      server_name: 'oauthy',
      server_url: 'http://127.0.0.1:9406/oauth/mcp',
      client_id: 'c',
      access_token: 'a',
      expires_at: 5,
      refresh_token: 'r',
      scopes: ['s'],
    });
    expect(await store.get('oauthy', 'http://127.0.0.1:9406/oauth/mcp')).toEqual(TOKENS);
    expect(await store.get('oauthy', 'http://elsewhere')).toBeNull();
    expect(await store.remove('oauthy', 'http://elsewhere')).toBe(false);
    expect(await store.remove('oauthy', 'http://127.0.0.1:9406/oauth/mcp')).toBe(true);
    expect(await store.remove('other', 'http://x')).toBe(true);
    await expect(stat(file)).rejects.toThrow();
  });

  it('are kept one after the other, and a spoiled file is not overwritten', async () => {
    const { store, file } = await rig();
    await Promise.all(['a', 'b', 'c'].map((name) => store.set(name, 'http://x', TOKENS)));
    expect(Object.keys(JSON.parse(await readFile(file, 'utf8')) as object)).toHaveLength(3);
    await writeFile(file, 'oops');
    await expect(store.set('d', 'http://x', TOKENS)).rejects.toThrow('is not a JSON object; repair or remove it');
    expect(await readFile(file, 'utf8')).toBe('oops');
  });

  it('are renewed shortly before they run out, once for all who ask', async () => {
    const answers = [{ status: 200, body: { access_token: 'B', expires_in: 100 } }];
    const { store, web, clock } = await rig({
      token: () => answers.shift() ?? { status: 400, body: { error: 'gone' } },
    });
    const token = createTokens({ store, clock, log: nullLogger, env: {} });
    const ask = () => token('web', { url: web.url });
    expect(await ask()).toBeNull();
    await store.set('web', web.url, { ...TOKENS, expiresAt: clock.now() + 30_001 });
    expect(await ask()).toBe('a');
    clock.advance(2);
    expect(await Promise.all([ask(), ask()])).toEqual(['B', 'B']);
    expect(web.requests.filter(({ path: at }) => at === '/token').map(({ form }) => form)).toEqual([
      { grant_type: 'refresh_token', refresh_token: 'r', client_id: 'c' },
    ]);
    expect(await store.get('web', web.url)).toMatchObject({ accessToken: 'B', refreshToken: 'r' });
    clock.advance(100_000);
    expect(await ask()).toBeNull();
    expect(await store.get('web', web.url)).toBeNull();
  });

  it('outlive a provider that cannot be asked', async () => {
    const { store, web, clock } = await rig({ authorization: false });
    const token = createTokens({ store, clock, log: nullLogger, env: {} });
    await store.set('web', web.url, { ...TOKENS, expiresAt: 1 });
    expect(await token('web', { url: web.url })).toBe('a');
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
