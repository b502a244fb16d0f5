import type { Size } from '../model.ts';

/** Columns for text in the composer: a mark before it, and one free column for the cursor. */
export function composerWidth({ columns }: Size): number {
  return Math.max(4, columns - 3);
}

/** The part of a list of `count` rows that is shown in `height` rows so that `selected` is among them. */
export function windowOf(count: number, selected: number, height: number): { from: number; to: number } {
  const from = Math.max(0, Math.min(selected - Math.floor(height / 2), count - height));
  return { from, to: Math.min(count, from + height) };
}
