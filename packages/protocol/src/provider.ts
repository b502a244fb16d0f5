/** Where and how to reach models, as configuration gives it and requests use it. */
export interface Provider {
  readonly id: string;
  /** Display name; `OpenAI` and `azure` have special meaning. */
  readonly name: string;
  /** Null: OpenAI's own address, which depends on the kind of login. */
  readonly baseUrl: string | null;
  /** Environment variable with the key. */
  readonly envKey: string | null;
  /** Appended to the error when `envKey` is not set. */
  readonly envKeyInstructions: string | null;
  readonly bearerToken: string | null;
  readonly queryParams: Readonly<Record<string, string>>;
  readonly httpHeaders: Readonly<Record<string, string>>;
  /** Header to environment variable; skipped when unset or blank. */
  readonly envHttpHeaders: Readonly<Record<string, string>>;
  /** At most 100 count, as for `streamMaxRetries`. */
  readonly requestMaxRetries: number;
  readonly streamMaxRetries: number;
  readonly streamIdleTimeoutMs: number;
  readonly requiresOpenaiAuth: boolean;
  readonly supportsWebsockets: boolean;
}
