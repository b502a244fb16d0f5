import type { Look } from '../cells/look.ts';
import type { State } from '../model.ts';
import { duration } from '../text/amounts.ts';
import { plainLine } from '../text/plain.ts';
import { fit } from '../text/wrap.ts';
import { type Frame, still } from './frame.ts';

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** How often the line changes, in milliseconds. */
export const TICK_MS = 200;
const SHOWN_WAITING = 5;

/** That a turn runs, for how long and what about; and the messages that wait. */
export function drawStatus(state: State, { width, theme }: Look): Frame {
  const { turn, now, session } = state;
  const lines: string[] = [];
  if (turn) {
    const spinner = SPINNER[Math.floor(now / TICK_MS) % SPINNER.length] ?? '';
    const what = turn.isInterrupting ? 'Interrupting' : (headingOf(turn.thought) ?? 'Working');
    const seconds = Math.max(0, Math.floor((now - turn.startedAt) / 1000));
    const took = seconds < 60 ? `${seconds}s` : duration(seconds * 1000);
    lines.push(
      '',
      fit(`${theme.accent(spinner)} ${theme.bold(plainLine(what))} ${theme.dim(`(${took} · esc interrupts)`)}`, width),
    );
    if (turn.trouble !== null) lines.push(fit(`  ${theme.warn(plainLine(turn.trouble))}`, width));
  } else if (!session) {
    lines.push('', theme.dim('  Starting …'));
  }
  const waiting = [
    ...(turn?.steered ?? []).map(({ text }) => `↳ goes into this turn: ${plainLine(text)}`),
    ...[...state.waiting, ...state.queue].map(({ text }) => `↳ goes next: ${plainLine(text)}`),
  ];
  const left = waiting.length - SHOWN_WAITING;
  lines.push(...waiting.slice(0, SHOWN_WAITING).map((line) => theme.dim(fit(`  ${line}`, width))));
  if (left > 0) lines.push(theme.dim(`    … and ${left} more`));
  if (state.queue.length > 0) lines.push(theme.dim('    alt+up changes the last one'));
  return still(lines);
}

/** Summaries of reasoning have a heading in bold. */
function headingOf(thought: string): string | null {
  return /\*\*([^*\n]+)\*\*/.exec(thought)?.[1]?.trim() ?? null;
}
