import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodexError, type Logger, nullLogger, systemClock } from '@codex/base';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Auth, type AuthDeps, createAuth, type ExternalTokens } from '../src/index.ts';

let home: string;
let file: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'codex-auth-'));
  file = join(home, 'auth.json');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const open = (more: Partial<AuthDeps> = {}): Auth =>
  createAuth({
    ...{ home, env: {}, honourEnvKey: false, clock: systemClock, log: nullLogger },
    http: () => Promise.reject(new Error('nobody is to be asked')),
    ...more,
  });
const store = (content: unknown) =>
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: object = {}, name = 'one') =>
  `${encode({ alg: 'none' })}.${encode({ email: `${name}@example.com`, ...claims })}.sig`;
const authClaims = (claims: object) => ({ 'https://api.openai.com/auth': claims });
const external = (name = 'one', accountId = 'org-1'): ExternalTokens => ({
  accessToken: jwt(authClaims({ chatgpt_plan_type: 'pro' }), name),
  accountId,
  planType: 'pro',
});

describe('order of sources', () => {
  const env = { CODEX_API_KEY: 'sk-codex', OPENAI_API_KEY: 'sk-openai' };

  test('CODEX_API_KEY where it counts, then the file, then OPENAI_API_KEY for openai only', async () => {
    const honouring = open({ env, honourEnvKey: true });
    const plain = open({ env });
    expect(await plain.credentials('openai')).toEqual({ kind: 'apiKey', key: 'sk-openai' });
    expect(await plain.credentials('other')).toEqual({ kind: 'none' });
    store({ OPENAI_API_KEY: 'sk-file' });
    expect(await plain.credentials('openai')).toEqual({ kind: 'apiKey', key: 'sk-file' });
    expect(await plain.credentials('other')).toEqual({ kind: 'apiKey', key: 'sk-file' });
    expect(await honouring.credentials('other')).toEqual({ kind: 'apiKey', key: 'sk-codex' });
    expect((await honouring.status()).source).toBe('codexApiKey');
  });

  test('blank variables do not count', async () => {
    const auth = open({ env: { CODEX_API_KEY: ' ', OPENAI_API_KEY: '' }, honourEnvKey: true });
    expect(await auth.credentials('openai')).toEqual({ kind: 'none' });
  });
});

