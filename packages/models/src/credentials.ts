/** How to authenticate a model call. Secrets: never logged, never part of an error text. */
export type Credential =
  | { kind: 'none' }
  | { kind: 'apiKey'; key: string }
  | { kind: 'chatgpt'; accessToken: string; accountId: string | null };

/**
 * After a 401: `again` means a repetition is worth it; a `message` replaces the server's text, and `passing` trouble may be
 * over by the next attempt.
 */
export type UnauthorizedOutcome =
  | { kind: 'again' }
  | { kind: 'gaveUp'; message: string | null }
  | { kind: 'passing'; message: string };

/** The login as this package sees it. `get` may throw a CodexError with a text for the user. */
export interface Credentials {
  /** For calls to this provider; some sources are meant for the built-in `openai` only. */
  get(providerId: string): Promise<Credential>;
  /** Told of a 401 with the credential that was refused, the `refusals`th of one request. May throw like `get`. */
  onUnauthorized(used: Credential, refusals: number): Promise<UnauthorizedOutcome>;
}
