import { BONUS, type Loaded, SCORE, scoreOf } from './score.ts';

/** Larger problems are solved approximately. */
const MAX_CELLS = 100 * 1024;

/** A row of the table, for one letter of the needle: the best score with it at each column, 0 where it cannot be. */
interface Row {
  score: Int32Array;
  /** 1 when the letter before is at the column before. */
  adjacent: Uint8Array;
  /** The bonus that letters following without a gap inherit. */
  runBonus: Uint8Array;
}

/** Finds the letters of the needle in their order where they score best; -1 when they are not there. */
export type OptimalMatch = (text: Loaded, needle: readonly number[], indices: number[] | null) => number;

/** The room for the table is kept from one match to the next. */
export function createOptimalMatch(): OptimalMatch {
  let rows: [Row, Row] = [emptyRow(256), emptyRow(256)];
  const first = new Int32Array(1024);
  const last = new Int32Array(1024);

  return (text, needle, indices) => {
    if (!findBounds(text, needle, first, last)) return -1;
    const letters = needle.length;
    const start = first[0] ?? 0;
    const greedyEnd = (first[letters - 1] ?? 0) + 1;
    const end = (last[letters - 1] ?? 0) + 1;
    if (end - start === letters) return scoreOf(text, needle, start, end, indices);
    if ((end - start) * letters > MAX_CELLS) return greedyMatch(text, needle, greedyEnd, indices);

    if (end > rows[0].score.length) rows = [emptyRow(end * 2), emptyRow(end * 2)];
    const ways = indices ? new Uint8Array(end * letters) : null;
    let [row, next] = rows;
    firstRow(text, needle, row, start, end);
    for (let letter = 0; letter + 1 < letters; letter++) {
      nextRow(text, needle, { letter, row, next, first, last, end, ways });
      [row, next] = [next, row];
    }
    let best = greedyEnd - 1;
    for (let column = best + 1; column < end; column++) {
      if ((row.score[column] ?? 0) >= (row.score[best] ?? 0)) best = column;
    }
    if (indices && ways) indices.push(...trace(ways, letters, end, best, row.adjacent[best] === 1));
    return row.score[best] ?? -1;
  };
}

/** The first and the last place each letter can have in a match; false when there is none. */
function findBounds(
  { chars, length }: Loaded,
  needle: readonly number[],
  first: Int32Array,
  last: Int32Array,
): boolean {
  let at = 0;
  for (let letter = 0; letter < needle.length; letter++) {
    const wanted = needle[letter];
    while (at < length && chars[at] !== wanted) at++;
    if (at === length) return false;
    first[letter] = at++;
  }
  at = length - 1;
  for (let letter = needle.length - 1; letter >= 0; letter--) {
    const wanted = needle[letter];
    while (chars[at] !== wanted) at--;
    last[letter] = at--;
  }
  return true;
}

function greedyMatch(text: Loaded, needle: readonly number[], end: number, indices: number[] | null): number {
  let start = end;
  for (let letter = needle.length - 1; letter >= 0; letter--) {
    start -= 1;
    while (text.chars[start] !== needle[letter]) start--;
  }
  return scoreOf(text, needle, start, end, indices);
}

function emptyRow(size: number): Row {
  return { score: new Int32Array(size), adjacent: new Uint8Array(size), runBonus: new Uint8Array(size) };
}

function firstRow({ chars, bonus }: Loaded, needle: readonly number[], row: Row, start: number, end: number): void {
  const wanted = needle[0];
  for (let column = start; column < end; column++) {
    const here = bonus[column] ?? 0;
    row.score[column] = chars[column] === wanted ? SCORE.match + here * SCORE.firstCharFactor : 0;
    row.adjacent[column] = 0;
    row.runBonus[column] = here;
  }
}

interface Step {
  /** The letter of `row`; `next` is for the one after it. */
  letter: number;
  row: Row;
  next: Row;
  first: Int32Array;
  last: Int32Array;
  end: number;
  /** Where a match came from: 1 when a gap begins behind this column, 2 when the letter before is adjacent. */
  ways: Uint8Array | null;
}

/** Only columns are looked at from which the rest of the needle can still be found. */
function nextRow({ chars, bonus }: Loaded, needle: readonly number[], step: Step): void {
  const { letter, row, next, first, last, end, ways } = step;
  const { score, adjacent, runBonus } = row;
  const wanted = needle[letter + 1];
  const to = last[letter + 1] ?? 0;
  next.score.fill(0, first[letter + 1], end);
  let gap = 0;
  let scoreBefore = 0;
  for (let column = first[letter] ?? 0; column < to; column++) {
    const opened = scoreBefore > SCORE.gapStart ? scoreBefore - SCORE.gapStart : 0;
    const extended = gap > SCORE.gapExtension ? gap - SCORE.gapExtension : 0;
    gap = opened > extended ? opened : extended;
    scoreBefore = score[column] ?? 0;
    if (ways) ways[letter * end + column] = (opened > extended ? 1 : 0) | ((adjacent[column] ?? 0) << 1);
    if (chars[column + 1] !== wanted) continue;

    const here = bonus[column + 1] ?? 0;
    let run = Math.max(runBonus[column] ?? 0, BONUS.consecutive);
    if (here >= BONUS.boundary && here > run) run = here;
    const joined = scoreBefore > 0 ? scoreBefore + Math.max(run, here) : -1;
    const apart = gap + here;
    const joins = joined > apart;
    next.score[column + 1] = (joins ? joined : apart) + SCORE.match;
    next.adjacent[column + 1] = joins ? 1 : 0;
    next.runBonus[column + 1] = joins ? run : here;
  }
}

/** Follows the ways back from the last letter at `column`; the places in order. */
function trace(ways: Uint8Array, letters: number, width: number, column: number, adjacent: boolean): number[] {
  const places = [column];
  let letter = letters - 2;
  let placed = adjacent;
  for (let at = column - 1; letter >= 0; at--) {
    const way = ways[letter * width + at] ?? 0;
    if (placed) {
      places.push(at);
      letter -= 1;
      placed = (way & 2) !== 0;
    } else placed = (way & 1) !== 0;
  }
  return places.reverse();
}
