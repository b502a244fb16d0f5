import type { Look } from '../cells/look.ts';
import { renderChanges } from '../cells/patch.ts';
import { layOut, placeOf, visible } from '../composer/layout.ts';
import { shownChoices } from '../dialogs/dialog.ts';
import { changesOf } from '../dialogs/approval.ts';
import type { Choice, Dialog, Prompt, Select, State } from '../model.ts';
import { countChars } from '../text/amounts.ts';
import { plain, plainLine } from '../text/plain.ts';
import { fit, hang, wrap } from '../text/wrap.ts';
import { type Frame, stack, still } from './frame.ts';
import { windowOf } from './measures.ts';

/** Fewer rows than these have room for the choices alone. */
const TIGHT_ROWS = 10;

/** A dialog in at most `height` rows; what does not fit of its text is left out, its choices scroll. */
export function drawDialog(dialog: Dialog, open: State['open'], look: Look, height: number): Frame {
  const { theme, width } = look;
  const isTight = height < TIGHT_ROWS;
  const title = theme.bold(plainLine(dialog.title));
  const head = isTight ? [fit(`  ${title}`, width)] : wrap(title, width - 2).map((line) => `  ${line}`);
  const hint = dialog.hint === undefined || isTight ? [] : ['', fit(theme.dim(`  ${dialog.hint}`), width)];
  const most = isTight ? height - 1 : Math.floor(height * 0.6);
  const controls = dialog.kind === 'select' ? drawChoices(dialog, look, most) : drawPrompt(dialog, look);
  if (isTight) return stack(still(head), controls);
  const room = height - head.length - controls.lines.length - hint.length - 2;
  const body = clip(bodyOf(dialog, open, look), room, look);
  return stack(still([...head, ...(body.length > 0 ? ['', ...body] : []), '']), controls, still(hint));
}

function bodyOf(dialog: Dialog, open: State['open'], look: Look): string[] {
  const { theme, width } = look;
  const paints = { code: theme.bold, dim: theme.dim, warn: theme.warn };
  const lines = (dialog.body ?? []).flatMap(({ text, look: kind }) => {
    const paint = kind ? paints[kind] : (same: string) => same;
    return wrap(plain(text), width - 4).map((line) => `  ${paint(line)}`);
  });
  const patch = dialog.patchId === undefined ? [] : changesOf(open, dialog.patchId);
  const changes = renderChanges(patch, { ...look, width: width - 2, isFull: true });
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
  const draw = (isShort: boolean) => choices.map((choice, at) => drawChoice(choice, { at, dialog, isShort }, look));
  const whole = draw(false).flat();
  if (whole.length === 0) return still([...search, theme.dim('  nothing fits')]);
  if (whole.length <= height) return still([...search, ...whole]);
  const short = draw(true);
  const { from, to } = windowOf(short.length, dialog.selected, Math.max(1, height));
  return still([...search, ...short.slice(from, to).flat()]);
}

/** One row where there is little room, else as many as its words need. */
function drawChoice(
  { label, detail, key, isChecked }: Choice,
  { at, dialog, isShort }: { at: number; dialog: Select; isShort: boolean },
  { theme, width }: Look,
): string[] {
  const isChosen = at === dialog.selected;
  const number = at < 9 && dialog.search === undefined ? `${at + 1}. ` : '';
  const box = isChecked === undefined ? '' : isChecked ? '[x] ' : '[ ] ';
  const lead = `${isChosen ? '› ' : '  '}${number}${box}`;
  const text = plainLine(label) + (key === undefined ? '' : ` (${key})`);
  const painted = isChosen ? theme.accent(theme.bold(text)) : text;
  if (isShort) return [fit(lead + painted, width)];
  const rows = hang(lead, painted, width, '     ');
  return detail ? [...rows, ...hang('     ', theme.dim(plainLine(detail)), width)] : rows;
}

function drawPrompt({ draft, isSecret }: Prompt, { theme, width }: Look): Frame {
  const text = isSecret ? '•'.repeat(countChars(draft.buffer.text)) : draft.buffer.text;
  const cursor = isSecret ? text.length : draft.buffer.cursor;
  const rows = layOut(text, width - 4);
  const place = placeOf(rows, text, cursor);
  const lines = rows.map(
    ({ start, end }, at) => (at === 0 ? theme.accent('› ') : '  ') + visible(text.slice(start, end)),
  );
  return { lines, cursor: { row: place.row, column: place.column + 2 } };
}
