import { charactersOf, letterMask } from './characters.ts';

/** A file that can be found. */
export interface Candidate {
  /** As the client wrote it. */
  root: string;
  /** Relative to the root, with `/`. */
  path: string;
  /** Characters of the path; null when they are its bytes. */
  chars: readonly number[] | null;
  length: number;
  /** See `letterMask`. */
  mask: number;
}

export function candidateOf(root: string, path: string): Candidate {
  const bytes = Buffer.from(path);
  // Only ASCII has as many bytes as characters.
  const chars = bytes.length === path.length ? null : charactersOf(path);
  return { root, path, chars, length: chars?.length ?? path.length, mask: letterMask(chars ?? bytes) };
}
