import { CodexError, isCodexError, type Logger, toMessage } from '@codex/base';
import type { Account, AuthMode } from '@codex/protocol';
import { readClaims, toPlan } from './claims.ts';
import { type AuthStore, fileStore, memoryStore, type Stored } from './store.ts';
import type { AuthSource, AuthStatus, Credential, ExternalTokens, ForcedLogin, UnauthorizedOutcome } from './types.ts';

export interface AuthDeps {
  /** CODEX_HOME. */
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Whether CODEX_API_KEY counts, as it does for exec. */
  honourEnvKey: boolean;
  log: Logger;
  /** `cli_auth_credentials_store`; default `file`. `auto` is the file too, as there is no keyring. */
  store?: 'file' | 'ephemeral' | 'auto';
  forced?: () => ForcedLogin;
  /** Asks the client for new tokens after a 401. Rejects with a CodexError for the user. */
  refreshExternal?: (previousAccountId: string) => Promise<ExternalTokens>;
}

export interface Auth {
  /**
   * What to send to a provider: CODEX_API_KEY (where it counts), tokens from the client, auth.json, and for the
   * built-in `openai` last OPENAI_API_KEY. Throws CodexError `auth` when auth.json is damaged.
   */
  credentials(providerId: string): Promise<Credential>;
  /** Told of a 401 with the credential that was refused. Rejects with a CodexError when the client gives no new tokens. */
  onUnauthorized(used: Credential): Promise<UnauthorizedOutcome>;
  /** For `getAuthStatus`. Never throws for a damaged file. */
  status(options?: { includeToken?: boolean }): Promise<AuthStatus>;
  /** For `account/read`; null when nobody is logged in. Throws CodexError `invalidRequest` when a ChatGPT login has no e-mail. */
  account(): Promise<Account | null>;
  /** Stores a key. Throws CodexError `invalidRequest` when such a login is not possible now. */
  loginWithApiKey(key: string): Promise<void>;
  /** Takes tokens from the client, for this process only. Throws CodexError `invalidRequest` or `internal`. */
  loginWithTokens(tokens: ExternalTokens): void;
  /** Whether the client supplies the tokens. */
  readonly isExternal: boolean;
  /** Forgets everything stored; environment variables stay. Not being logged in is fine. */
  logout(): Promise<void>;
  /** Logs out when the login is not of the forced kind; the message for the user, or null. */
  enforceForced(): Promise<string | null>;
}

type Login =
  | { source: Exclude<AuthSource, 'external'>; stored: Stored }
  | { source: 'external'; stored: Extract<Stored, { mode: 'chatgpt' }>; tokens: ExternalTokens };

const EXTERNAL_ACTIVE =
  'External auth is active. Use account/login/start (chatgptAuthTokens) to update it or account/logout to clear it.';
const EXPIRED =
  'Your ChatGPT sign-in is no longer accepted. Sign in again with the official Codex client, or log in with an API key.';

