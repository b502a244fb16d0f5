import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, systemClock } from '@codex/base';
import { describe, expect, test } from 'vitest';
import type { Credential } from '../src/index.ts';
import { type FakeIssuer, idToken, startIssuer } from './support/issuer.ts';
import { chatgptLogin, world } from './support/world.ts';

const TOKEN = '/oauth/token';
const DAY_MS = 24 * 60 * 60_000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
const refused = (code: string) => () => ({ status: 401, body: { error: { code, message: 'no' } } });

/** Waits are short here. */
const clock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 20, signal) };

async function signedIn(more: Parameters<typeof chatgptLogin>[0] = {}) {
  const issuer = await startIssuer();
  const it = world();
  it.store(chatgptLogin(more));
  const auth = it.open({ clock, issuer: { url: issuer.url }, headers: () => ({ originator: 'test' }) });
  return { ...it, issuer, auth, used: await auth.credentials('openai') };
}

describe('a 401', () => {
  test('first the login is read again, then it is renewed, then another try is worth it', async () => {
    const { auth, used, issuer, read, file } = await signedIn();
    expect(await auth.onUnauthorized(used, 1)).toEqual({ kind: 'again' });
    expect(issuer.asked).toEqual([]);
    const before = Date.now();
    expect(await auth.onUnauthorized(used, 2)).toEqual({ kind: 'again' });
    expect(await auth.credentials('openai')).toEqual({ kind: 'chatgpt', accessToken: 'access-1', accountId: 'acc' });
    expect(issuer.asked).toHaveLength(1);
    expect(issuer.asked[0]).toMatchObject({
      method: 'POST',
      path: TOKEN,
      headers: { 'content-type': 'application/json', originator: 'test' },
      fields: {
        client_id: 'app_EMoamEEZ73f0CkXaXp7hrann',
        grant_type: 'refresh_token',
        refresh_token: 'refresh-0',
      },
    });
    const stored = read();
    expect(stored).toMatchObject({
      auth_mode: 'chatgpt',
      OPENAI_API_KEY: null,
      tokens: { id_token: idToken(), access_token: 'access-1', refresh_token: 'refresh-1', account_id: 'acc' },
    });
    expect(Date.parse(String(stored['last_refresh']))).toBeGreaterThanOrEqual(before);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('what others have stored beside the tokens stays', async () => {
    const { auth, used, read } = await signedIn({ OPENAI_API_KEY: 'sk', extra: { a: 1 }, tokens: { more: 2 } });
    await auth.onUnauthorized(used, 2);
    expect(read()).toMatchObject({
      OPENAI_API_KEY: 'sk',
      extra: { a: 1 },
      tokens: { more: 2, access_token: 'access-1' },
    });
  });

  test('an answer may leave out what stays the same', async () => {
    const { auth, used, issuer, read } = await signedIn();
    issuer.answers[TOKEN] = () => ({ body: { access_token: 'only' } });
    await auth.onUnauthorized(used, 2);
    expect(read().tokens).toEqual({
      id_token: idToken(),
      access_token: 'only',
      refresh_token: 'refresh-0',
      account_id: 'acc',
    });
  });

  test('many at once renew once', async () => {
    const { auth, used, issuer } = await signedIn();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => auth.onUnauthorized(used, 2)));
    expect(outcomes).toEqual(Array.from({ length: 20 }, () => ({ kind: 'again' })));
    expect(issuer.asked).toHaveLength(1);
  });

  test('another login meanwhile is not taken for the same one', async () => {
    const { auth, used, store, issuer } = await signedIn();
    store(chatgptLogin({ tokens: { account_id: 'other' } }));
    const gaveUp = {
      kind: 'gaveUp',
      message: expect.stringContaining('since logged out or signed in to another account'),
    };
    expect(await auth.onUnauthorized(used, 1)).toEqual(gaveUp);
    await auth.logout();
    expect(await auth.onUnauthorized(used, 1)).toEqual(gaveUp);
    expect(issuer.asked).toEqual([]);
  });

  test('a logout while the issuer thinks stays a logout', async () => {
    const { auth, used, issuer, home } = await signedIn();
    issuer.answers[TOKEN] = async () => {
      await auth.logout();
      return { body: { access_token: 'late', refresh_token: 'late' } };
    };
    expect(await auth.onUnauthorized(used, 2)).toMatchObject({ kind: 'gaveUp' });
    expect(readdirSync(home)).toEqual([]);
  });
});

