import { isObject } from '@codex/base';

/** What an authorization server says of itself; endpoints are absolute. */
export interface AuthServer {
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly registrationEndpoint: string | null;
  readonly scopes: readonly string[];
}

const PROTOCOL_VERSION = '2024-11-05';
const LIMIT_MS = 5_000;
const WELL_KNOWN = '.well-known/oauth-authorization-server';

/** Looks for the authorization server of an address, in the places of mcp specification §5; null when there is none. */
export async function discoverAuthServer(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<AuthServer | null> {
  const { origin, pathname } = new URL(url);
  const path = pathname.replace(/^\/+|\/+$/g, '');
  const places = path === '' ? [WELL_KNOWN] : [`${WELL_KNOWN}/${path}`, `${path}/${WELL_KNOWN}`, WELL_KNOWN];
  for (const place of places) {
    const found = await metadataAt(`${origin}/${place}`, headers, signal);
    if (found) return found;
  }
  return null;
}

async function metadataAt(
  address: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<AuthServer | null> {
  let body: unknown;
  try {
    const response = await fetch(address, {
      headers: { ...headers, 'mcp-protocol-version': PROTOCOL_VERSION },
      signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      return null;
    }
    body = await response.json();
  } catch {
    signal.throwIfAborted();
    return null;
  }
  if (!isObject(body)) return null;
  const text = (key: string) => (typeof body[key] === 'string' ? body[key] : null);
  const authorizationEndpoint = text('authorization_endpoint');
  const tokenEndpoint = text('token_endpoint');
  if (authorizationEndpoint === null || tokenEndpoint === null) return null;
  const scopes = body['scopes_supported'];
  return {
    authorizationEndpoint,
    tokenEndpoint,
    registrationEndpoint: text('registration_endpoint'),
    scopes: Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [],
  };
}
