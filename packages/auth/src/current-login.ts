import { CodexError, isCodexError, type Logger } from '@codex/base';
import type { AuthMode } from '@codex/protocol';
import { readClaims } from './claims.ts';
import { refuse } from './messages.ts';
import type { AuthStore, Stored, StoredTokens } from './store.ts';
import type { AuthSource, ExternalTokens, ForcedLogin } from './types.ts';

export type Login =
  | { source: Exclude<AuthSource, 'external'>; stored: Stored }
  | { source: 'external'; stored: StoredTokens; tokens: ExternalTokens };

export interface CurrentLoginDeps {
  store: AuthStore;
  env: Readonly<Record<string, string | undefined>>;
  honourEnvKey: boolean;
  forced: () => ForcedLogin;
  log: Logger;
}

/** Which login counts now. */
export interface CurrentLogin {
  /** For calls to this provider. Throws CodexError `auth` when the stored one cannot be read. */
  find(providerId: string): Promise<Login | null>;
  /** For showing: a damaged file means nobody is logged in, with the reason. */
  show(): Promise<{ login: Login | null; problem: string | null }>;
  /** Whether the client supplies the tokens. */
  readonly isExternal: boolean;
  /** Throws CodexError `invalidRequest` or `internal`. */
  setExternal(tokens: ExternalTokens): void;
  dropExternal(): void;
}

const NOT_RENEWABLE = { refreshToken: null, refreshedAt: null };

export function createCurrentLogin(deps: CurrentLoginDeps): CurrentLogin {
  const { store, env, forced, log } = deps;
  let external: ExternalTokens | null = null;

  const fromEnv = (name: string): Stored | null => {
    const key = env[name]?.trim();
    return key ? { mode: 'apikey', key } : null;
  };

  const find = async (providerId: string): Promise<Login | null> => {
    const codexKey = deps.honourEnvKey ? fromEnv('CODEX_API_KEY') : null;
    if (codexKey) return { source: 'codexApiKey', stored: codexKey };
    if (external) {
      const { accessToken, accountId } = external;
      const stored = { mode: 'chatgpt', accessToken, idToken: accessToken, accountId, ...NOT_RENEWABLE } as const;
      return { source: 'external', stored, tokens: external };
    }
    const stored = await store.read();
    if (stored) return { source: 'file', stored };
    const openaiKey = providerId === 'openai' ? fromEnv('OPENAI_API_KEY') : null;
    return openaiKey ? { source: 'openaiApiKey', stored: openaiKey } : null;
  };

  return {
    find,
    async show() {
      try {
        return { login: await find('openai'), problem: null };
      } catch (error) {
        if (!isCodexError(error)) throw error;
        log.warn({ problem: error.message }, 'stored login cannot be used');
        return { login: null, problem: error.message };
      }
    },
    get isExternal() {
      return external !== null;
    },
    setExternal(tokens) {
      const { method, workspaceId } = forced();
      if (method === 'api') refuse('External ChatGPT auth is disabled. Use API key login instead.');
      if (workspaceId !== null && tokens.accountId !== workspaceId)
        refuse(`External auth must use workspace ${workspaceId}, but received "${tokens.accountId}".`);
      if (!readClaims(tokens.accessToken))
        throw new CodexError('internal', 'failed to set external auth: invalid ID token format');
      external = tokens;
    },
    dropExternal() {
      external = null;
    },
  };
}

export function modeOf(login: Login): AuthMode {
  if (login.source === 'external') return 'chatgptAuthTokens';
  return login.stored.mode;
}
