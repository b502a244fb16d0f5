import { type Clock, CodexError, type Logger, toMessage } from '@codex/base';
import type { Account } from '@codex/protocol';
import { readClaims, toPlan } from './claims.ts';
import { createCredentials } from './credentials.ts';
import { createCurrentLogin, modeOf } from './current-login.ts';
import { mismatch } from './forced.ts';
import type { IssuerAddress, IssuerDeps } from './issuer.ts';
import { EXTERNAL_ACTIVE, NO_KEYRING, refuse } from './messages.ts';
import type { createRefresher } from './refresh.ts';
import { type AuthStore, fileStore, memoryStore, missingKeyring } from './store.ts';
import type {
  AuthStatus,
  BrowserLogin,
  Credential,
  DeviceLogin,
  ExternalTokens,
  ForcedLogin,
  HttpSend,
  Tokens,
  UnauthorizedOutcome,
} from './types.ts';

export interface AuthDeps {
  /** CODEX_HOME. */
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Whether CODEX_API_KEY counts, as it does for exec. */
  honourEnvKey: boolean;
  clock: Clock;
  log: Logger;
  /** For the issuer of ChatGPT logins. */
  http: HttpSend;
  /** Who asks there: `user-agent` and `originator`. */
  headers?: () => Readonly<Record<string, string>>;
  /** Default OpenAI. */
  issuer?: Partial<IssuerAddress>;
  /** `cli_auth_credentials_store`; default `file`. `auto` is the file too, as there is no keyring. */
  store?: 'file' | 'keyring' | 'auto' | 'ephemeral';
  forced?: () => ForcedLogin;
  /** Asks the client for new tokens after a 401. Rejects with a CodexError for the user. */
  refreshExternal?: (previousAccountId: string) => Promise<ExternalTokens>;
}

export interface Auth {
  /**
   * What to send to a provider: CODEX_API_KEY (where it counts), tokens from the client, auth.json, and for the
   * built-in `openai` last OPENAI_API_KEY. Stored tokens of eight days are renewed first, where that works. Throws
   * CodexError `auth` when auth.json is damaged.
   */
  credentials(providerId: string): Promise<Credential>;
  /**
   * Told of a 401 with the credential that was refused, the `refusals`th of the same request: first the login is read
   * again, then it is renewed once (spec core §4.6). Rejects with a CodexError when the client gives no new tokens.
   */
  onUnauthorized(used: Credential, refusals: number): Promise<UnauthorizedOutcome>;
  /** Renews stored ChatGPT tokens now, whatever their age. Failures are only logged. */
  refresh(): Promise<void>;
  /** For `getAuthStatus`. Never throws for a damaged file. */
  status(options?: { includeToken?: boolean }): Promise<AuthStatus>;
  /** For `account/read`; null when nobody is logged in. Throws CodexError `invalidRequest` when a ChatGPT login has no e-mail. */
  account(): Promise<Account | null>;
  /** Stores a key. Throws CodexError `invalidRequest` when such a login is not possible now. */
  loginWithApiKey(key: string): Promise<void>;
  /** Takes tokens from the client, for this process only. Throws CodexError `invalidRequest` or `internal`. */
  loginWithTokens(tokens: ExternalTokens): void;
  /**
   * Begins a ChatGPT login in a browser of this machine; `port` for its way back is 1455 by default. Throws CodexError
   * `invalidRequest` when such a login is not possible now, `internal` when the port cannot be had.
   */
  loginInBrowser(options: { originator: string; port?: number }): Promise<BrowserLogin>;
  /** Begins a ChatGPT login that is confirmed on another device. Throws like `loginInBrowser`, and Errors for the user. */
  loginOnDevice(signal: AbortSignal): Promise<DeviceLogin>;
  /** Forgets everything stored; environment variables stay. False when nobody was logged in, which is fine. */
  logout(): Promise<boolean>;
  /** Logs out when the login is not of the forced kind; the message for the user, or null. */
  enforceForced(): Promise<string | null>;
}

const TOKEN_URL_VARIABLE = 'CODEX_REFRESH_TOKEN_URL_OVERRIDE';

