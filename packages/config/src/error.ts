import type { TextRange } from '@codex/protocol';

/** Why there is no configuration. A value for the caller, not an exception. */
export interface ConfigError {
  /** `<path>:<line>:<column>: reason` for a file, else the reason, which names the key. */
  readonly message: string;
  /** The file at fault; null when no single file is. */
  readonly path: string | null;
  /** 1-based; `end` is the last character. */
  readonly range: TextRange | null;
  /** For a value that does not fit: the reason and the key, without the file. */
  readonly misfit: string | null;
  /** Every value fits, but they choose what is not there. The layers are good to read and to write. */
  readonly isChoice: boolean;
}

/** A fault of a file. Without a range the position is left out of the message. */
export function fileError(
  path: string,
  reason: string,
  range: TextRange | null,
  misfit: string | null = null,
): ConfigError {
  const place = range ? `${path}:${range.start.line}:${range.start.column}` : path;
  return { message: `${place}: ${reason}`, path, range, misfit, isChoice: false };
}

/** A fault that no file is blamed for. */
export function plainError(message: string, what: { misfit?: string; isChoice?: boolean } = {}): ConfigError {
  return { message, path: null, range: null, misfit: what.misfit ?? null, isChoice: what.isChoice ?? false };
}

/** Thrown inside the package where a rule between keys is broken; `loadConfig` makes it a value. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
