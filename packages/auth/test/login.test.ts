import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { isCodexError, systemClock } from '@codex/base';
import { describe, expect, test } from 'vitest';
import type { AuthDeps, BrowserLogin } from '../src/index.ts';
import { idToken, startIssuer } from './support/issuer.ts';
import { world } from './support/world.ts';

const TOKEN = '/oauth/token';
const USER_CODE = '/api/accounts/deviceauth/usercode';
const POLL = '/api/accounts/deviceauth/token';

async function desk(more: Partial<AuthDeps> = {}) {
  const issuer = await startIssuer();
  const it = world();
  const auth = it.open({ issuer: { url: issuer.url }, ...more });
  const begin = (port = 0) => auth.loginInBrowser({ originator: 'test client', port });
  return { ...it, issuer, auth, begin };
}

const queryOf = (login: BrowserLogin) => new URL(login.authUrl).searchParams;

/** What the browser does when the issuer sends it back. */
async function comeBack(login: BrowserLogin, query: Record<string, string>, path = '/auth/callback') {
  const state = queryOf(login).get('state') ?? '';
  const address = `http://127.0.0.1:${login.port}${path}?${new URLSearchParams({ state, ...query }).toString()}`;
  const response = await fetch(address);
  return { status: response.status, text: await response.text() };
}

const failure = (login: { completed: Promise<void> }) =>
  login.completed.then(
    () => 'completed',
    (error: Error) => error.message,
  );

