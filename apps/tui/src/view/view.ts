import type { Look } from '../cells/look.ts';
import type { State } from '../model.ts';
import { fit } from '../text/wrap.ts';
import { drawComposer } from './composer.ts';
import { drawDialog } from './dialog.ts';
import { drawFooter } from './footer.ts';
import { type Frame, stack, still } from './frame.ts';
import { drawLive } from './live.ts';
import { drawPager } from './pager.ts';
import { drawPicker } from './picker.ts';
import { drawStatus } from './status.ts';

/** What stands under the settled transcript: what is going on, and the composer or a dialog. Never higher than the screen. */
export function drawMain(state: State, look: Look): Frame {
  const { rows } = state.size;
  const [dialog] = state.dialogs;
  const bottom = dialog
    ? stack(still(['']), drawDialog(dialog, state.open, look, Math.max(4, rows - 2)))
    : stack(drawStatus(state, look), still(['']), drawComposer(state, look), drawFooter(state, look));
  const live = drawLive(state, look);
  const room = Math.max(0, rows - 1 - bottom.lines.length);
  const shown = live.length <= room ? live : live.slice(live.length - room);
  return cutTo(fitted(stack(still(shown), bottom), look.width), rows - 1);
}

/** What covers the screen; null when nothing does. */
export function drawOverlay(state: State, look: Look): Frame | null {
  const { overlay } = state;
  if (!overlay) return null;
  const frame = overlay.kind === 'pager' ? drawPager(state, overlay, look) : drawPicker(state, overlay, look);
  return cutTo(fitted(frame, look.width), state.size.rows);
}

/** A terminal would break a wider line, and every row after it would be somewhere else. */
function fitted({ lines, cursor }: Frame, width: number): Frame {
  const column = Math.min(cursor?.column ?? 0, width - 1);
  return { lines: lines.map((line) => fit(line, width)), cursor: cursor && { row: cursor.row, column } };
}

function cutTo({ lines, cursor }: Frame, height: number): Frame {
  const over = lines.length - Math.max(1, height);
  if (over <= 0) return { lines, cursor };
  return {
    lines: lines.slice(over),
    cursor: cursor && cursor.row >= over ? { ...cursor, row: cursor.row - over } : null,
  };
}
