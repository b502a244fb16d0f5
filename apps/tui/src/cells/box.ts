import { plainLine } from '../text/plain.ts';
import { fit, padTo, widthOf } from '../text/wrap.ts';
import type { Cell } from './cell.ts';
import type { Look } from './look.ts';

/** A frame around lines, as wide as they are. */
function box(lines: readonly string[], { width, theme }: Look): string[] {
  const inner = Math.min(width - 4, Math.max(...lines.map(widthOf)));
  const edge = '─'.repeat(inner + 2);
  return [
    theme.dim(`╭${edge}╮`),
    ...lines.map((line) => `${theme.dim('│')} ${padTo(fit(line, inner), inner)} ${theme.dim('│')}`),
    theme.dim(`╰${edge}╯`),
  ];
}

export function renderBanner(cell: Extract<Cell, { kind: 'banner' }>, look: Look): string[] {
  const { theme } = look;
  const row = (name: string, value: string, more = '') =>
    `${theme.dim(name.padEnd(10))} ${plainLine(value)}${theme.dim(more)}`;
  const effort = cell.effort === null ? '' : ` ${cell.effort}`;
  return box(
    [
      `${theme.bold('>_ Codex')} ${theme.dim(`in TypeScript, ${cell.version}`)}`,
      '',
      row('model', cell.model + effort, '   /model changes it'),
      row('folder', cell.folder),
      row('approval', cell.approval, '   /approvals changes it'),
      row('sandbox', cell.sandbox),
    ],
    look,
  );
}

export function renderFacts(cell: Extract<Cell, { kind: 'facts' }>, look: Look): string[] {
  const { theme } = look;
  const widest = Math.max(0, ...cell.rows.map(([name]) => widthOf(name)));
  const rows = cell.rows.map(([name, value]) => `${theme.dim(padTo(name, widest))}  ${plainLine(value)}`);
  return box([theme.bold(cell.title), ...(rows.length > 0 ? ['', ...rows] : [])], look);
}
