import { widthOf } from '../text/wrap.ts';

/** A piece of what is written as it is shown: a dot for what a terminal would act on. Line ends are left to rows. */
export function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '·');
}

/** A shown row of a text: from `start` up to `end`, line ends left out. */
export interface Row {
  readonly start: number;
  readonly end: number;
}

const graphemes = new Intl.Segmenter();

/** Breaks a text into rows of at most `width` columns, behind blanks where possible. There is always one row. */
export function layOut(text: string, width: number): Row[] {
  const rows: Row[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    rows.push(...rowsOf(line, start, Math.max(2, width)));
    start += line.length + 1;
  }
  return rows;
}

function rowsOf(line: string, offset: number, width: number): Row[] {
  if (line.length < width && isPlainAscii(line)) return [{ start: offset, end: offset + line.length }];
  const rows: Row[] = [];
  let start = 0;
  let used = 0;
  let breakAt = -1;
  for (const { segment, index } of graphemes.segment(line)) {
    const columns = widthOf(visible(segment));
    // What moves to the next row may fill that one, too.
    while (used + columns > width && index > start) {
      const end = breakAt > start ? breakAt : index;
      rows.push({ start: offset + start, end: offset + end });
      start = end;
      used = widthOf(visible(line.slice(start, index)));
      breakAt = -1;
    }
    used += columns;
    if (segment === ' ') breakAt = index + 1;
  }
  rows.push({ start: offset + start, end: offset + line.length });
  return rows;
}

function isPlainAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

/** Where a place of the text is shown: counted from zero. */
export function placeOf(rows: readonly Row[], text: string, cursor: number): { row: number; column: number } {
  const found = rows.findLastIndex(({ start }) => start <= cursor);
  const row = Math.max(0, found);
  return { row, column: widthOf(visible(text.slice(rows[row]?.start ?? 0, cursor))) };
}
