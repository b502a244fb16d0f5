import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Clock, isObject, parseJson, toMessage } from '@codex/base';
import type { SocketAuthOptions } from './socket-auth-options.ts';

/** Looks at the `Authorization` header of a client; says why it is turned away, or null to let it in. */
export type SocketAuth = (authorization: string | undefined) => string | null;

const MIN_SECRET_BYTES = 32;
const INVALID = 'invalid websocket jwt';

/**
 * What decides about clients, or null when everybody may come. Secrets are read now, once. Rejects with an Error for the user
 * when a file cannot be used.
 */
export async function openSocketAuth(
  options: SocketAuthOptions,
  deps: { cwd: string; clock: Clock },
): Promise<SocketAuth | null> {
  switch (options.kind) {
    case 'none':
      return null;
    case 'token':
      return bearer(tokenCheck(digest(await readSecret(resolve(deps.cwd, options.file)))));
    case 'tokenDigest':
      return bearer(tokenCheck(Buffer.from(options.sha256, 'hex')));
    case 'signed': {
      const path = resolve(deps.cwd, options.secretFile);
      const secret = await readSecret(path);
      if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) {
        throw new Error(`signed websocket bearer secret ${path} must be at least ${MIN_SECRET_BYTES} bytes`);
      }
      return bearer((token) => judgeJwt(token, secret, options, deps.clock.now() / 1000));
    }
  }
}

async function readSecret(path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new Error(`failed to read websocket auth secret ${path}: ${toMessage(error)}`, { cause: error });
  }
  if (text.trim() === '') throw new Error(`websocket auth secret ${path} must not be empty`);
  return text.trim();
}

function bearer(judge: (token: string) => string | null): SocketAuth {
  return (authorization) => {
    if (authorization === undefined) return 'missing websocket bearer token';
    const [, token] = /^bearer\s+(\S+)\s*$/i.exec(authorization) ?? [];
    return token === undefined ? 'invalid authorization header' : judge(token);
  };
}

/** Digests have one length, so that the time of comparing says nothing. */
function tokenCheck(wanted: Buffer): (token: string) => string | null {
  return (token) => (timingSafeEqual(digest(token), wanted) ? null : 'invalid websocket bearer token');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** A JWT signed with HS256 and nothing else; it must say when it ends (RFC 7519 §4.1). */
function judgeJwt(
  token: string,
  secret: string,
  wanted: Extract<SocketAuthOptions, { kind: 'signed' }>,
  now: number,
): string | null {
  const [head = '', body = '', signature, surplus] = token.split('.');
  if (signature === undefined || surplus !== undefined || readPart(head)?.['alg'] !== 'HS256') return INVALID;
  const right = createHmac('sha256', secret).update(`${head}.${body}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== right.length || !timingSafeEqual(given, right)) return INVALID;
  const claims = readPart(body);
  const { exp, nbf, iss, aud } = claims ?? {};
  if (!Number.isInteger(exp) || (nbf !== undefined && !Number.isInteger(nbf))) return INVALID;
  const { skewSeconds, issuer, audience } = wanted;
  if (now > Number(exp) + skewSeconds) return 'expired websocket jwt';
  if (nbf !== undefined && now < Number(nbf) - skewSeconds) return 'websocket jwt is not valid yet';
  if (issuer !== null && iss !== issuer) return 'websocket jwt issuer mismatch';
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  return audience === null || audiences.includes(audience) ? null : 'websocket jwt audience mismatch';
}

function readPart(part: string): Record<string, unknown> | null {
  const parsed = parseJson(Buffer.from(part, 'base64url').toString('utf8'));
  return parsed.ok && isObject(parsed.value) ? parsed.value : null;
}
