import type { Look } from './look.ts';
import { fit, wrap } from '../text/wrap.ts';

const HEAD = 3;
const TAIL = 3;

/** The output of a command, indented under it: its first and last lines; all of it in the transcript. */
export function renderOutput(text: string, { width, theme, isFull }: Look): string[] {
  const lines = text.replace(/\n+$/, '').split('\n');
  if (lines.length === 1 && lines[0] === '') return [theme.dim('  └ (no output)')];
  const shown =
    isFull || lines.length <= HEAD + TAIL + 1
      ? lines
      : [
          ...lines.slice(0, HEAD),
          `… ${lines.length - HEAD - TAIL} more lines (ctrl+t shows them)`,
          ...lines.slice(-TAIL),
        ];
  const rows = shown.flatMap((line) => (isFull ? wrap(line, width - 4) : [fit(line, width - 4)]));
  return rows.map((row, at) => (at === 0 ? '  └ ' : '    ') + row).map(theme.dim);
}
