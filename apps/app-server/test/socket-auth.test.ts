import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock, nullLogger } from '@codex/base';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openSocketAuth } from '../src/socket-auth.ts';
import type { SocketAuthOptions } from '../src/socket-auth-options.ts';
import { listenWebSocket } from '../src/web-socket.ts';

const TOKEN = 'a-token-of-some-length';
const SECRET = 'x'.repeat(32);
const NOW = 1_800_000_000;

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'socket-auth-'));
  writeFileSync(join(cwd, 'token'), ` ${TOKEN}\n`);
  writeFileSync(join(cwd, 'secret'), `${SECRET}\n`);
  writeFileSync(join(cwd, 'short'), 'abc');
  writeFileSync(join(cwd, 'empty'), ' \n');
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const open = (options: SocketAuthOptions) => openSocketAuth(options, { cwd, clock: manualClock(NOW * 1000) });
const judge = async (options: SocketAuthOptions) => {
  const auth = await open(options);
  if (!auth) throw new Error('everybody may come');
  return (token: string) => auth(`Bearer ${token}`);
};
const signed: SocketAuthOptions = {
  kind: 'signed',
  secretFile: 'secret',
  issuer: null,
  audience: null,
  skewSeconds: 30,
};

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
function jwt(claims: object, { secret = SECRET, alg = 'HS256' } = {}): string {
  const signedPart = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`;
  const hash = alg === 'HS512' ? 'sha512' : 'sha256';
  return `${signedPart}.${createHmac(hash, secret).update(signedPart).digest('base64url')}`;
}

describe('a token', () => {
  it('is the one of the file, or has the digest', async () => {
    const sha256 = createHash('sha256').update(TOKEN).digest('hex').toUpperCase();
    for (const options of [{ kind: 'token', file: 'token' } as const, { kind: 'tokenDigest', sha256 } as const]) {
      const auth = await open(options);
      expect(auth?.(`Bearer ${TOKEN}`)).toBeNull();
      expect(auth?.(`bearer   ${TOKEN} `)).toBeNull();
      expect(auth?.(`Bearer ${TOKEN}x`)).toBe('invalid websocket bearer token');
      expect(auth?.(undefined)).toBe('missing websocket bearer token');
      for (const header of ['', 'Bearer', 'Bearer ', 'Basic abc', TOKEN, `Bearer ${TOKEN} ${TOKEN}`]) {
        expect(auth?.(header)).toBe('invalid authorization header');
      }
    }
  });

  it('is nothing else', async () => {
    const check = await judge({ kind: 'token', file: 'token' });
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        fc.pre(text.trim() !== TOKEN);
        expect(check(text)).not.toBeNull();
      }),
    );
  });
});

describe('a signed token', () => {
  const claims = { exp: NOW + 60 };

  it('is signed with the secret, and within its time', async () => {
    const check = await judge(signed);
    expect(check(jwt(claims))).toBeNull();
    expect(check(jwt({ exp: NOW - 30, nbf: NOW + 30 }))).toBeNull();
    expect(check(jwt({ exp: NOW - 31 }))).toBe('expired websocket jwt');
    expect(check(jwt({ ...claims, nbf: NOW + 31 }))).toBe('websocket jwt is not valid yet');
    const [head, body, signature] = jwt(claims).split('.');
    for (const wrong of [
      jwt({}),
      jwt({ exp: String(NOW + 60) }),
      jwt({ exp: NOW + 60.5 }),
      jwt({ ...claims, nbf: 'x' }),
      jwt(claims, { secret: 'y'.repeat(32) }),
      jwt(claims, { alg: 'HS512' }),
      `${encode({ alg: 'none' })}.${body}.`,
      `${encode({ alg: 'none' })}.${body}.${signature}`,
      `${head}.${encode({ exp: NOW + 999 })}.${signature}`,
      `${head}.${body}`,
      `${head}.${body}.${signature}.x`,
      'abc',
      '..',
      SECRET,
    ]) {
      expect(check(wrong)).toBe('invalid websocket jwt');
    }
  });

  it('is from the issuer and for us', async () => {
    const check = await judge({ ...signed, issuer: 'me', audience: 'you' });
    const right = { ...claims, iss: 'me', aud: 'you' };
    expect(check(jwt(right))).toBeNull();
    expect(check(jwt({ ...right, aud: ['a', 'you'] }))).toBeNull();
    expect(check(jwt({ ...right, iss: 'x' }))).toBe('websocket jwt issuer mismatch');
    expect(check(jwt(claims))).toBe('websocket jwt issuer mismatch');
    expect(check(jwt({ ...right, aud: ['a'] }))).toBe('websocket jwt audience mismatch');
  });
});

it('files that cannot be used are named', async () => {
  await expect(open({ kind: 'token', file: 'none' })).rejects.toThrow(
    `failed to read websocket auth secret ${join(cwd, 'none')}: ENOENT`,
  );
  await expect(open({ kind: 'token', file: 'empty' })).rejects.toThrow(
    `websocket auth secret ${join(cwd, 'empty')} must not be empty`,
  );
  await expect(open({ ...signed, secretFile: 'short' })).rejects.toThrow(
    `signed websocket bearer secret ${join(cwd, 'short')} must be at least 32 bytes`,
  );
  expect(await open({ kind: 'none' })).toBeNull();
});

it('a server lets nobody else in, answers probes and logs no token', async () => {
  const logged: string[] = [];
  const note = (fields: object, message: string) => void logged.push(JSON.stringify(fields) + message);
  let connections = 0;
  const listener = await listenWebSocket({
    ...{ host: '127.0.0.1', port: 0, auth: await open({ kind: 'token', file: 'token' }) },
    log: { ...nullLogger, warn: note, info: note, debug: note },
    onConnection: () => connections++,
  });
  onTestFinished(async () => {
    listener.abandon();
    await listener.close();
  });
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  const ask = (headers: Record<string, string>, path = '/') =>
    new Promise<{ status: number | undefined; text: string; challenge: string | undefined }>((resolve, reject) => {
      const asking = request({ host: '127.0.0.1', port: listener.port, path, headers, agent: false });
      asking.on('error', reject).on('upgrade', (_response, socket) => {
        socket.destroy();
        resolve({ status: 101, text: '', challenge: undefined });
      });
      asking.on('response', (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        const { statusCode: status, headers: back } = response;
        response.on('end', () => resolve({ status, text, challenge: back['www-authenticate'] }));
      });
      asking.end();
    });

  const bearer = { authorization: `Bearer ${TOKEN}` };
  expect(await ask({ ...upgrade, ...bearer })).toMatchObject({ status: 101 });
  expect(connections).toBe(1);
  expect(await ask(upgrade)).toEqual({ status: 401, text: 'missing websocket bearer token', challenge: 'Bearer' });
  expect(await ask({ ...upgrade, authorization: 'Bearer nonsense' })).toMatchObject({ status: 401 });
  expect(await ask(upgrade, `/?token=${TOKEN}`)).toMatchObject({ status: 401 });
  expect(await ask({ ...upgrade, ...bearer, origin: 'http://x' })).toMatchObject({ status: 403 });
  expect(await ask({}, '/readyz')).toMatchObject({ status: 200 });
  expect(await ask({})).toMatchObject({ status: 400 });
  expect(connections).toBe(1);
  expect(logged.filter((line) => line.includes('turned away'))).toHaveLength(3);
  expect(logged.join()).not.toMatch(/nonsense|a-token/);
});
