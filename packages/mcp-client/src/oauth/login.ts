import { createHash, randomBytes } from 'node:crypto';
import { type Clock, createDeadline, isObject, raceAbort } from '@codex/base';
import { configuredHeaders, type Env, type McpServerToml } from '../settings.ts';
import type { CallbackServer } from './callback-server.ts';
import { type AuthServer, discoverAuthServer } from './discovery.ts';
import { requestTokens } from './token-request.ts';
import type { TokenStore } from './token-store.ts';

const LIMIT_SECONDS = 300;
const REGISTRATION_LIMIT_MS = 30_000;

export interface LoginOptions {
  name: string;
  toml: McpServerToml;
  /** Instead of the configured or the discovered ones. */
  scopes: readonly string[] | null;
  timeoutSeconds: number | null;
  callback: { port: number | null; url: string | null };
}

export interface LoginDeps {
  store: TokenStore;
  clock: Clock;
  env: Env;
  signal: AbortSignal;
}

export interface Login {
  /** For the user's browser. */
  readonly authorizationUrl: string;
  /** Resolves when the tokens are stored; rejects in words for the user. */
  readonly completed: Promise<void>;
}

/** Begins an OAuth login with a server (mcp specification §5). Rejects when there is nowhere to log in. */
export async function startLogin(options: LoginOptions, deps: LoginDeps): Promise<Login> {
  const { name, toml, callback } = options;
  const url = toml.url ?? '';
  const server = await discoverAuthServer(url, configuredHeaders(toml, deps.env), deps.signal);
  if (!server) throw new Error(`no authorization server was found for ${url}`);
  // Brings a web server along, which nobody else needs.
  const { openCallback } = await import('./callback-server.ts');
  const waiting = await openCallback(callback);
  try {
    const clientId = await register(server, waiting.redirectUri, deps.signal);
    const verifier = randomBytes(32).toString('base64url');
    const state = randomBytes(16).toString('base64url');
    const scopes = options.scopes ?? toml.scopes ?? server.scopes;
    const authorizationUrl = authorizationAddress(server, {
      response_type: 'code',
      client_id: clientId,
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      redirect_uri: waiting.redirectUri,
      ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
      ...(toml.oauth_resource === undefined ? {} : { resource: toml.oauth_resource }),
    });
    const finish = async () => {
      const code = await codeFrom(waiting, state, options.timeoutSeconds ?? LIMIT_SECONDS, deps);
      const form = {
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        client_id: clientId,
        redirect_uri: waiting.redirectUri,
      };
      const before = { clientId, refreshToken: null, scopes };
      try {
        await deps.store.set(
          name,
          url,
          await requestTokens(server.tokenEndpoint, form, before, deps.clock, deps.signal),
        );
      } catch (error) {
        throw new Error('failed to handle OAuth callback', { cause: error });
      }
    };
    const completed = finish().finally(() => waiting.close());
    completed.catch(() => {});
    return { authorizationUrl, completed };
  } catch (error) {
    waiting.close();
    throw error;
  }
}

async function codeFrom(waiting: CallbackServer, state: string, seconds: number, deps: LoginDeps): Promise<string> {
  const deadline = createDeadline(Math.max(1, seconds) * 1000, deps.clock);
  try {
    const answer = await raceAbort(waiting.code, AbortSignal.any([deps.signal, deadline.signal]));
    if (answer.state !== state) throw new Error('failed to handle OAuth callback');
    return answer.code;
  } catch (error) {
    if (deadline.expired) throw new Error('timed out waiting for OAuth callback', { cause: error });
    throw error;
  } finally {
    deadline.clear();
  }
}

async function register(server: AuthServer, redirectUri: string, signal: AbortSignal): Promise<string> {
  if (server.registrationEndpoint === null) throw new Error('the authorization server does not register clients');
  const response = await fetch(server.registrationEndpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      client_name: 'Codex',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
      response_types: ['code'],
    }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(REGISTRATION_LIMIT_MS)]),
  });
  const body: unknown = await response.json().catch(() => null);
  const clientId = isObject(body) ? body['client_id'] : null;
  if (!response.ok || typeof clientId !== 'string') {
    throw new Error(`the authorization server refused to register a client (${response.status})`);
  }
  return clientId;
}

function authorizationAddress(server: AuthServer, query: Record<string, string>): string {
  const address = new URL(server.authorizationEndpoint);
  for (const [key, value] of Object.entries(query)) address.searchParams.set(key, value);
  return address.href;
}
