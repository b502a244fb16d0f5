import { STATUS_CODES } from 'node:http';
import { CodexError, createDeadline, isAbort, isCodexError, linkedController, toMessage } from '@codex/base';
import type { ClientIdentity } from '@codex/core';
import type { Http } from '@codex/models';
import type { Backend, BackendAnswer } from '@codex/plugins';
import type { AccountService } from './account-service.ts';
import type { ConfigService } from './config-service.ts';
import type { ServiceOptions } from './service-options.ts';

/** The provider whose login is ChatGPT's. */
const OPENAI = 'openai';

/** Who is signed in with ChatGPT. */
export interface ChatgptLogin {
  readonly accessToken: string;
  readonly accountId: string | null;
}

export interface ChatgptBackend extends Backend {
  /** Null when nobody is signed in, or with a key only. */
  login(): Promise<ChatgptLogin | null>;
  close(): Promise<void>;
}

export interface ChatgptBackendDeps {
  account: AccountService;
  config: Pick<ConfigService, 'current'>;
  /** Who asks. */
  identity: ClientIdentity;
}

export function createChatgptBackend(
  options: ServiceOptions,
  { account, config, identity }: ChatgptBackendDeps,
): ChatgptBackend {
  const { env, clock, log } = options;
  let opened: Promise<Http> | undefined;
  const http = () => (opened ??= import('@codex/models').then(({ createHttp }) => createHttp({ env, clock })));

  const send = async (url: URL, { accessToken, accountId }: ChatgptLogin, signal: AbortSignal) => {
    const headers = {
      authorization: `Bearer ${accessToken}`,
      ...(accountId === null ? {} : { 'chatgpt-account-id': accountId }),
      accept: '*/*',
      'user-agent': identity.userAgent,
      originator: identity.originator,
    };
    return (await http()).send({ method: 'GET', url, headers, body: '', signal });
  };

  return {
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
      const credential = await account.credentials.get(OPENAI);
      if (credential.kind !== 'chatgpt') {
        const detail = credential.kind === 'apiKey' ? '; api key auth is not supported' : '';
        throw new CodexError('auth', `chatgpt authentication required ${purpose}${detail}`);
      }
      const limit = createDeadline(timeoutMs, clock);
      const { controller, unlink } = linkedController(signal, limit.signal);
      try {
        let answer = await send(url, credential, controller.signal);
        if (answer.status === 401 && (await account.credentials.onUnauthorized(credential, 1)).kind === 'again') {
          const renewed = await account.credentials.get(OPENAI);
          if (renewed.kind === 'chatgpt') answer = await send(url, renewed, controller.signal);
        }
        const { status, text } = answer;
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
    close: async () => (await opened)?.close(),
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
