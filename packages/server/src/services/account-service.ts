import { CodexError, createDeadline, DeadlineError } from '@codex/base';
import type { Auth, ExternalTokens, ForcedLogin } from '@codex/auth';
import type { Config } from '@codex/config';
import type { ModelsDeps } from '@codex/models';
import type { Questions } from '../questions.ts';
import type { ConfigService } from './config-service.ts';
import type { ServiceOptions } from './service-options.ts';

/** Who pays: the login of the server. */
export interface AccountService {
  /** With the restrictions of the configuration as it is now. */
  auth(): Promise<Auth>;
  /** Whether the provider in force wants a login with OpenAI at all. */
  requiresOpenaiAuth(): Promise<boolean>;
  /** For the clients of models. */
  readonly credentials: ModelsDeps['credentials'];
}

const REFRESH_LIMIT_MS = 10_000;

export function createAccountService(
  options: ServiceOptions,
  deps: { config: ConfigService; questions: Questions },
): AccountService {
  const { home, env, log, clock, honourApiKeyEnv } = options;
  const { config, questions } = deps;
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
    const store = current.cliAuthCredentialsStore;
    if (store === 'keyring') log.warn({ store }, 'this build has no keyring; logins are kept in auth.json');
    return createAuth({
      home,
      env,
      log,
      honourEnvKey: honourApiKeyEnv,
      store: store === 'keyring' ? 'auto' : store,
      forced: () => forced,
      refreshExternal,
    });
  };

  const auth = async (): Promise<Auth> => {
    const current = await config.current();
    forced = { method: current.forcedLoginMethod, workspaceId: current.forcedChatgptWorkspaceId };
    made ??= create(current);
    return made;
  };

  const lasting = (): Promise<Auth> => made ?? auth();

  return {
    auth,
    async requiresOpenaiAuth() {
      const current = await config.current();
      return current.modelProviders[current.modelProvider]?.requiresOpenaiAuth ?? false;
    },
    credentials: {
      get: async (providerId) => (await lasting()).credentials(providerId),
      onUnauthorized: async (used) => (await lasting()).onUnauthorized(used),
    },
  };
}
