/**
 * Refusals to a caller, by what went wrong. The server maps them to RPC errors in one place; nobody else knows numbers.
 * `invalidRequest` is the catch-all for a caller's mistake, `internal` for ours.
 */
export type ErrorCode =
  | 'invalidRequest'
  | 'invalidParams'
  | 'internal'
  | 'overloaded'
  | 'threadNotFound'
  | 'rolloutNotFound'
  | 'config'
  | 'auth'
  | 'model'
  | 'sandboxUnavailable'
  | 'unsupported';

/** An expected refusal with a message for the user; `data` travels to the client as JSON. */
export class CodexError extends Error {
  override readonly name: string = 'CodexError';
  readonly code: ErrorCode;
  readonly data: Record<string, unknown> | undefined;
  constructor(code: ErrorCode, message: string, options: ErrorOptions & { data?: Record<string, unknown> } = {}) {
    super(message, options);
    this.code = code;
    this.data = options.data;
  }
}

export function isCodexError(error: unknown): error is CodexError {
  return error instanceof CodexError;
}

/** A one-line text for anything that can be thrown. */
export function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node system error such as ENOENT, else undefined. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** For the default branch of a switch that handles every case: does not compile when one is missing. */
export function unreachable(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
