import { CodexError, createDeadline, DeadlineError } from '@codex/base';
import type { Auth, ExternalTokens, ForcedLogin } from '@codex/auth';
import type { Config } from '@codex/config';
import type { Http, ModelsDeps } from '@codex/models';
import type { ServerNotification } from '@codex/protocol';
import type { Questions } from '../questions.ts';
import { type BrowserLogins, createBrowserLogins } from './browser-logins.ts';
import type { ConfigService } from './config-service.ts';
import type { ServiceOptions } from './service-options.ts';

/** Who pays: the login of the server. */
export interface AccountService {
  /** With the restrictions of the configuration as it is now. */
  auth(): Promise<Auth>;
  /** Whether the provider in force wants a login with OpenAI at all. */
  requiresOpenaiAuth(): Promise<boolean>;
  readonly browserLogins: BrowserLogins;
  /** For the clients of models. */
  readonly credentials: ModelsDeps['credentials'];
  close(): void;
}

export interface AccountServiceDeps {
  config: ConfigService;
  questions: Questions;
  http: Http;
  broadcast: (notification: ServerNotification) => void;
  /** Who asks, when no client does. */
  identity: () => { originator: string; userAgent: string };
}

const REFRESH_LIMIT_MS = 10_000;

export function createAccountService(options: ServiceOptions, deps: AccountServiceDeps): AccountService {
  const { home, env, log, clock, honourApiKeyEnv, issuer } = options;
  const { config, questions, broadcast, http, identity } = deps;
  let forced: ForcedLogin = { method: null, workspaceId: null };
  let made: Promise<Auth> | undefined;

  const refreshExternal = async (previousAccountId: string): Promise<ExternalTokens> => {
    const limit = createDeadline(REFRESH_LIMIT_MS, clock);
    try {
      const answer = await questions.askAll(
        'account/chatgptAuthTokens/refresh',
        { reason: 'unauthorized', previousAccountId },
        limit.signal,
      );
      if (!answer) throw new CodexError('auth', 'auth refresh request failed: no client is connected');
      if (!answer.ok) {
        const { code, message } = answer.error;
        throw new CodexError('auth', `auth refresh request failed: code=${code} message=${message}`);
      }
      const { accessToken, chatgptAccountId, chatgptPlanType } = answer.result;
      return { accessToken, accountId: chatgptAccountId, planType: chatgptPlanType ?? null };
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw error;
      throw new CodexError('auth', 'auth refresh request timed out after 10s', { cause: error });
    } finally {
      limit.clear();
    }
  };

  const create = async (current: Config): Promise<Auth> => {
    const { createAuth } = await import('@codex/auth');
    return createAuth({
      ...{ home, env, clock, log, refreshExternal, http: (request) => http.send(request) },
      headers: () => {
        const { originator, userAgent } = identity();
        return { originator, 'user-agent': userAgent };
      },
      honourEnvKey: honourApiKeyEnv,
      ...(issuer === undefined ? {} : { issuer }),
      store: current.cliAuthCredentialsStore,
      forced: () => forced,
    });
  };

  const auth = async (): Promise<Auth> => {
    const current = await config.current();
    forced = { method: current.forcedLoginMethod, workspaceId: current.forcedChatgptWorkspaceId };
    made ??= create(current);
    return made;
  };

  const lasting = (): Promise<Auth> => made ?? auth();

  const browserLogins = createBrowserLogins({ auth, broadcast, clock, ids: options.ids, port: issuer?.callbackPort });

  return {
    auth,
    browserLogins,
    async requiresOpenaiAuth() {
      const current = await config.current();
      return current.modelProviders[current.modelProvider]?.requiresOpenaiAuth ?? false;
    },
    credentials: {
      async get(providerId) {
        const current = await lasting();
        const message = await current.enforceForced();
        if (message === null) return current.credentials(providerId);
        broadcast({ method: 'account/updated', params: { authMode: null, planType: null } });
        throw new CodexError('auth', message);
      },
      onUnauthorized: async (used, refusals) => (await lasting()).onUnauthorized(used, refusals),
    },
    close: () => void browserLogins.cancelAll(),
  };
}
