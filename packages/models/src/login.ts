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

/** After a 401 for a ChatGPT login: whether to try again, or why not; null to take the server's text. */
export async function recoverLogin(
  deps: LoginDeps,
  used: Credential,
  refusals: number,
): Promise<'again' | Failure | null> {
  try {
    const outcome = await deps.credentials.onUnauthorized(used, refusals);
    if (outcome.kind === 'again') return 'again';
    if (outcome.kind === 'passing') return { ...setupFailure(outcome.message), retryStream: true };
    return outcome.message === null ? null : { ...setupFailure(outcome.message), info: 'unauthorized' };
  } catch (error) {
    if (isCodexError(error)) return setupFailure(error.message);
    throw error;
  }
}
