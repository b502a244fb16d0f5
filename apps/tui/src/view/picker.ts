import type { Thread } from '@codex/protocol';
import type { Look } from '../cells/look.ts';
import type { State } from '../model.ts';
import type { Picker } from '../overlays/overlay.ts';
import { ago } from '../text/amounts.ts';
import { homely } from '../text/path.ts';
import { plainLine } from '../text/plain.ts';
import { fit, padTo, widthOf } from '../text/wrap.ts';
import type { Frame } from './frame.ts';
import { windowOf } from './measures.ts';

const TIME_COLUMNS = 15;
const BRANCH_COLUMNS = 14;
const FOLDER_COLUMNS = 24;

/** The list of sessions on the whole screen. */
export function drawPicker(state: State, picker: Picker, look: Look): Frame {
  const { theme, width } = look;
  const { rows: height } = state.size;
  const what = picker.purpose === 'resume' ? 'Go on with which session?' : 'Copy which session?';
  const where = picker.allFolders
    ? 'of all folders'
    : `of ${homely(state.session?.cwd ?? state.place.cwd, state.place.userHome)}`;
  const order = picker.sort === 'updated_at' ? 'newest change first' : 'newest first';
  const search = `search: ${plainLine(picker.search)}`;
  const room = Math.max(1, height - 6);
  const { from, to } = windowOf(picker.rows.length, picker.selected, room);
  const listed = picker.rows
    .slice(from, to)
    .map((thread, at) => drawRow(thread, from + at === picker.selected, state, picker, look));
  const empty = picker.isLoading
    ? 'Looking …'
    : picker.search === ''
      ? 'There are no sessions here; ctrl+a looks in all folders.'
      : 'No session fits.';
  const lines = [
    fit(`${theme.bold(what)} ${theme.dim(`${where}, ${order}`)}`, width),
    fit(search, width),
    '',
    ...(listed.length > 0 ? listed : [theme.dim(`  ${empty}`)]),
  ];
  const count = `${picker.rows.length}${picker.cursor === null ? '' : '+'} session${picker.rows.length === 1 ? '' : 's'}`;
  const filled = [...lines, ...Array.from({ length: Math.max(0, height - 2 - lines.length) }, () => '')];
  const hint = ` enter chooses · esc ${picker.hasThread ? 'goes back' : 'begins a new one'} · tab changes the order · ctrl+a ${picker.allFolders ? 'this folder only' : 'all folders'}`;
  return {
    lines: [...filled, theme.dim(fit(` ${count}`, width)), fit(theme.dim(hint), width)],
    cursor: { row: 1, column: Math.min(width - 1, widthOf(search)) },
  };
}

function drawRow(
  thread: Thread,
  isChosen: boolean,
  { now, place }: State,
  { allFolders, sort }: Picker,
  { theme, width }: Look,
): string {
  const at = sort === 'updated_at' ? thread.updatedAt : thread.createdAt;
  const time = padTo(ago(at, Math.floor(now / 1000)), TIME_COLUMNS);
  const branch = padTo(fit(plainLine(thread.gitInfo?.branch ?? '-'), BRANCH_COLUMNS - 1), BRANCH_COLUMNS);
  const folder = allFolders
    ? padTo(fit(plainLine(homely(thread.cwd, place.userHome)), FOLDER_COLUMNS - 1), FOLDER_COLUMNS)
    : '';
  const title = plainLine(thread.name ?? thread.preview) || '(empty)';
  const line = `${theme.dim(time)}${theme.dim(branch)}${theme.dim(folder)}${isChosen ? theme.accent(theme.bold(title)) : title}`;
  return fit(`${isChosen ? '› ' : '  '}${line}`, width);
}
