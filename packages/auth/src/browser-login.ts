import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { toMessage } from '@codex/base';
import { openCallbackServer } from './callback-server.ts';
import { exchangeCode, type IssuerDeps } from './issuer.ts';
import { failurePage, SUCCESS_PAGE } from './pages.ts';
import type { BrowserLogin, Tokens } from './types.ts';

/** Where the issuer's registration of our client id expects us. */
const DEFAULT_PORT = 1455;
const ORIGIN = 'http://localhost';
const SCOPE = 'openid profile email offline_access api.connectors.read api.connectors.invoke';

export interface BrowserLoginOptions {
  /** Of the client, for the issuer. */
  originator: string;
  /** Only this workspace may be chosen. */
  workspaceId: string | null;
  port?: number;
}

export interface BrowserLoginDeps extends IssuerDeps {
  /** Stores the login. Rejects in words for the user. */
  accept: (tokens: Tokens) => Promise<void>;
}

type Outcome = { ok: true } | { ok: false; message: string };

/**
 * Begins an authorization code login with PKCE (RFC 7636) and waits on a port of this machine. Rejects when the port cannot
 * be had.
 */
export async function startBrowserLogin(options: BrowserLoginOptions, deps: BrowserLoginDeps): Promise<BrowserLogin> {
  const verifier = randomBytes(64).toString('base64url');
  const state = randomBytes(32).toString('base64url');
  const stopping = new AbortController();
  let settle: (outcome: Outcome) => void = () => {};
  const settled = new Promise<Outcome>((resolve) => {
    settle = resolve;
  });
  let isUsed = false;

  const finish = async (query: URLSearchParams): Promise<Outcome> => {
    const refused = query.get('error');
    if (refused) return { ok: false, message: `Sign-in failed: ${query.get('error_description') || refused}` };
    const code = query.get('code');
    if (!code) return { ok: false, message: 'Missing authorization code. Sign-in could not be completed.' };
    let tokens: Tokens;
    try {
      tokens = await exchangeCode(deps, { code, verifier, redirectUri }, stopping.signal);
    } catch (error) {
      return { ok: false, message: `Token exchange failed: ${toMessage(error)}` };
    }
    // Who cancelled may have signed in another way by now.
    if (stopping.signal.aborted) return { ok: false, message: 'Login cancelled' };
    try {
      await deps.accept(tokens);
      return { ok: true };
    } catch (error) {
      return { ok: false, message: toMessage(error) };
    }
  };

  const serve = (incoming: IncomingMessage, response: ServerResponse): void => {
    const target = incoming.url ?? '/';
    const { pathname, searchParams } = new URL(URL.canParse(target, ORIGIN) ? target : '/', ORIGIN);
    const reply = (status: number, text: string, type = 'text/plain') =>
      response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, connection: 'close' }).end(text);
    if (incoming.method !== 'GET') {
      reply(405, 'Method Not Allowed');
    } else if (pathname === '/cancel' && !isFromPage(incoming)) {
      response.once('close', () => settle({ ok: false, message: 'Login cancelled' }));
      reply(200, 'Login cancelled');
    } else if (pathname !== '/auth/callback') {
      reply(404, 'Not Found');
    } else if (isUsed || !isSame(searchParams.get('state') ?? '', state)) {
      reply(400, 'State mismatch');
    } else {
      isUsed = true;
      void finish(searchParams).then((outcome) => {
        // The browser sees how it ended before anybody may end the process.
        if (response.closed) settle(outcome);
        else response.once('close', () => settle(outcome));
        reply(200, outcome.ok ? SUCCESS_PAGE : failurePage(outcome.message), 'text/html');
      });
    }
  };

  const server = await openCallbackServer(options.port ?? DEFAULT_PORT, deps.clock, serve);
  const redirectUri = `http://localhost:${server.port}/auth/callback`;
  const completed = settled.then((outcome) => {
    stopping.abort();
    server.close();
    if (!outcome.ok) throw new Error(outcome.message);
  });
  completed.catch(() => {});
  return {
    authUrl: authorizationUrl(deps, {
      response_type: 'code',
      client_id: deps.address.clientId,
      redirect_uri: redirectUri,
      scope: SCOPE,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      id_token_add_organizations: 'true',
      codex_cli_simplified_flow: 'true',
      state,
      originator: options.originator,
      ...(options.workspaceId === null ? {} : { allowed_workspace_id: options.workspaceId }),
    }),
    port: server.port,
    completed,
    cancel: (message) => settle({ ok: false, message }),
  };
}

function authorizationUrl({ address }: IssuerDeps, query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${address.url}/oauth/authorize?${pairs.join('&')}`;
}

/** Whether a web page had the browser ask. */
function isFromPage({ headers }: IncomingMessage): boolean {
  return headers.origin !== undefined || !['none', undefined].includes(headers['sec-fetch-site']?.toString());
}

function isSame(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}
