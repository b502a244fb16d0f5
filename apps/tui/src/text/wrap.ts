import { truncateToWidth, visibleWidth, wrapTextWithAnsi } from '@mariozechner/pi-tui';

/** Characters that always take one column each and belong to none before them; most text has no others. */
const SIMPLE = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2500-\u259f]*$/;
// oxlint-disable-next-line no-control-regex
const STYLE = /\u001b\[[0-9;]*m/g;

/** Columns that a text takes; escape sequences take none, East Asian characters and emoji two. */
export function widthOf(text: string): number {
  // Finding graphemes costs a hundred times as much.
  const bare = text.includes('\u001b') ? text.replace(STYLE, '') : text;
  return SIMPLE.test(bare) ? bare.length : visibleWidth(text);
}

/** Breaks text (it may have styles and line ends) into lines of at most `width` columns, between words if possible. */
export function wrap(text: string, width: number): string[] {
  const columns = Math.max(1, width);
  // A style goes on over line ends, and only the library knows it.
  if (text.includes('\u001b')) return wrapTextWithAnsi(text, columns);
  return text.split('\n').flatMap((line) => {
    if (!SIMPLE.test(line)) return wrapTextWithAnsi(line, columns);
    return line.length <= columns ? [line] : wrapSimple(line, columns);
  });
}

function wrapSimple(line: string, width: number): string[] {
  const rows: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > 0 && rest.slice(0, space).trim() !== '' ? space : width;
    rows.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).replace(/^ /, '');
  }
  return [...rows, rest];
}

/** One line, cut with an ellipsis where it is wider than `width` columns. */
export function fit(text: string, width: number): string {
  return widthOf(text) <= width ? text : truncateToWidth(text, Math.max(1, width), '…');
}

export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Wraps below a mark: `• text` with the following lines indented as far as the mark is wide. */
export function hang(mark: string, text: string, width: number, indent = ' '.repeat(widthOf(mark))): string[] {
  return wrap(text, width - widthOf(mark)).map((line, at) => (at === 0 ? mark : indent) + line);
}