describe('a refusal', () => {
  test.each([
    ['refresh_token_expired', 'because your refresh token has expired. Please log out and sign in again.'],
    ['refresh_token_invalidated', 'because your refresh token was revoked. Please log out and sign in again.'],
    ['anything', 'Your access token could not be refreshed. Please log out and sign in again.'],
  ])('%s is told with what to do, once, and signs nobody out', async (code, text) => {
    const { auth, used, issuer, read } = await signedIn();
    issuer.answers[TOKEN] = refused(code);
    const gaveUp = { kind: 'gaveUp', message: expect.stringContaining(text) };
    expect(await auth.onUnauthorized(used, 2)).toEqual(gaveUp);
    expect(await auth.onUnauthorized(used, 2)).toEqual(gaveUp);
    expect(issuer.asked).toHaveLength(1);
    expect(read().tokens['refresh_token']).toBe('refresh-0');
    expect(await auth.account()).toMatchObject({ email: 'me@example.com' });
  });

  test('another login after it is tried again', async () => {
    const { auth, used, issuer, store } = await signedIn();
    issuer.answers[TOKEN] = refused('refresh_token_expired');
    await auth.onUnauthorized(used, 2);
    issuer.answers = {};
    store(chatgptLogin({ tokens: { access_token: 'mine', refresh_token: 'fresh' } }));
    expect(await auth.onUnauthorized(await auth.credentials('openai'), 2)).toEqual({ kind: 'again' });
  });

  test('a token that another program used means waiting for what it stores', async () => {
    const { auth, used, issuer, store } = await signedIn();
    issuer.answers[TOKEN] = () => {
      // Such a program empties the file first.
      store('');
      setTimeout(() => store(chatgptLogin({ tokens: { access_token: 'theirs', refresh_token: 'theirs' } })), 20);
      return { status: 401, body: { error: { code: 'refresh_token_reused' } } };
    };
    expect(await auth.onUnauthorized(used, 2)).toEqual({ kind: 'again' });
    expect(await auth.credentials('openai')).toMatchObject({ accessToken: 'theirs' });
  });

  test('other trouble passes, and is told without what was sent', async () => {
    const { auth, used, issuer, logged } = await signedIn();
    issuer.answers[TOKEN] = () => ({ status: 500, body: 'boom refresh-0' });
    const said = 'Failed to refresh token: 500 Internal Server Error: boom [secret]';
    expect(await auth.onUnauthorized(used, 2)).toEqual({ kind: 'passing', message: said });
    issuer.answers = {};
    expect(await auth.onUnauthorized(used, 2)).toEqual({ kind: 'again' });
    expect(logged.join('\n')).not.toMatch(/refresh-\d|access-\d/);
  });

  test('files that cannot be written are trouble that may pass, before anything is spent', async () => {
    const { auth, used, issuer, home } = await signedIn();
    mkdirSync(join(home, 'auth.json.lock'));
    expect(await auth.onUnauthorized(used, 2)).toEqual({
      kind: 'passing',
      message: expect.stringContaining('Failed to refresh token: EISDIR'),
    });
    expect(issuer.asked).toEqual([]);
  });

  test('an issuer that does not answer is given up', async () => {
    const { issuer, open } = await signedIn();
    issuer.answers[TOKEN] = () => 'hang';
    const impatient: Clock = { ...clock, timer: (ms, run) => systemClock.timer(ms / 1000, run) };
    const auth = open({ clock: impatient, issuer: { url: issuer.url } });
    const used = await auth.credentials('openai');
    expect(await auth.onUnauthorized(used, 2)).toEqual({
      kind: 'passing',
      message: `Failed to refresh token: error sending request for url (${issuer.url}${TOKEN}): no answer within 30 s`,
    });
  });
});