describe('a login in the browser', () => {
  test('goes by code and PKCE, and is stored as the reference stores it', async () => {
    const { issuer, auth, begin, read, file, logged } = await desk();
    const login = await begin();
    const query = queryOf(login);
    expect(login.authUrl.startsWith(`${issuer.url}/oauth/authorize?response_type=code&client_id=`)).toBe(true);
    expect(Object.fromEntries(query)).toEqual({
      response_type: 'code',
      client_id: 'app_EMoamEEZ73f0CkXaXp7hrann',
      redirect_uri: `http://localhost:${login.port}/auth/callback`,
      scope: 'openid profile email offline_access api.connectors.read api.connectors.invoke',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      id_token_add_organizations: 'true',
      codex_cli_simplified_flow: 'true',
      state: expect.stringMatching(/^[\w-]{43}$/),
      originator: 'test client',
    });
    const page = await comeBack(login, { code: 'the-code' });
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('Signed in to Codex')]);
    await login.completed;

    const [asked] = issuer.to(TOKEN);
    expect(asked?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(asked?.fields).toMatchObject({
      grant_type: 'authorization_code',
      code: 'the-code',
      redirect_uri: query.get('redirect_uri'),
      client_id: query.get('client_id'),
    });
    const verifier = asked?.fields['code_verifier'] ?? '';
    expect(createHash('sha256').update(verifier).digest('base64url')).toBe(query.get('code_challenge'));
    expect(read()).toEqual({
      auth_mode: 'chatgpt',
      OPENAI_API_KEY: null,
      tokens: { id_token: idToken(), access_token: 'access-1', refresh_token: 'refresh-1', account_id: 'acc' },
      last_refresh: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await auth.account()).toEqual({ type: 'chatgpt', email: 'me@example.com', planType: 'pro' });
    expect(logged.join('\n')).not.toMatch(/the-code|access-1|refresh-1/);
    await expect(fetch(`http://127.0.0.1:${login.port}/`)).rejects.toThrow();
  });

  test('replaces a key', async () => {
    const { auth, begin, read } = await desk();
    await auth.loginWithApiKey('sk');
    const login = await begin();
    await comeBack(login, { code: 'c' });
    await login.completed;
    expect(read()['OPENAI_API_KEY']).toBeNull();
    expect((await auth.status()).mode).toBe('chatgpt');
  });

  test('goes on when somebody else comes along', async () => {
    const { issuer, begin } = await desk();
    const login = await begin();
    expect(await comeBack(login, { code: 'c', state: 'wrong' })).toEqual({ status: 400, text: 'State mismatch' });
    expect(await comeBack(login, { error: 'x', state: '' })).toMatchObject({ status: 400 });
    expect(await comeBack(login, {}, '/other')).toEqual({ status: 404, text: 'Not Found' });
    expect((await fetch(`http://127.0.0.1:${login.port}/auth/callback`, { method: 'POST' })).status).toBe(405);
    const page = { 'sec-fetch-site': 'cross-site' };
    expect((await fetch(`http://127.0.0.1:${login.port}/cancel`, { headers: page })).status).toBe(404);
    await new Promise((resolve) => {
      const socket = connect(login.port, '127.0.0.1', () => socket.write('GET // HTTP/1.0\r\n\r\n'));
      socket.resume().on('close', resolve);
    });
    expect(issuer.asked).toEqual([]);
    await comeBack(login, { code: 'c' });
    await login.completed;
  });

  test('takes a code once', async () => {
    const { issuer, begin } = await desk();
    const login = await begin();
    let answer: () => void = () => {};
    const late = new Promise<void>((resolve) => {
      answer = resolve;
    });
    issuer.answers[TOKEN] = async () => {
      await late;
      return { body: { id_token: idToken(), access_token: 'a' } };
    };
    const both = [comeBack(login, { code: 'c' }), comeBack(login, { code: 'c' })];
    expect(await Promise.race(both)).toEqual({ status: 400, text: 'State mismatch' });
    answer();
    const answers = await Promise.all(both);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    await login.completed;
    expect(issuer.asked).toHaveLength(1);
  });

  test.each([
    [{ error: 'access_denied' }, 'Sign-in failed: access_denied'],
    [{ error: 'access_denied', error_description: '<b>no</b>' }, 'Sign-in failed: <b>no</b>'],
    [{}, 'Missing authorization code. Sign-in could not be completed.'],
  ])('fails with what came back: %j', async (query, message) => {
    const { begin, home } = await desk();
    const login = await begin();
    const page = await comeBack(login, query);
    expect(page.status).toBe(200);
    expect(page.text).toContain('Codex could not sign you in');
    expect(page.text).not.toContain('<b>');
    expect(await failure(login)).toBe(message);
    expect(readdirSync(home)).toEqual([]);
  });

  test('fails when the code is worth nothing, without telling it', async () => {
    const { issuer, begin, logged } = await desk();
    issuer.answers[TOKEN] = ({ fields }) => ({
      status: 400,
      body: { error: 'invalid_grant', error_description: `bad code ${fields['code']}` },
    });
    const login = await begin();
    await comeBack(login, { code: 'the-code' });
    const message = 'Token exchange failed: token endpoint returned status 400 Bad Request: bad code [secret]';
    expect(await failure(login)).toBe(message);
    issuer.answers[TOKEN] = () => ({ body: { access_token: 'a', id_token: 'no jwt' } });
    const again = await begin();
    await comeBack(again, { code: 'the-code' });
    expect(await failure(again)).toBe('Token exchange failed: the token endpoint gave no tokens');
    expect(logged.join('\n')).not.toContain('the-code');
  });

  test('fails when it cannot be stored', async () => {
    const { begin, file } = await desk();
    mkdirSync(file);
    const login = await begin();
    await comeBack(login, { code: 'c' });
    expect(await failure(login)).toContain('Sign-in completed but credentials could not be saved locally: ');
  });

  test('can be cancelled, here or through its port', async () => {
    const { begin } = await desk();
    const here = await begin();
    here.cancel('Login was not completed');
    expect(await failure(here)).toBe('Login was not completed');
    const there = await begin();
    expect(await comeBack(there, {}, '/cancel')).toEqual({ status: 200, text: 'Login cancelled' });
    expect(await failure(there)).toBe('Login cancelled');
  });

  test('takes the port over from another login, and says when somebody else keeps it', async () => {
    const { begin, open, issuer } = await desk();
    const first = await begin();
    const second = await begin(first.port);
    expect(await failure(first)).toBe('Login cancelled');
    expect(second.port).toBe(first.port);
    second.cancel('enough');
    await failure(second);

    const asked: (string | undefined)[] = [];
    const squatter = createServer((request, response) => {
      asked.push(request.url);
      response.end();
    });
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as AddressInfo;
    const hasty = open({ issuer: { url: issuer.url }, clock: { ...systemClock, sleep: () => Promise.resolve() } });
    const refused = await hasty.loginInBrowser({ originator: 'x', port }).catch((error: unknown) => error);
    expect(isCodexError(refused) && [refused.code, refused.message]).toEqual([
      'internal',
      `Port 127.0.0.1:${port} is already in use`,
    ]);
    expect(asked).toEqual(['/cancel']);
    squatter.closeAllConnections();
    squatter.close();
  });

  test('is not begun where it is not allowed or cannot be kept', async () => {
    const { begin } = await desk({ forced: () => ({ method: 'api', workspaceId: null }) });
    await expect(begin()).rejects.toThrow('ChatGPT login is disabled. Use API key login instead.');
    const noKeyring = await desk({ store: 'keyring' });
    await expect(noKeyring.begin()).rejects.toThrow('this build has no keyring');
    const external = await desk();
    external.auth.loginWithTokens({ accessToken: idToken(), accountId: 'a', planType: null });
    await expect(external.begin()).rejects.toThrow('External auth is active.');
  });

  test('keeps to the forced workspace', async () => {
    const { begin, file } = await desk({ forced: () => ({ method: null, workspaceId: 'ws-9' }) });
    const login = await begin();
    expect(queryOf(login).get('allowed_workspace_id')).toBe('ws-9');
    await comeBack(login, { code: 'c' });
    expect(await failure(login)).toBe('Login is restricted to workspace id ws-9.');
    expect(existsSync(file)).toBe(false);
  });

  test('can be kept in memory', async () => {
    const { begin, auth, home } = await desk({ store: 'ephemeral' });
    const login = await begin();
    await comeBack(login, { code: 'c' });
    await login.completed;
    expect(await auth.credentials('openai')).toMatchObject({ kind: 'chatgpt', accessToken: 'access-1' });
    expect(readdirSync(home)).toEqual([]);
  });
});