describe('auth.json', () => {
  test('tokens with and without an account', async () => {
    store({
      auth_mode: 'chatgpt',
      OPENAI_API_KEY: null,
      tokens: { access_token: 'a', id_token: 'x', account_id: 'acc' },
    });
    expect(await open().credentials('openai')).toEqual({ kind: 'chatgpt', accessToken: 'a', accountId: 'acc' });
    store({ tokens: { access_token: 'a', id_token: jwt(authClaims({ chatgpt_account_id: 'from-claims' })) } });
    expect(await open().credentials('openai')).toMatchObject({ accountId: 'from-claims' });
  });

  test('the mode decides when both are there, else the key', async () => {
    const both = { OPENAI_API_KEY: 'sk', tokens: { access_token: 'a' } };
    store({ ...both, auth_mode: 'chatgpt' });
    expect((await open().status()).mode).toBe('chatgpt');
    store(both);
    expect((await open().status()).mode).toBe('apikey');
    store({});
    expect((await open().status()).mode).toBeNull();
  });

  test.each([
    ['{"OPENAI_API_KEY": "sk-secret"', 'not valid JSON'],
    ['', 'not valid JSON'],
    [[], 'must hold a JSON object'],
    [{ OPENAI_API_KEY: 5 }, 'OPENAI_API_KEY must be a string'],
    [{ auth_mode: 'apikey' }, 'auth_mode is apikey but OPENAI_API_KEY is missing'],
    [{ auth_mode: 'magic', OPENAI_API_KEY: 'sk-secret' }, 'auth_mode must be apikey or chatgpt'],
    [{ auth_mode: 'chatgpt' }, 'auth_mode is chatgpt but tokens are missing'],
    [{ tokens: { access_token: ['sk-secret'] } }, 'tokens.access_token must be a string'],
    [{ tokens: 'sk-secret' }, 'tokens must be an object'],
  ])('%j is refused by name, without its content', async (content, what) => {
    store(content);
    const error = await open()
      .credentials('openai')
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CodexError);
    expect(String(error)).toContain(`${file}: ${what}`);
    expect(String(error)).not.toContain('sk-secret');
    expect(await open().status()).toMatchObject({ mode: null, problem: expect.stringContaining(what) });
    expect(await open().account()).toBeNull();
  });

  test('a folder in its place is an error, a missing home is not', async () => {
    mkdirSync(file);
    await expect(open().credentials('openai')).rejects.toThrow(`${file} cannot be read: EISDIR`);
    expect(await open({ home: join(home, 'missing') }).credentials('openai')).toEqual({ kind: 'none' });
  });

  test('any content gives a credential or a typed error', async () => {
    const part = fc.oneof(fc.constant(null), fc.string(), fc.integer(), fc.jsonValue());
    const content = fc.record(
      {
        auth_mode: part,
        OPENAI_API_KEY: part,
        tokens: fc.oneof(part, fc.record({ access_token: part, id_token: part })),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(content, fc.jsonValue()), async (value) => {
        store(JSON.stringify(value));
        const result = await open()
          .credentials('openai')
          .catch((reason: unknown) => reason);
        expect(result instanceof CodexError || (result as { kind: string }).kind !== undefined).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

describe('login with a key and logout', () => {
  test('writes a file for the owner only and leaves nothing else', async () => {
    const auth = open({ home: join(home, 'new') });
    await auth.loginWithApiKey(' sk-test-123\n');
    const path = join(home, 'new', 'auth.json');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ auth_mode: 'apikey', OPENAI_API_KEY: 'sk-test-123' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(home, 'new'))).toEqual(['auth.json']);
    expect(await auth.account()).toEqual({ type: 'apiKey' });
    expect(await auth.status()).toEqual({ mode: 'apikey', source: 'file', token: null, problem: null });
    expect((await auth.status({ includeToken: true })).token).toBe('sk-test-123');
    await auth.logout();
    await auth.logout();
    expect(existsSync(path)).toBe(false);
    expect(await auth.account()).toBeNull();
  });

  test('replaces a damaged or open file', async () => {
    store('broken');
    chmodSync(file, 0o644);
    await open().loginWithApiKey('sk-1');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await open().credentials('openai')).toEqual({ kind: 'apiKey', key: 'sk-1' });
  });

  test('logins at the same time leave one whole file', async () => {
    const auth = open();
    const keys = Array.from({ length: 20 }, (_, index) => `sk-${index}`);
    await Promise.all(keys.map((key) => auth.loginWithApiKey(key)));
    const left = await auth.credentials('openai');
    expect(keys).toContain(left.kind === 'apiKey' ? left.key : '');
    expect(readdirSync(home)).toEqual(['auth.json']);
  });

  test.each(['', '  ', 'two words', 'line\nbreak', 'schlüssel'])('%j is no key', async (key) => {
    await expect(open().loginWithApiKey(key)).rejects.toThrow('The API key must be one word of plain characters.');
    expect(existsSync(file)).toBe(false);
  });

  test('a folder that cannot be written', async () => {
    writeFileSync(join(home, 'plain'), '');
    const failing = open({ home: join(home, 'plain') }).loginWithApiKey('sk-secret');
    await expect(failing).rejects.toThrow(/^failed to save api key: /);
    await expect(failing).rejects.not.toThrow('sk-secret');
  });

  test('the ephemeral store writes nothing', async () => {
    const auth = open({ store: 'ephemeral' });
    await auth.loginWithApiKey('sk-1');
    expect(await auth.credentials('openai')).toEqual({ kind: 'apiKey', key: 'sk-1' });
    expect(readdirSync(home)).toEqual([]);
    await auth.logout();
    expect((await auth.status()).mode).toBeNull();
  });
});

describe('ChatGPT account', () => {
  test('e-mail and plan from the claims', async () => {
    const accountWith = async (claims: object) => {
      store({ tokens: { access_token: 'a', id_token: jwt(claims) } });
      return open().account();
    };
    expect(await accountWith(authClaims({ chatgpt_plan_type: 'Plus' }))).toEqual({
      type: 'chatgpt',
      email: 'one@example.com',
      planType: 'plus',
    });
    expect(await accountWith(authClaims({ chatgpt_plan_type: 'galactic' }))).toMatchObject({ planType: 'unknown' });
    expect(await accountWith({})).toMatchObject({ planType: 'unknown' });
    await expect(accountWith({ email: null })).rejects.toThrow(
      'email and plan type are required for chatgpt authentication',
    );
  });
});

describe('tokens from the client', () => {
  test('live in memory, show the account, keep other logins out, and go with a logout', async () => {
    const auth = open();
    auth.loginWithTokens(external());
    expect(readdirSync(home)).toEqual([]);
    expect(await auth.credentials('any')).toEqual({
      kind: 'chatgpt',
      accessToken: external().accessToken,
      accountId: 'org-1',
    });
    expect(await auth.account()).toEqual({ type: 'chatgpt', email: 'one@example.com', planType: 'pro' });
    expect((await auth.status()).mode).toBe('chatgptAuthTokens');
    await expect(auth.loginWithApiKey('sk')).rejects.toThrow('External auth is active.');
    await auth.logout();
    expect(await auth.account()).toBeNull();
  });

  test('must be a token', () => {
    const failing = () => open().loginWithTokens({ ...external(), accessToken: 'not a jwt' });
    expect(failing).toThrow('failed to set external auth: invalid ID token format');
  });

  test('are renewed by the client after a 401', async () => {
    const asked: string[] = [];
    const auth = open({
      refreshExternal: async (previous) => {
        asked.push(previous);
        if (asked.length > 1) throw new CodexError('auth', 'auth refresh request timed out after 10s');
        return external('two');
      },
    });
    auth.loginWithTokens(external());
    const old = await auth.credentials('openai');
    expect(await auth.onUnauthorized(old, 1)).toEqual({ kind: 'again' });
    expect(await auth.account()).toMatchObject({ email: 'two@example.com' });
    expect(await auth.onUnauthorized(old, 1)).toEqual({ kind: 'again' });
    expect(asked).toEqual(['org-1']);
    await expect(auth.onUnauthorized(await auth.credentials('openai'), 1)).rejects.toThrow('timed out after 10s');
  });
});

describe('a 401', () => {
  test('with a key has no cure', async () => {
    expect(await open().onUnauthorized({ kind: 'apiKey', key: 'k' }, 1)).toEqual({ kind: 'gaveUp', message: null });
  });

  test('finds what somebody else renewed, of the same account only', async () => {
    const tokens = (access_token: string, account_id: string) => store({ tokens: { access_token, account_id } });
    tokens('old', 'acc');
    const auth = open();
    const used = await auth.credentials('openai');
    tokens('new', 'acc');
    expect(await auth.onUnauthorized(used, 2)).toEqual({ kind: 'again' });
    tokens('new', 'other');
    expect(await auth.onUnauthorized(used, 2)).toMatchObject({ kind: 'gaveUp' });
  });

  test('with tokens of the client asks it once per request', async () => {
    const auth = open({ refreshExternal: async () => external('two') });
    auth.loginWithTokens(external());
    const used = await auth.credentials('openai');
    expect(await auth.onUnauthorized(used, 2)).toEqual({ kind: 'gaveUp', message: null });
  });
});

describe('forced logins', () => {
  const forced =
    (method: 'api' | 'chatgpt' | null, workspaceId: string | null = null) =>
    () => ({ method, workspaceId });

  test('refuse the other kind', async () => {
    await expect(open({ forced: forced('chatgpt') }).loginWithApiKey('sk')).rejects.toThrow(
      'API key login is disabled. Use ChatGPT login instead.',
    );
    expect(() => open({ forced: forced('api') }).loginWithTokens(external())).toThrow(
      'External ChatGPT auth is disabled. Use API key login instead.',
    );
    expect(() => open({ forced: forced(null, 'org-2') }).loginWithTokens(external())).toThrow(
      'External auth must use workspace org-2, but received "org-1".',
    );
  });

  test.each([
    [
      'chatgpt',
      null,
      { OPENAI_API_KEY: 'sk' },
      'ChatGPT login is required, but an API key is currently being used. Logging out.',
    ],
    [
      'api',
      null,
      { tokens: { access_token: 'a' } },
      'API key login is required, but ChatGPT is currently being used. Logging out.',
    ],
    [
      null,
      'w1',
      { tokens: { access_token: 'a', account_id: 'w2' } },
      'Login is restricted to workspace w1, but current credentials belong to w2. Logging out.',
    ],
  ] as const)('log out a login of the wrong kind (%s, %s)', async (method, workspace, content, message) => {
    store(content);
    const auth = open({ forced: forced(method, workspace) });
    expect(await auth.enforceForced()).toBe(message);
    expect(existsSync(file)).toBe(false);
    expect(await auth.enforceForced()).toBeNull();
  });

  test('leave a fitting login alone', async () => {
    store({ OPENAI_API_KEY: 'sk' });
    expect(await open({ forced: forced('api', 'w1') }).enforceForced()).toBeNull();
    expect(existsSync(file)).toBe(true);
  });
});

test('no secret is logged', async () => {
  const lines: string[] = [];
  const record = (fields: object, message: string) => lines.push(JSON.stringify(fields) + message);
  const log: Logger = { ...nullLogger, debug: record, info: record, warn: record, error: record, child: () => log };
  store('{"OPENAI_API_KEY":"sk-secret",');
  await open({ log }).status();
  await open({ log }).loginWithApiKey('sk-secret');
  expect(lines.join()).toContain('stored login cannot be used');
  expect(lines.join()).not.toContain('sk-secret');
});
