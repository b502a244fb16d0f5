import { BONUS, type Loaded, SCORE, scoreOf } from './score.ts';

/** Larger problems are solved approximately. */
const MAX_CELLS = 100 * 1024;

/** A row of the table: the best score with a letter of the needle at each column; 0 where it cannot be. */
interface Row {
  score: Int32Array;
  /** The letter before is at the column before. */
  adjacent: Uint8Array;
  /** The bonus that letters following without a gap inherit. */
  runBonus: Uint8Array;
}

/** The letters of the needle in their order where they score best; -1 when they are not there. */
export function optimalMatch(text: Loaded, needle: readonly number[], indices: number[] | null): number {
  const found = bounds(text, needle);
  if (!found) return -1;
  const { start, greedyEnd, end } = found;
  const width = end - start;
  if (width === needle.length) return scoreOf(text, needle, start, end, indices);
  if (width * needle.length > MAX_CELLS) return greedyMatch(text, needle, greedyEnd, indices);

  const ways = indices ? new Uint8Array(width * needle.length) : null;
  let row = firstRow(text, needle, start, width);
  let spare = emptyRow(width);
  for (let letter = 0; letter + 1 < needle.length; letter++) {
    nextRow(text, needle, { start, width, letter, row, next: spare, ways });
    [row, spare] = [spare, row];
  }
  let best = 0;
  for (let column = 0; column < width; column++) {
    if ((row.score[column] ?? 0) >= (row.score[best] ?? 0)) best = column;
  }
  if (indices && ways) {
    for (const column of trace(ways, needle.length, width, best, row.adjacent[best] === 1))
      indices.push(start + column);
  }
  return row.score[best] ?? -1;
}

/** From the first place of the first letter to the last place of the last one; `greedyEnd` where the needle first ends. */
function bounds({ chars, length }: Loaded, needle: readonly number[]) {
  let start = -1;
  let at = 0;
  for (const letter of needle) {
    while (at < length && chars[at] !== letter) at++;
    if (at === length) return null;
    if (start < 0) start = at;
    at++;
  }
  let end = length;
  while (end > at && chars[end - 1] !== needle.at(-1)) end--;
  return { start, greedyEnd: at, end };
}

function greedyMatch(text: Loaded, needle: readonly number[], end: number, indices: number[] | null): number {
  let start = end;
  for (let letter = needle.length - 1; letter >= 0; letter--) {
    start -= 1;
    while (text.chars[start] !== needle[letter]) start--;
  }
  return scoreOf(text, needle, start, end, indices);
}

function emptyRow(width: number): Row {
  return { score: new Int32Array(width), adjacent: new Uint8Array(width), runBonus: new Uint8Array(width) };
}

function firstRow({ chars, bonus }: Loaded, needle: readonly number[], start: number, width: number): Row {
  const row = emptyRow(width);
  for (let column = 0; column < width; column++) {
    if (chars[start + column] !== needle[0]) continue;
    const here = bonus[start + column] ?? 0;
    row.score[column] = SCORE.match + here * SCORE.firstCharFactor;
    row.runBonus[column] = here;
  }
  return row;
}

interface Step {
  start: number;
  width: number;
  letter: number;
  row: Row;
  next: Row;
  ways: Uint8Array | null;
}

/** Fills `next` for the letter after `letter`. In `ways`: 1 when a gap begins here, 2 when the letter is adjacent. */
function nextRow({ chars, bonus }: Loaded, needle: readonly number[], step: Step): void {
  const { start, width, letter, row, next, ways } = step;
  const wanted = needle[letter + 1];
  next.score.fill(0);
  let gapScore = 0;
  let scoreBefore = 0;
  let found = false;
  for (let column = 0; column < width; column++) {
    const opened = Math.max(0, scoreBefore - SCORE.gapStart);
    const extended = Math.max(0, gapScore - SCORE.gapExtension);
    const gap = Math.max(opened, extended);
    const score = row.score[column] ?? 0;
    if (ways) {
      ways[letter * width + column] = (opened > extended ? 1 : 0) | ((row.adjacent[column] ?? 0) << 1);
    }
    if (score > 0) found = true;
    const to = column + 1;
    if (found && to < width && chars[start + to] === wanted) {
      const here = bonus[start + to] ?? 0;
      let run = Math.max(row.runBonus[column] ?? 0, BONUS.consecutive);
      if (here >= BONUS.boundary && here > run) run = here;
      const adjacent = score > 0 ? score + Math.max(run, here) : -1;
      const apart = gap + here;
      const joins = adjacent > apart;
      next.score[to] = (joins ? adjacent : apart) + SCORE.match;
      next.adjacent[to] = joins ? 1 : 0;
      next.runBonus[to] = joins ? run : here;
    }
    gapScore = gap;
    scoreBefore = score;
  }
}

/** Follows the ways back from the last letter at `column`. */
function trace(ways: Uint8Array, letters: number, width: number, column: number, adjacent: boolean): number[] {
  const places = [column];
  let letter = letters - 2;
  let at = column - 1;
  let placed = adjacent;
  while (letter >= 0) {
    const way = ways[letter * width + at] ?? 0;
    if (placed) {
      places.push(at);
      letter -= 1;
      placed = (way & 2) !== 0;
    } else placed = (way & 1) !== 0;
    at -= 1;
  }
  return places.reverse();
}
