import { truncateToWidth, visibleWidth, wrapTextWithAnsi } from '@mariozechner/pi-tui';

/** Columns that a text takes; escape sequences take none, East Asian characters and emoji two. */
export function widthOf(text: string): number {
  return visibleWidth(text);
}

/** Breaks text (it may have styles and line ends) into lines of at most `width` columns, between words if possible. */
export function wrap(text: string, width: number): string[] {
  return wrapTextWithAnsi(text, Math.max(1, width));
}

/** One line, cut with an ellipsis where it is wider than `width` columns. */
export function fit(text: string, width: number): string {
  return visibleWidth(text) <= width ? text : truncateToWidth(text, Math.max(1, width), '…');
}

export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - visibleWidth(text)));
}

/** Wraps below a mark: `• text` with the following lines indented as far as the mark is wide. */
export function hang(mark: string, text: string, width: number, indent = ' '.repeat(visibleWidth(mark))): string[] {
  return wrap(text, width - visibleWidth(mark)).map((line, at) => (at === 0 ? mark : indent) + line);
}