export function createAuth(deps: AuthDeps): Auth {
  const { env, clock, log } = deps;
  const store = openStore(deps);
  const forced = (): ForcedLogin => deps.forced?.() ?? { method: null, workspaceId: null };
  const headers = deps.headers ?? (() => ({}));
  const current = createCurrentLogin({ ...deps, store, forced });
  let refresher: Promise<ReturnType<typeof createRefresher>> | undefined;

  const logout = async (): Promise<boolean> => {
    const had = current.isExternal || (await store.read().catch(() => 'damaged')) !== null;
    current.dropExternal();
    try {
      await store.remove();
    } catch (error) {
      throw new CodexError('internal', `logout failed: ${toMessage(error)}`, { cause: error });
    }
    return had;
  };

  const issuerDeps = async (): Promise<IssuerDeps> => {
    const { OPENAI } = await import('./issuer.ts');
    return { address: { ...OPENAI, ...deps.issuer }, http: deps.http, headers, clock };
  };

  const openRefresher = async () => {
    const [{ createRefresher }, to] = await Promise.all([import('./refresh.ts'), issuerDeps()]);
    const tokenUrl = env[TOKEN_URL_VARIABLE]?.trim() || `${to.address.url}/oauth/token`;
    return createRefresher({ ...to, tokenUrl, store, log });
  };

  const credentials = createCredentials({
    ...{ current, clock, log, refreshExternal: deps.refreshExternal },
    refresh: async (used) => (await (refresher ??= openRefresher()))(used),
  });

  const acceptTokens = async (tokens: Tokens): Promise<void> => {
    const { workspaceId } = forced();
    if (workspaceId !== null && tokens.accountId !== workspaceId)
      throw new Error(`Login is restricted to workspace id ${workspaceId}.`);
    try {
      await store.writeTokens(tokens, clock.now());
    } catch (error) {
      const message = `Sign-in completed but credentials could not be saved locally: ${toMessage(error)}`;
      throw new Error(message, { cause: error });
    }
  };

  const checkChatgptLogin = (): void => {
    if (current.isExternal) refuse(EXTERNAL_ACTIVE);
    if (forced().method === 'api') refuse('ChatGPT login is disabled. Use API key login instead.');
    if (deps.store === 'keyring') refuse(NO_KEYRING);
  };

  return {
    credentials: (providerId) => credentials.get(providerId),
    onUnauthorized: (used, refusals) => credentials.onUnauthorized(used, refusals),

    async refresh() {
      const { login } = await current.show();
      if (login?.source === 'file' && login.stored.mode === 'chatgpt') await credentials.tryRefresh(login.stored);
    },

    async status(options = {}) {
      const { login, problem } = await current.show();
      if (!login) return { mode: null, source: null, token: null, problem };
      const { stored } = login;
      const token = stored.mode === 'apikey' ? stored.key : stored.accessToken;
      return { mode: modeOf(login), source: login.source, token: options.includeToken ? token : null, problem: null };
    },

    async account() {
      const { login } = await current.show();
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
      if (current.isExternal) refuse(EXTERNAL_ACTIVE);
      if (forced().method === 'chatgpt') refuse('API key login is disabled. Use ChatGPT login instead.');
      if (!/^[\x21-\x7e]+$/.test(key.trim())) refuse('The API key must be one word of plain characters.');
      try {
        await store.writeApiKey(key.trim());
      } catch (error) {
        throw new CodexError('internal', `failed to save api key: ${toMessage(error)}`, { cause: error });
      }
    },

    loginWithTokens: (tokens) => current.setExternal(tokens),

    async loginInBrowser(options) {
      checkChatgptLogin();
      const { startBrowserLogin } = await import('./browser-login.ts');
      const accept = { ...(await issuerDeps()), accept: acceptTokens };
      try {
        return await startBrowserLogin({ ...options, workspaceId: forced().workspaceId }, accept);
      } catch (error) {
        throw new CodexError('internal', toMessage(error), { cause: error });
      }
    },

    async loginOnDevice(signal) {
      checkChatgptLogin();
      const { startDeviceLogin } = await import('./device-login.ts');
      return startDeviceLogin({ ...(await issuerDeps()), accept: acceptTokens }, signal);
    },

    logout,

    async enforceForced() {
      const { method, workspaceId } = forced();
      if (method === null && workspaceId === null) return null;
      const { login } = await current.show();
      const message = login && mismatch(login.stored, forced());
      if (message !== null) await logout();
      return message;
    },
  };
}

function openStore({ store, home, clock }: AuthDeps): AuthStore {
  if (store === 'ephemeral') return memoryStore();
  return store === 'keyring' ? missingKeyring() : fileStore(home, clock);
}
