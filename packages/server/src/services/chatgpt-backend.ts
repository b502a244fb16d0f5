import { STATUS_CODES } from 'node:http';
import { CodexError, createDeadline, isAbort, isCodexError, linkedController, toMessage } from '@codex/base';
import type { ClientIdentity } from '@codex/core';
import type { Http, HttpReply } from '@codex/models';
import type { Backend, BackendAnswer } from '@codex/plugins';
import type { AccountService } from './account-service.ts';
import type { ConfigService } from './config-service.ts';
import type { ServiceOptions } from './service-options.ts';

/** The provider whose login is ChatGPT's. */
const OPENAI = 'openai';
/** As often as for a call of the model. */
const MAX_RECOVERIES = 2;

/** Who is signed in with ChatGPT. */
export interface ChatgptLogin {
  readonly accessToken: string;
  readonly accountId: string | null;
}

export interface ChatgptBackend extends Backend {
  /** Null when nobody is signed in, or with a key only. */
  login(): Promise<ChatgptLogin | null>;
  /** Rejects like `get` when there is no login, `purpose` completing the sentence. */
  requireLogin(purpose: string): Promise<ChatgptLogin>;
}

export interface ChatgptBackendDeps {
  account: AccountService;
  config: Pick<ConfigService, 'current'>;
  http: Http;
  /** Who asks. */
  identity: ClientIdentity;
}

export function createChatgptBackend(
  options: ServiceOptions,
  { account, config, http, identity }: ChatgptBackendDeps,
): ChatgptBackend {
  const { clock, log } = options;

  const send = (url: URL, { accessToken, accountId }: ChatgptLogin, signal: AbortSignal) => {
    const headers = {
      authorization: `Bearer ${accessToken}`,
      ...(accountId === null ? {} : { 'chatgpt-account-id': accountId }),
      accept: '*/*',
      'user-agent': identity.userAgent,
      originator: identity.originator,
    };
    return http.send({ method: 'GET', url, headers, body: '', signal });
  };

  const requireLogin = async (purpose: string) => {
    const credential = await account.credentials.get(OPENAI);
    if (credential.kind === 'chatgpt') return credential;
    const detail = credential.kind === 'apiKey' ? '; api key auth is not supported' : '';
    throw new CodexError('auth', `chatgpt authentication required ${purpose}${detail}`);
  };

  /** A login that is refused is renewed, as for a call of the model. */
  const ask = async (url: URL, purpose: string, signal: AbortSignal): Promise<HttpReply> => {
    for (let refusals = 1; ; refusals++) {
      const credential = await requireLogin(purpose);
      const answer = await send(url, credential, signal);
      if (answer.status !== 401 || refusals > MAX_RECOVERIES) return answer;
      const outcome = await account.credentials.onUnauthorized(credential, refusals);
      if (outcome.kind === 'again') continue;
      if (outcome.message === null) return answer;
      throw new CodexError('auth', outcome.message);
    }
  };

  return {
    requireLogin,
    async login() {
      try {
        const credential = await account.credentials.get(OPENAI);
        return credential.kind === 'chatgpt' ? credential : null;
      } catch (error) {
        if (!isCodexError(error)) throw error;
        log.warn({ problem: error.message }, 'the stored login cannot be used');
        return null;
      }
    },
    async get(path, { purpose, timeoutMs, signal }): Promise<BackendAnswer> {
      const base = backendUrl((await config.current()).chatgptBaseUrl);
      if (!URL.canParse(base)) throw new CodexError('config', `chatgpt_base_url is no address: ${base}`);
      const url = new URL(`${base}/${path}`);
      const limit = createDeadline(timeoutMs, clock);
      const { controller, unlink } = linkedController(signal, limit.signal);
      try {
        const { status, text } = await ask(url, purpose, controller.signal);
        return { url: url.href, status, statusText: STATUS_CODES[status] ?? '', body: text };
      } catch (error) {
        signal?.throwIfAborted();
        if (isCodexError(error)) throw error;
        const why = isAbort(error) && limit.expired ? `no answer within ${timeoutMs / 1000} seconds` : toMessage(error);
        throw new CodexError('internal', `failed to send request to ${url.href}: ${why}`, { cause: error });
      } finally {
        limit.clear();
        unlink();
      }
    },
  };
}

/** Without a slash at the end; the host alone stands for its backend. */
export function backendUrl(configured: string): string {
  const base = configured.trim().replace(/\/+$/, '');
  return /^https:\/\/(chatgpt\.com|chat\.openai\.com)$/.test(base) ? `${base}/backend-api` : base;
}

/** Where the MCP server of connected apps is. */
export function appsServerUrl(configured: string): string {
  const base = backendUrl(configured);
  if (base.includes('/backend-api')) return `${base}/wham/apps`;
  return base.includes('/api/codex') ? `${base}/apps` : `${base}/api/codex/apps`;
}
