/** What a match is worth. Whole words, their beginnings and file names come first, long gaps last. */
export const SCORE = { match: 16, gapStart: 3, gapExtension: 1, firstCharFactor: 2 } as const;

export const BONUS = { boundary: 8, delimiter: 9, camel: 5, consecutive: 4 } as const;

/** A path laid out for comparison: characters folded as the query wants it, and the bonus of each place. */
export interface Loaded {
  chars: Int32Array;
  bonus: Uint8Array;
  length: number;
}

/**
 * The score of the needle found one character after the other in `start`…`end`, where `start` is its first character.
 * Adds the places to `indices`.
 */
export function scoreOf(
  { chars, bonus }: Loaded,
  needle: readonly number[],
  start: number,
  end: number,
  indices: number[] | null,
): number {
  let runBonus = bonus[start] ?? 0;
  let score = SCORE.match + runBonus * SCORE.firstCharFactor;
  let inRun = true;
  let next = 1;
  indices?.push(start);
  for (let at = start + 1; at < end && next < needle.length; at++) {
    if (chars[at] === needle[next]) {
      indices?.push(at);
      next += 1;
      let here = bonus[at] ?? 0;
      if (inRun) {
        if (here >= BONUS.boundary && here > runBonus) runBonus = here;
        here = Math.max(here, runBonus, BONUS.consecutive);
      } else runBonus = here;
      score += SCORE.match + here;
      inRun = true;
    } else {
      score = Math.max(0, score - (inRun ? SCORE.gapStart : SCORE.gapExtension));
      inRun = false;
    }
  }
  return score;
}
