import { unreachable } from '@codex/base';
import { duration } from '../text/amounts.ts';
import { renderMarkdown } from '../text/markdown.ts';
import { plain, plainOutput } from '../text/plain.ts';
import { fit, hang, widthOf, wrap } from '../text/wrap.ts';
import { renderBanner, renderFacts } from './box.ts';
import type { Cell } from './cell.ts';
import { renderItem } from './item.ts';
import type { Look } from './look.ts';
import { renderOutput } from './output.ts';

/** A settled cell as lines of at most `width` columns, with a blank line before it. */
export function renderCell(cell: Cell, look: Look): string[] {
  const lines = bodyOf(cell, look);
  return lines.length === 0 ? [] : ['', ...lines.map((line) => fit(line, look.width))];
}

function bodyOf(cell: Cell, look: Look): string[] {
  const { width, theme } = look;
  switch (cell.kind) {
    case 'banner':
      return renderBanner(cell, look);
    case 'item':
      return renderItem(cell.item, look);
    case 'said':
      return said(cell.text, cell.isFirst ? theme.dim('• ') : '  ', look);
    case 'plan': {
      const marks = { completed: theme.good('✔ '), inProgress: theme.accent('▸ '), pending: theme.dim('□ ') } as const;
      const steps = cell.steps.flatMap(({ step, status }) => {
        const paint = status === 'completed' ? theme.dim : status === 'inProgress' ? theme.bold : same;
        return hang(`    ${marks[status]}`, paint(plain(step)), width);
      });
      const why = cell.explanation ? hang('  └ ', theme.italic(theme.dim(plain(cell.explanation))), width) : [];
      return [`${theme.dim('•')} ${theme.bold('Plan')}`, ...why, ...steps];
    }
    case 'notice': {
      const marks = {
        info: theme.dim('• '),
        warning: theme.warn('⚠ '),
        error: theme.bad('■ '),
        good: theme.good('✔ '),
      };
      const paint = { info: same, warning: theme.warn, error: theme.bad, good: same }[cell.level];
      const detail = cell.detail ? wrap(theme.dim(plain(cell.detail)), width - 2).map((line) => `  ${line}`) : [];
      return [...hang(marks[cell.level], paint(plain(cell.text)), width), ...detail];
    }
    case 'answered':
      return hang(cell.isYes ? theme.good('✔ ') : theme.bad('✗ '), plain(cell.text), width);
    case 'earlier': {
      if (!look.isFull) return [theme.dim(`… ${cell.turns} earlier turns (ctrl+t shows them)`)];
      const lines = cell.cells.flatMap((earlier) => renderCell(earlier, look)).slice(1);
      const missing = `… ${cell.missing} turns before these are in the file of the session alone`;
      return cell.missing === 0 ? lines : [...hang('', theme.dim(missing), width), '', ...lines];
    }
    case 'ended': {
      const label = `─ Worked for ${duration(cell.ms)} `;
      return [theme.dim(label + '─'.repeat(Math.max(0, width - widthOf(label))))];
    }
    case 'facts':
      return renderFacts(cell, look);
    case 'shell': {
      const mark = cell.exitCode === 0 ? theme.good('• ') : theme.bad('• ');
      const end = cell.exitCode === 0 || cell.exitCode === null ? '' : theme.dim(` · exit ${cell.exitCode}`);
      return [
        ...hang(`${mark}${theme.bold('You ran')} `, plain(cell.command) + end, width, '    '),
        ...renderOutput(plainOutput(cell.output), look),
      ];
    }
    default:
      return unreachable(cell);
  }
}

/** What the model said, as Markdown behind a mark. */
export function said(text: string, mark: string, { width, theme }: Look): string[] {
  return renderMarkdown(plain(text), width - 2, theme).map(
    (line, at) => (at === 0 ? mark : line === '' ? '' : '  ') + line,
  );
}

function same(text: string): string {
  return text;
}
