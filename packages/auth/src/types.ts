import type { AuthMode } from '@codex/protocol';

/** What to send with a model call. Secret: never log it, never put it into an error text. */
export type Credential =
  | { kind: 'none' }
  | { kind: 'apiKey'; key: string }
  | { kind: 'chatgpt'; accessToken: string; accountId: string | null };

/** After a 401: `refreshed` means a repetition is worth it; a `message` is for the user, in place of the server's text. */
export type UnauthorizedOutcome = { kind: 'refreshed' } | { kind: 'gaveUp'; message: string | null };

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
