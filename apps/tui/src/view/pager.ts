import { renderCell } from '../cells/render.ts';
import type { Cell } from '../cells/cell.ts';
import type { Look } from '../cells/look.ts';
import type { State } from '../model.ts';
import type { Pager } from '../overlays/overlay.ts';
import { plainLine } from '../text/plain.ts';
import { fit, wrap } from '../text/wrap.ts';
import { type Frame, still } from './frame.ts';
import { drawLive } from './live.ts';

/** A long text that is scrolled: the transcript with everything, or a diff. */
export function drawPager(state: State, pager: Pager, look: Look): Frame {
  const { rows } = state.size;
  const { width, theme } = look;
  const full: Look = { ...look, isFull: true };
  const text = pager.diff === null ? transcriptLines(state, full) : diffLines(pager.diff, full);
  const height = Math.max(1, rows - 3);
  const end = Math.max(0, text.length - height);
  const top = Math.min(pager.top ?? end, end);
  const shown = text.slice(top, top + height);
  const percent = end === 0 ? 100 : Math.round((top / end) * 100);
  const title = ` ${pager.title} `;
  return still([
    theme.dim(`─${title}${'─'.repeat(Math.max(0, width - title.length - 1))}`),
    ...shown,
    ...Array.from({ length: height - shown.length }, () => theme.dim('~')),
    theme.dim('─'.repeat(Math.max(0, width - 6)) + `${percent}%`.padStart(6)),
    fit(theme.dim(' up, down, pgup, pgdn, home, end scroll · q closes'), width),
  ]);
}

function transcriptLines(state: State, look: Look): string[] {
  return [...state.transcript.flatMap((cell) => remembered(cell, look)), ...drawLive(state, look)];
}

/** Cells never change: each is drawn once per width. */
const drawn = new WeakMap<Cell, { width: number; lines: string[] }>();

function remembered(cell: Cell, look: Look): string[] {
  const known = drawn.get(cell);
  if (known?.width === look.width) return known.lines;
  const lines = renderCell(cell, look);
  drawn.set(cell, { width: look.width, lines });
  return lines;
}

function diffLines(diff: string, { width, theme }: Look): string[] {
  return diff.split('\n').flatMap((line) => {
    const paint =
      line.startsWith('+++') || line.startsWith('---') || line.startsWith('diff ')
        ? theme.bold
        : line.startsWith('+')
          ? theme.good
          : line.startsWith('-')
            ? theme.bad
            : line.startsWith('@@')
              ? theme.accent
              : (same: string) => same;
    return wrap(plainLine(line), width).map(paint);
  });
}
