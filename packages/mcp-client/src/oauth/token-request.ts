import { type Clock, isObject } from '@codex/base';
import type { StoredTokens } from './token-store.ts';

const LIMIT_MS = 30_000;

/** Asks a token endpoint. Throws with what the provider said. */
export async function requestTokens(
  endpoint: string,
  form: Readonly<Record<string, string>>,
  before: Pick<StoredTokens, 'clientId' | 'refreshToken' | 'scopes'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<StoredTokens> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams(form),
    signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
  });
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok || !isObject(body) || typeof body['access_token'] !== 'string') {
    const said = isObject(body) ? (body['error_description'] ?? body['error']) : null;
    throw new TokenRefusal(
      `the token endpoint answered ${response.status}${typeof said === 'string' ? `: ${said}` : ''}`,
    );
  }
  const { expires_in: seconds, refresh_token: refresh, scope } = body;
  return {
    clientId: before.clientId,
    accessToken: body['access_token'],
    refreshToken: typeof refresh === 'string' ? refresh : before.refreshToken,
    expiresAt: typeof seconds === 'number' ? clock.now() + seconds * 1000 : null,
    scopes: typeof scope === 'string' ? scope.split(' ').filter(Boolean) : before.scopes,
  };
}

/** The provider does not give a token for this; asking again will not help. */
export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal';
}
