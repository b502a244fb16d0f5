/** The user's ChatGPT, reached with the login at hand. */
export interface Backend {
  /**
   * GET of a path below `chatgpt_base_url`. Rejects with CodexError `auth` when nobody is signed in with ChatGPT,
   * `purpose` completing the sentence, and with CodexError `internal` when there is no answer in time.
   */
  get(path: string, options: { purpose: string; timeoutMs: number; signal?: AbortSignal }): Promise<BackendAnswer>;
}

export interface BackendAnswer {
  readonly url: string;
  readonly status: number;
  readonly statusText: string;
  readonly body: string;
}
