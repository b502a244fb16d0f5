import { widthOf } from './text/wrap.ts';
import type { Frame } from './view/frame.ts';

/** Turns frames into what is written to the terminal; remembers what stands there, and writes only what differs. */
export interface Screen {
  /** Settled lines go into the scrollback for good; the frame stays below them and is drawn over next time. */
  draw(settled: readonly string[], frame: Frame): string;
  /** A frame on the whole, alternate screen. */
  cover(frame: Frame): string;
  /** The terminal has another width now: lines that were too wide take more rows. */
  resized(columns: number): void;
  /** Nothing is known of what stands there; the next frame is drawn anew where the cursor is. */
  forget(): void;
  /** Leaves the cursor under what was drawn. */
  finish(): string;
}

const BEGIN = '\u001b[?2026h\u001b[?25l';
const END = '\u001b[?2026l';
const CLEAR_LINE = '\u001b[2K';
const CLEAR_BELOW = '\u001b[J';
const SHOW_CURSOR = '\u001b[?25h';
const RESET = '\u001b[0m';

export function createScreen(): Screen {
  let lines: readonly string[] = [];
  /** Row of the frame in which the cursor stands. */
  let row = 0;
  let cursor: Frame['cursor'] = null;
  /** Nothing is known of what stands below the first row. */
  let isFresh = true;
  let covered: readonly string[] = [];

  const toRow = (target: number) => {
    const by = target - row;
    row = target;
    return by < 0 ? `\u001b[${-by}A\r` : by > 0 ? `\u001b[${by}B\r` : '\r';
  };

  const place = (at: Frame['cursor']) => {
    if (!at) return '';
    return toRow(at.row) + (at.column > 0 ? `\u001b[${at.column}C` : '') + SHOW_CURSOR;
  };

  const rewrite = (settled: readonly string[], next: readonly string[]) => {
    const start = toRow(0) + CLEAR_BELOW;
    const all = [...settled, ...next];
    row = Math.max(0, next.length - 1);
    return (
      start + all.map((line) => line + RESET).join('\r\n') + (next.length === 0 && settled.length > 0 ? '\r\n' : '')
    );
  };

  const patch = (next: readonly string[]) => {
    let out = '';
    for (let at = 0; at < next.length; at++) {
      if (at < lines.length) {
        if (next[at] === lines[at]) continue;
        out += `${toRow(at)}${CLEAR_LINE}${next[at]}${RESET}`;
      } else {
        // Below the last line there may be no row yet: a line feed makes one.
        out += `${at === 0 ? '\r' : `${toRow(at - 1)}\n\r`}${CLEAR_LINE}${next[at]}${RESET}`;
        row = at;
      }
    }
    if (next.length < lines.length)
      out += next.length === 0 ? toRow(0) + CLEAR_BELOW : `${toRow(next.length - 1)}\r\u001b[B${CLEAR_BELOW}\u001b[A`;
    return out;
  };

  return {
    draw(settled, frame) {
      const isNew = isFresh || settled.length > 0;
      const body = isNew ? rewrite(settled, frame.lines) : patch(frame.lines);
      const isSamePlace = cursor?.row === frame.cursor?.row && cursor?.column === frame.cursor?.column;
      if (body === '' && isSamePlace) return '';
      lines = frame.lines;
      cursor = frame.cursor;
      isFresh = false;
      return BEGIN + body + place(frame.cursor) + END;
    },
    cover(frame) {
      const out = frame.lines
        .map((line, at) => (line === covered[at] ? '' : `\u001b[${at + 1};1H${CLEAR_LINE}${line}${RESET}`))
        .join('');
      const below = frame.lines.length < covered.length ? `\u001b[${frame.lines.length + 1};1H${CLEAR_BELOW}` : '';
      covered = frame.lines;
      const cursor = frame.cursor ? `\u001b[${frame.cursor.row + 1};${frame.cursor.column + 1}H${SHOW_CURSOR}` : '';
      return BEGIN + out + below + cursor + END;
    },
    resized(columns) {
      covered = [];
      // Terminals wrap what has become too wide; how many rows stand above the cursor follows from that.
      const rowsOf = (line: string) => Math.max(1, Math.ceil(widthOf(line) / Math.max(1, columns)));
      const above = lines.slice(0, row).reduce((sum, line) => sum + rowsOf(line), 0);
      row = above + Math.floor((cursor?.column ?? 0) / Math.max(1, columns));
      isFresh = true;
    },
    forget() {
      covered = [];
      lines = [];
      row = 0;
      cursor = null;
      isFresh = true;
    },
    finish() {
      const end = lines.length > 0 ? `${toRow(lines.length - 1)}\r\n` : '';
      this.forget();
      return end + SHOW_CURSOR;
    },
  };
}
