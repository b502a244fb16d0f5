import type { Look } from '../cells/look.ts';
import { namesIn } from '../composer/draft.ts';
import { layOut, placeOf, visible } from '../composer/layout.ts';
import type { Popup } from '../composer/popup.ts';
import type { State } from '../model.ts';
import { plainLine } from '../text/plain.ts';
import { fit, padTo, widthOf } from '../text/wrap.ts';
import { type Frame, stack, still } from './frame.ts';
import { composerWidth, windowOf } from './measures.ts';

const POPUP_ROWS = 8;

/** What is being written, and suggestions for it. */
export function drawComposer(state: State, look: Look): Frame {
  const { draft, popup } = state;
  const { theme } = look;
  const isShell = draft.buffer.text.startsWith('!');
  const mark = isShell ? theme.warn('! ') : theme.accent('› ');
  const text = drawText(state, mark, Math.max(1, Math.floor(state.size.rows / 2)), look);
  return popup ? stack(text, still(drawPopup(popup, look))) : text;
}

function drawText({ draft, size, session, turn }: State, mark: string, height: number, { theme, width }: Look): Frame {
  const { text, cursor } = draft.buffer;
  if (text === '') {
    const hint = turn
      ? 'Add something to this turn'
      : session?.mode === 'plan'
        ? 'Describe what should be planned'
        : 'Ask Codex to do something';
    return { lines: [fit(mark + theme.dim(hint), width)], cursor: { row: 0, column: 2 } };
  }
  const rows = layOut(text, composerWidth(size));
  const place = placeOf(rows, text, cursor);
  const { from, to } = windowOf(rows.length, place.row, height);
  const names = namesIn(draft);
  const lines = rows.slice(from, to).map(({ start, end }, at) => {
    const shown = paintNames(text, start, end, names, theme.accent);
    return (from + at === 0 ? mark : '  ') + shown;
  });
  return { lines, cursor: { row: place.row - from, column: place.column + 2 } };
}

/** A row of the text in which names of attachments stand out; what a terminal would act on is shown as a dot. */
function paintNames(
  text: string,
  start: number,
  end: number,
  names: readonly { start: number; end: number }[],
  paint: (text: string) => string,
): string {
  let shown = '';
  let at = start;
  for (const name of names
    .filter((found) => found.start < end && found.end > start)
    .toSorted((a, b) => a.start - b.start)) {
    shown += visible(text.slice(at, Math.max(at, name.start)));
    shown += paint(visible(text.slice(Math.max(at, name.start), Math.min(end, name.end))));
    at = Math.min(end, name.end);
  }
  return shown + visible(text.slice(at, end));
}

const NOTHING = { command: 'no such command', file: 'no file found', skill: 'no skill found' } as const;

function drawPopup({ kind, items, selected }: Popup, { width, theme }: Look): string[] {
  if (items.length === 0) return [theme.dim(`  ${NOTHING[kind]}`)];
  const { from, to } = windowOf(items.length, selected, POPUP_ROWS);
  const shown = items.slice(from, to);
  const widest = Math.min(Math.max(...shown.map(({ label }) => widthOf(label))), Math.floor(width * 0.6));
  return shown.map(({ label, detail }, at) => {
    const name = padTo(fit(plainLine(label), widest), detail === '' ? 0 : widest);
    const isChosen = from + at === selected;
    return fit(
      `  ${isChosen ? theme.accent(theme.bold(name)) : name}  ${theme.dim(plainLine(detail))}`.trimEnd(),
      width,
    );
  });
}
