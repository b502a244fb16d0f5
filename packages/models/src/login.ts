import { CodexError, isCodexError } from '@codex/base';
import type { Provider } from '@codex/protocol';
import type { Credential, Credentials } from './credentials.ts';
import { type Failure, setupFailure } from './failure.ts';
import type { Env } from './provider.ts';

export interface LoginDeps {
  credentials: Credentials;
  env: Env;
}

/** Key of the provider's own variable, its literal token, or the login; a ChatGPT login only where it is meant to go. */
export async function credentialFor(deps: LoginDeps, provider: Provider): Promise<Credential> {
  if (provider.envKey !== null) {
    const key = deps.env[provider.envKey]?.trim();
    if (key) return { kind: 'apiKey', key };
    const hint = provider.envKeyInstructions ? ` ${provider.envKeyInstructions}` : '';
    throw new CodexError('auth', `Missing environment variable: \`${provider.envKey}\`.${hint}`);
  }
  if (provider.bearerToken !== null) return { kind: 'apiKey', key: provider.bearerToken };
  const login = await deps.credentials.get(provider.id);
  return login.kind === 'chatgpt' && !provider.requiresOpenaiAuth ? { kind: 'none' } : login;
}

/** After a 401: whether to try again, a failure with the login's own text, or null to take the server's. */
export async function recoverLogin(deps: LoginDeps, used: Credential): Promise<'again' | Failure | null> {
  if (used.kind !== 'chatgpt') return null;
  try {
    const outcome = await deps.credentials.onUnauthorized(used);
    if (outcome.kind === 'refreshed') return 'again';
    return outcome.message === null ? null : { ...setupFailure(outcome.message), info: 'unauthorized' };
  } catch (error) {
    if (isCodexError(error)) return setupFailure(error.message);
    throw error;
  }
}
