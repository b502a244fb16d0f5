const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const CONTINUES = /^(\s+\S|\s*([-*+]|\d{1,9}[.)])\s)/;
/** Lines of code that may wait for the end of their block. */
const CODE_LINES = 40;

/**
 * Splits Markdown that is still growing: `done` are blocks that no later text can change, `rest` is what may go on.
 * A block ends at a blank line outside of code when what follows is no continuation of a list; a long block of code is
 * cut at a line's end and goes on as another block of code.
 */
export function splitBlocks(text: string): { done: string[]; rest: string } {
  const lines = text.split('\n');
  const done: string[] = [];
  let start = 0;
  let fence: { mark: string; open: string } | null = null;
  let reopened: string | null = null;
  // The last line may still grow.
  for (let at = 0; at < lines.length - 1; at++) {
    const line = lines[at] ?? '';
    const mark = FENCE.exec(line)?.[1];
    if (fence) {
      if (mark !== undefined && mark.startsWith(fence.mark) && line.trim() === mark) {
        fence = null;
      } else if (at - start >= CODE_LINES) {
        done.push([...opening(reopened), ...lines.slice(start, at + 1), fence.mark].join('\n'));
        reopened = fence.open;
        start = at + 1;
      }
    } else if (mark !== undefined) {
      fence = { mark, open: line };
    } else if (line.trim() === '' && at > start) {
      const next = lines[at + 1] ?? '';
      const isLast = at + 1 === lines.length - 1;
      // What follows decides, and must be more than the beginning of a mark.
      if ((isLast && !/\S.{2}/.test(next)) || next.trim() === '' || CONTINUES.test(next)) continue;
      done.push([...opening(reopened), ...lines.slice(start, at)].join('\n'));
      reopened = null;
      start = at + 1;
    }
  }
  return { done, rest: [...opening(reopened), ...lines.slice(start)].join('\n') };
}

function opening(line: string | null): string[] {
  return line === null ? [] : [line];
}