describe('before a call', () => {
  test('tokens of nine days are renewed, those of seven are not', async () => {
    const old = await signedIn({ last_refresh: ago(9) });
    expect(old.used).toMatchObject({ accessToken: 'access-1' });
    const young = await signedIn({ last_refresh: ago(7) });
    expect(young.used).toMatchObject({ accessToken: 'access-0' });
    expect(young.issuer.asked).toEqual([]);
  });

  test('what cannot be renewed may still be good, and is not tried at every call', async () => {
    const { auth, used, issuer, store } = await signedIn({ last_refresh: ago(1) });
    issuer.answers[TOKEN] = refused('refresh_token_reused');
    store(chatgptLogin({ last_refresh: ago(9) }));
    expect(await auth.credentials('openai')).toEqual(used);
    expect(await auth.credentials('openai')).toEqual(used);
    expect(issuer.asked).toHaveLength(1);
  });
});

describe('on request', () => {
  test('tokens are renewed whatever their age; failures change nothing', async () => {
    const { auth, issuer, read } = await signedIn();
    await auth.refresh();
    expect(read().tokens['access_token']).toBe('access-1');
    issuer.answers[TOKEN] = () => ({ status: 503, body: '' });
    await auth.refresh();
    expect(read().tokens['access_token']).toBe('access-1');
  });

  test('keys and tokens of the client are left alone', async () => {
    const { auth, issuer } = await signedIn();
    await auth.loginWithApiKey('sk');
    await auth.refresh();
    auth.loginWithTokens({ accessToken: idToken(), accountId: 'acc', planType: null });
    await auth.refresh();
    expect(issuer.asked).toEqual([]);
  });
});

describe('several processes with one home', () => {
  const script = fileURLToPath(new URL('support/refresh-once.mjs', import.meta.url));

  /** A process that has read the login and waits for the word. */
  const start = async (home: string, issuer: FakeIssuer) => {
    const child = spawn(process.execPath, [script, home, `${issuer.url}${TOKEN}`], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = linesOf(child);
    expect(await lines.next()).toBe('ready');
    return { child, go: () => child.stdin.write('go\n'), answer: async () => JSON.parse(await lines.next()) };
  };

  test('renew once, also after one of them was killed in the middle', { timeout: 60_000 }, async () => {
    const { issuer, home, used, auth } = await signedIn();
    const [victim, ...others] = await Promise.all(Array.from({ length: 4 }, () => start(home, issuer)));
    let reached: () => void = () => {};
    const inTheMiddle = new Promise<void>((resolve) => {
      reached = resolve;
    });
    issuer.answers[TOKEN] = () => {
      reached();
      return 'hang';
    };
    victim?.go();
    await inTheMiddle;
    expect(readdirSync(home).toSorted()).toEqual(['auth.json', 'auth.json.lock']);
    issuer.answers = {};
    const ended = new Promise((resolve) => victim?.child.once('exit', resolve));
    victim?.child.kill('SIGKILL');
    await ended;

    for (const other of others) other.go();
    const answers = await Promise.all([...others.map((other) => other.answer()), auth.onUnauthorized(used, 2)]);
    expect(answers).toEqual([...others.map(() => ({ outcome: 'again', accessToken: 'access-1' })), { kind: 'again' }]);
    expect(issuer.to(TOKEN).map(({ fields }) => fields['refresh_token'])).toEqual(['refresh-0', 'refresh-0']);
    expect(readdirSync(home)).toEqual(['auth.json']);
  });
});

function linesOf(child: ChildProcess): { next(): Promise<string> } {
  let text = '';
  const waiting: (() => void)[] = [];
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    for (const wake of waiting.splice(0)) wake();
  });
  return {
    async next() {
      while (!text.includes('\n')) await new Promise<void>((resolve) => waiting.push(resolve));
      const [line = '', ...rest] = text.split('\n');
      text = rest.join('\n');
      return line;
    },
  };
}

test('a login without a refresh token cannot be renewed', async () => {
  const { store, open } = world();
  store({ tokens: { access_token: 'a', account_id: 'acc' } });
  const auth = open({ http: () => Promise.reject(new Error('nobody is to be asked')) });
  const used: Credential = await auth.credentials('openai');
  expect(await auth.onUnauthorized(used, 2)).toMatchObject({ kind: 'gaveUp' });
});
