import type { AuthMode } from '@codex/protocol';

/** What to send with a model call. Secret: never log it, never put it into an error text. */
export type Credential =
  | { kind: 'none' }
  | { kind: 'apiKey'; key: string }
  | { kind: 'chatgpt'; accessToken: string; accountId: string | null };

/**
 * After a 401: `again` means a repetition is worth it; a `message` is for the user, in place of the server's text, and
 * `passing` trouble may be over by the next attempt.
 */
export type UnauthorizedOutcome =
  | { kind: 'again' }
  | { kind: 'gaveUp'; message: string | null }
  | { kind: 'passing'; message: string };

/** Where a login comes from, in the order in which they are looked at. */
export type AuthSource = 'codexApiKey' | 'external' | 'file' | 'openaiApiKey';

/** A login as shown to clients. */
export interface AuthStatus {
  /** Null when nobody is logged in. */
  mode: AuthMode | null;
  source: AuthSource | null;
  /** The key or access token, only when asked for. */
  token: string | null;
  /** Why the stored login cannot be used. */
  problem: string | null;
}

/** What a ChatGPT login consists of. */
export interface Tokens {
  idToken: string;
  accessToken: string;
  /** Null when the login cannot be renewed. */
  refreshToken: string | null;
  accountId: string | null;
}

/** Tokens that the client supplies and renews; they stay in memory. */
export interface ExternalTokens {
  accessToken: string;
  accountId: string;
  planType: string | null;
}

/** Restrictions from configuration (`forced_login_method`, `forced_chatgpt_workspace_id`). */
export interface ForcedLogin {
  method: 'api' | 'chatgpt' | null;
  workspaceId: string | null;
}

export interface HttpRequest {
  method: 'POST';
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: string;
  signal: AbortSignal;
}

/** Asks another machine; rejects when no answer came. */
export type HttpSend = (request: HttpRequest) => Promise<{ status: number; contentType: string | null; text: string }>;

/** A login that is under way in a browser of this machine. */
export interface BrowserLogin {
  /** For the user's browser, which comes back to `port`. */
  readonly authUrl: string;
  readonly port: number;
  /** Resolves when the login is stored; rejects in words for the user. */
  readonly completed: Promise<void>;
  /** Ends it with this reason; harmless when it is over. */
  cancel(reason: string): void;
}

/** A login that the user confirms on whatever device has a browser. */
export interface DeviceLogin {
  readonly verificationUrl: string;
  readonly userCode: string;
  /** Like that of a BrowserLogin; rejects with the abort reason too. */
  readonly completed: Promise<void>;
}