describe('a login on another device', () => {
  const { signal } = new AbortController();

  test('waits until the code is entered', async () => {
    const { auth, issuer, read } = await desk();
    const login = await auth.loginOnDevice(signal);
    expect([login.verificationUrl, login.userCode]).toEqual([`${issuer.url}/codex/device`, 'ABCD-1234']);
    await login.completed;
    expect(issuer.to(USER_CODE)[0]?.fields).toEqual({ client_id: 'app_EMoamEEZ73f0CkXaXp7hrann' });
    expect(issuer.to(POLL).map(({ fields }) => fields)).toEqual([
      { device_auth_id: 'dev', user_code: 'ABCD-1234' },
      { device_auth_id: 'dev', user_code: 'ABCD-1234' },
    ]);
    expect(issuer.to(TOKEN)[0]?.fields).toEqual({
      grant_type: 'authorization_code',
      code: 'granted',
      redirect_uri: `${issuer.url}/deviceauth/callback`,
      client_id: 'app_EMoamEEZ73f0CkXaXp7hrann',
      code_verifier: 'v',
    });
    expect(read().tokens['access_token']).toBe('access-1');
  });

  test.each([
    [{ status: 404, body: '' }, /^device code login is not enabled for this Codex server\./],
    [{ status: 500, body: '' }, /^device code request failed with status 500 Internal Server Error$/],
    [{ body: 'no JSON' }, /^the server gave no device code$/],
    [{ body: { device_auth_id: 'a', user_code: '\u001b[2J' } }, /^the server gave no device code$/],
  ])('says why there is no code: %j', async (answer, message) => {
    const { auth, issuer } = await desk();
    issuer.answers[USER_CODE] = () => answer;
    await expect(auth.loginOnDevice(signal)).rejects.toThrow(message);
  });

  test('says why it failed later', async () => {
    const { auth, issuer } = await desk();
    issuer.answers[POLL] = () => ({ status: 500, body: '' });
    expect(await failure(await auth.loginOnDevice(signal))).toBe(
      'device auth failed with status 500 Internal Server Error',
    );
    issuer.answers[POLL] = () => ({ body: { authorization_code: 'c', code_verifier: 'v' } });
    issuer.answers[TOKEN] = () => ({ status: 500, body: 'plain' });
    expect(await failure(await auth.loginOnDevice(signal))).toBe(
      'device code exchange failed: token endpoint returned status 500 Internal Server Error: plain',
    );
  });

  test('ends after fifteen minutes, and when told to', async () => {
    const { open, issuer } = await desk();
    issuer.answers[USER_CODE] = () => ({ body: { device_auth_id: 'a', usercode: 'ABC', interval: 60 } });
    issuer.answers[POLL] = () => ({ status: 403, body: '' });
    let now = 0;
    const clock = {
      ...systemClock,
      now: () => now,
      sleep: async (ms: number) => {
        now += ms;
      },
    };
    const auth = open({ clock, issuer: { url: issuer.url } });
    expect(await failure(await auth.loginOnDevice(signal))).toBe('device auth timed out after 15 minutes');
    expect(issuer.to(POLL)).toHaveLength(16);
    const stop = new AbortController();
    const login = await open({ issuer: { url: issuer.url } }).loginOnDevice(stop.signal);
    stop.abort(new Error('enough'));
    expect(await failure(login)).toContain('enough');
  });
});
