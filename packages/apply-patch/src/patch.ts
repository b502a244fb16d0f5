/** One stretch of an update: the lines expected in the file and what takes their place. */
export interface Chunk {
  /** Text of the `@@ …` line: a line of the file that comes before the stretch; null when the header is bare or left out. */
  readonly context: string | null;
  readonly oldLines: readonly string[];
  readonly newLines: readonly string[];
  /** The stretch lies at the very end of the file. */
  readonly atEndOfFile: boolean;
}

export type Hunk =
  | { readonly kind: 'add'; readonly path: string; readonly content: string }
  | { readonly kind: 'delete'; readonly path: string }
  | {
      readonly kind: 'update';
      readonly path: string;
      readonly moveTo: string | null;
      readonly chunks: readonly Chunk[];
    };

/** A parsed patch; paths are as written. No hunks at all is a legal patch, which the caller rejects. */
export interface Patch {
  readonly hunks: readonly Hunk[];
}

/**
 * Why a patch cannot be used. `format`: it does not parse. `mismatch`: a file has not the text the patch expects.
 * `file`: a file cannot be read or may not be replaced. `implicit`: patch text given as a command.
 * `message` is the text shown to the model, without the common prefix of `verificationFailure`.
 */
export interface PatchError {
  readonly kind: 'format' | 'mismatch' | 'file' | 'implicit';
  readonly message: string;
}

/** The full text that answers a patch which was not applied. */
export function verificationFailure(error: PatchError): string {
  return `apply_patch verification failed: ${error.message}`;
}
