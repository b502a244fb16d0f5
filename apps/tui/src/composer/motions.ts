import type { Buffer } from './buffer.ts';
import { layOut, placeOf } from './layout.ts';

const WINDOW = 64;
const graphemes = new Intl.Segmenter();

/** The place before the grapheme left of `at`. */
export function leftOf(text: string, at: number): number {
  const from = Math.max(0, at - WINDOW);
  let last = at === 0 ? 0 : from;
  for (const { index } of graphemes.segment(text.slice(from, at))) last = from + index;
  return last;
}

/** The place behind the grapheme right of `at`. */
export function rightOf(text: string, at: number): number {
  const [first] = graphemes.segment(text.slice(at, at + WINDOW));
  return at + (first?.segment.length ?? 0);
}

/** Before the word, or the run of other marks, left of `at`. */
export function wordLeft(text: string, at: number): number {
  const before = /(?:[\p{L}\p{N}\p{M}_]+|[^\p{L}\p{N}_\s]+|^)\s*$/u.exec(text.slice(0, at));
  const start = at - (before?.[0].length ?? 0);
  return rightOf(text, leftOf(text, start)) === start ? start : leftOf(text, start);
}

/** Behind the word, or the run of other marks, right of `at`. */
export function wordRight(text: string, at: number): number {
  const after = /^\s*(?:[\p{L}\p{N}\p{M}_]+|[^\p{L}\p{N}_\s]+)?/u.exec(text.slice(at));
  const end = at + (after?.[0].length ?? 0);
  return Math.max(end, rightOf(text, leftOf(text, end)));
}

export function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** The same column one shown row up (-1) or down (1); null when there is no such row. */
export function rowMove({ text, cursor }: Buffer, width: number, by: -1 | 1): number | null {
  const rows = layOut(text, width);
  const { row, column } = placeOf(rows, text, cursor);
  const target = rows[row + by];
  return target === undefined ? null : atColumn(text, target, column);
}

function atColumn(text: string, row: { start: number; end: number }, column: number): number {
  let at = row.start;
  let used = 0;
  for (const { segment, index } of graphemes.segment(text.slice(row.start, row.end))) {
    at = row.start + index;
    if (used >= column) return at;
    used += columnsOf(segment);
    at += segment.length;
  }
  return at;
}

function columnsOf(segment: string): number {
  return placeOf([{ start: 0, end: segment.length }], segment, segment.length).column;
}