export function createAuth(deps: AuthDeps): Auth {
  const { env, log } = deps;
  const store: AuthStore = deps.store === 'ephemeral' ? memoryStore() : fileStore(deps.home);
  const forced = (): ForcedLogin => deps.forced?.() ?? { method: null, workspaceId: null };
  let external: ExternalTokens | null = null;

  const fromEnv = (name: string): Stored | null => {
    const key = env[name]?.trim();
    return key ? { mode: 'apikey', key } : null;
  };

  const findLogin = async (providerId: string): Promise<Login | null> => {
    const codexKey = deps.honourEnvKey ? fromEnv('CODEX_API_KEY') : null;
    if (codexKey) return { source: 'codexApiKey', stored: codexKey };
    if (external) {
      const { accessToken, accountId } = external;
      const stored = { mode: 'chatgpt', accessToken, idToken: accessToken, accountId } as const;
      return { source: 'external', stored, tokens: external };
    }
    const stored = await store.read();
    if (stored) return { source: 'file', stored };
    const openaiKey = providerId === 'openai' ? fromEnv('OPENAI_API_KEY') : null;
    return openaiKey ? { source: 'openaiApiKey', stored: openaiKey } : null;
  };

  /** For showing: a damaged file means nobody is logged in, with the reason. */
  const tryLogin = async (): Promise<{ login: Login | null; problem: string | null }> => {
    try {
      return { login: await findLogin('openai'), problem: null };
    } catch (error) {
      if (!isCodexError(error)) throw error;
      log.warn({ problem: error.message }, 'stored login cannot be used');
      return { login: null, problem: error.message };
    }
  };

  const setExternal = (tokens: ExternalTokens): void => {
    const { method, workspaceId } = forced();
    if (method === 'api') refuse('External ChatGPT auth is disabled. Use API key login instead.');
    if (workspaceId !== null && tokens.accountId !== workspaceId)
      refuse(`External auth must use workspace ${workspaceId}, but received "${tokens.accountId}".`);
    if (!readClaims(tokens.accessToken))
      throw new CodexError('internal', 'failed to set external auth: invalid ID token format');
    external = tokens;
  };

  const logout = async (): Promise<void> => {
    external = null;
    try {
      await store.remove();
    } catch (error) {
      throw new CodexError('internal', `logout failed: ${toMessage(error)}`, { cause: error });
    }
  };

  return {
    async credentials(providerId) {
      const login = await findLogin(providerId);
      if (!login) return { kind: 'none' };
      const { stored } = login;
      if (stored.mode === 'apikey') return { kind: 'apiKey', key: stored.key };
      return { kind: 'chatgpt', accessToken: stored.accessToken, accountId: accountIdOf(stored) };
    },

    async onUnauthorized(used) {
      if (used.kind !== 'chatgpt') return { kind: 'gaveUp', message: null };
      const login = await findLogin('');
      // Somebody may have renewed the tokens meanwhile; those of another account would be a surprise.
      if (login?.stored.mode === 'chatgpt' && login.stored.accessToken !== used.accessToken)
        return accountIdOf(login.stored) === used.accountId
          ? { kind: 'refreshed' }
          : { kind: 'gaveUp', message: 'The ChatGPT account was changed while the request was running. Try again.' };
      if (login?.source !== 'external' || !deps.refreshExternal) return { kind: 'gaveUp', message: EXPIRED };
      setExternal(await deps.refreshExternal(login.tokens.accountId));
      return { kind: 'refreshed' };
    },

    async status(options = {}) {
      const { login, problem } = await tryLogin();
      if (!login) return { mode: null, source: null, token: null, problem };
      const { stored } = login;
      const token = stored.mode === 'apikey' ? stored.key : stored.accessToken;
      return { mode: modeOf(login), source: login.source, token: options.includeToken ? token : null, problem: null };
    },

    async account() {
      const { login } = await tryLogin();
      if (!login) return null;
      if (login.stored.mode === 'apikey') return { type: 'apiKey' };
      const claims = readClaims(login.stored.idToken);
      if (!claims?.email) refuse('email and plan type are required for chatgpt authentication');
      const given = login.source === 'external' ? login.tokens.planType : null;
      return {
        type: 'chatgpt',
        email: claims.email,
        planType: given === null ? (claims.planType ?? 'unknown') : toPlan(given),
      };
    },

    async loginWithApiKey(key) {
      if (external) refuse(EXTERNAL_ACTIVE);
      if (forced().method === 'chatgpt') refuse('API key login is disabled. Use ChatGPT login instead.');
      if (!/^[\x21-\x7e]+$/.test(key.trim())) refuse('The API key must be one word of plain characters.');
      try {
        await store.writeApiKey(key.trim());
      } catch (error) {
        throw new CodexError('internal', `failed to save api key: ${toMessage(error)}`, { cause: error });
      }
    },

    loginWithTokens: setExternal,

    get isExternal() {
      return external !== null;
    },

    logout,

    async enforceForced() {
      const { method, workspaceId } = forced();
      const { login } = await tryLogin();
      if (!login || (method === null && workspaceId === null)) return null;
      const message = mismatch(login.stored, method, workspaceId);
      if (message !== null) await logout();
      return message;
    },
  };
}

function mismatch(stored: Stored, method: ForcedLogin['method'], workspaceId: string | null): string | null {
  if (method === 'api' && stored.mode === 'chatgpt')
    return 'API key login is required, but ChatGPT is currently being used. Logging out.';
  if (method === 'chatgpt' && stored.mode === 'apikey')
    return 'ChatGPT login is required, but an API key is currently being used. Logging out.';
  if (workspaceId === null || stored.mode === 'apikey') return null;
  const current = accountIdOf(stored);
  if (current === workspaceId) return null;
  return `Login is restricted to workspace ${workspaceId}, but current credentials belong to ${current ?? 'an unknown workspace'}. Logging out.`;
}

function modeOf(login: Login): AuthMode {
  if (login.source === 'external') return 'chatgptAuthTokens';
  return login.stored.mode;
}

function accountIdOf(stored: Extract<Stored, { mode: 'chatgpt' }>): string | null {
  return stored.accountId ?? readClaims(stored.idToken)?.accountId ?? null;
}

function refuse(message: string): never {
  throw new CodexError('invalidRequest', message);
}
