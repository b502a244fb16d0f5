import type { Look } from '../cells/look.ts';
import { renderChanges } from '../cells/patch.ts';
import { layOut, placeOf } from '../composer/layout.ts';
import { shownChoices } from '../dialogs/dialog.ts';
import type { Dialog, Prompt, Select } from '../model.ts';
import { countChars } from '../text/amounts.ts';
import { plain, plainLine } from '../text/plain.ts';
import { fit, hang, wrap } from '../text/wrap.ts';
import { type Frame, stack, still } from './frame.ts';
import { windowOf } from './measures.ts';

/** A dialog in at most `height` rows; what does not fit of its text is left out, its choices scroll. */
export function drawDialog(dialog: Dialog, look: Look, height: number): Frame {
  const { theme, width } = look;
  const head = wrap(theme.bold(plainLine(dialog.title)), width - 2).map((line) => `  ${line}`);
  const hint = dialog.hint === undefined ? [] : ['', fit(theme.dim(`  ${dialog.hint}`), width)];
  const controls =
    dialog.kind === 'select'
      ? drawChoices(dialog, look, Math.max(3, Math.floor(height * 0.6)))
      : drawPrompt(dialog, look);
  const room = height - head.length - controls.lines.length - hint.length - 2;
  const body = clip(bodyOf(dialog, look), room, look);
  return stack(still([...head, ...(body.length > 0 ? ['', ...body] : []), '']), controls, still(hint));
}

function bodyOf(dialog: Dialog, look: Look): string[] {
  const { theme, width } = look;
  const paints = { code: theme.bold, dim: theme.dim, warn: theme.warn };
  const lines = (dialog.body ?? []).flatMap(({ text, look: kind }) => {
    const paint = kind ? paints[kind] : (same: string) => same;
    return wrap(plain(text), width - 4).map((line) => `  ${paint(line)}`);
  });
  const changes = dialog.changes?.length
    ? renderChanges(dialog.changes, { ...look, width: width - 2, isFull: true })
    : [];
  return [...lines, ...(lines.length > 0 && changes.length > 0 ? [''] : []), ...changes.map((line) => `  ${line}`)];
}

function clip(lines: string[], room: number, { theme }: Look): string[] {
  if (lines.length <= room) return lines;
  const shown = Math.max(0, room - 1);
  return [...lines.slice(0, shown), theme.dim(`  … ${lines.length - shown} more lines`)];
}

function drawChoices(dialog: Select, look: Look, height: number): Frame {
  const { theme, width } = look;
  const choices = shownChoices(dialog);
  const search =
    dialog.search === undefined ? [] : [fit(`  ${theme.dim('search:')} ${plainLine(dialog.search)}`, width), ''];
  const drawn = choices.map(({ label, detail, key, isChecked }, at) => {
    const isChosen = at === dialog.selected;
    const number = at < 9 && dialog.search === undefined ? `${at + 1}. ` : '';
    const box = isChecked === undefined ? '' : isChecked ? '[x] ' : '[ ] ';
    const lead = `${isChosen ? '› ' : '  '}${number}${box}`;
    const text = label + (key === undefined ? '' : ` (${key})`);
    const rows = hang(lead, isChosen ? theme.accent(theme.bold(text)) : text, width, '     ');
    return detail ? [...rows, ...hang('     ', theme.dim(detail), width)] : rows;
  });
  const lines = visibleChoices(drawn, dialog.selected, height);
  return still([...search, ...(lines.length > 0 ? lines : [theme.dim('  nothing fits')])]);
}

/** As many whole choices around the selected one as there is room for. */
function visibleChoices(drawn: readonly string[][], selected: number, height: number): string[] {
  const tallest = Math.max(1, ...drawn.map((rows) => rows.length));
  const all = drawn.flat();
  if (all.length <= height) return all;
  const { from, to } = windowOf(drawn.length, selected, Math.max(1, Math.floor(height / tallest)));
  return drawn.slice(from, to).flat();
}

function drawPrompt({ draft, isSecret }: Prompt, { theme, width }: Look): Frame {
  const text = isSecret ? '•'.repeat(countChars(draft.buffer.text)) : draft.buffer.text;
  const cursor = isSecret ? text.length : draft.buffer.cursor;
  const rows = layOut(text, width - 4);
  const place = placeOf(rows, text, cursor);
  const lines = rows.map(
    ({ start, end }, at) => (at === 0 ? theme.accent('› ') : '  ') + plain(text.slice(start, end)),
  );
  return { lines, cursor: { row: place.row, column: place.column + 2 } };
}
