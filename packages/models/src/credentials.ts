/** How to authenticate a model call. Secrets: never logged, never part of an error text. */
export type Credential =
  | { kind: 'none' }
  | { kind: 'apiKey'; key: string }
  | { kind: 'chatgpt'; accessToken: string; accountId: string | null };

/** After a 401: `refreshed` means a repetition with new credentials is worth it; a `message` replaces the server's text. */
export type UnauthorizedOutcome = { kind: 'refreshed' } | { kind: 'gaveUp'; message: string | null };

/** The login as this package sees it. `get` may throw a CodexError with a text for the user. */
export interface Credentials {
  /** For calls to this provider; some sources are meant for the built-in `openai` only. */
  get(providerId: string): Promise<Credential>;
  /** Told of a 401 with the credential that was refused. May throw like `get`. */
  onUnauthorized(used: Credential): Promise<UnauthorizedOutcome>;
}
