import type { ThreadItem } from '@codex/protocol';
import { duration } from '../text/amounts.ts';
import { relativeTo } from '../text/path.ts';
import { plain, plainLine, plainOutput } from '../text/plain.ts';
import { hang } from '../text/wrap.ts';
import type { Look } from './look.ts';
import { renderOutput } from './output.ts';

export type CommandItem = Extract<ThreadItem, { type: 'commandExecution' }>;

/** A command that has ended: what it was, how it ended and the edges of its output; one that only looks, in words. */
export function renderCommand(item: CommandItem, look: Look): string[] {
  const { theme, width } = look;
  const isGood = item.status === 'completed' && (item.exitCode ?? 0) === 0;
  const looks = isGood && !look.isFull ? lookedAt(item, look.folder) : null;
  if (looks) return looks.flatMap((words, at) => hang(at === 0 ? `${theme.dim('•')} ` : '  ', words, width, '    '));
  const mark = isGood ? theme.good('•') : theme.bad('•');
  const verb = item.status === 'declined' ? 'Did not run' : 'Ran';
  const output = item.aggregatedOutput ?? '';
  return [
    ...hang(`${mark} ${theme.bold(verb)} `, plain(commandText(item.command)) + ending(item, look), width, '    '),
    ...(item.status === 'declined' && output === '' ? [] : renderOutput(plainOutput(output), look)),
  ];
}

function ending({ status, exitCode, durationMs }: CommandItem, { theme, isFull }: Look): string {
  const took = durationMs === null || (durationMs < 1000 && !isFull) ? '' : ` · ${duration(durationMs)}`;
  if (status === 'declined') return theme.dim(' · declined');
  if (exitCode === null) return theme.dim(`${status === 'failed' ? ' · cut off' : ''}${took}`);
  return exitCode === 0 ? theme.dim(took) : theme.bad(` · exit ${exitCode}`) + theme.dim(took);
}

/** Only looking around is told in words, one line each; null for everything else. */
function lookedAt({ commandActions }: CommandItem, folder: string): string[] | null {
  const words = commandActions.map((action) => {
    switch (action.type) {
      case 'read':
        return `Read ${plainLine(action.name)}`;
      case 'listFiles':
        return `Listed ${plainLine(relativeTo(folder, action.path ?? '.'))}`;
      case 'search': {
        const where = action.path === null ? '' : ` in ${plainLine(relativeTo(folder, action.path))}`;
        return action.query === null ? `Searched files${where}` : `Searched ${plainLine(action.query)}${where}`;
      }
      case 'unknown':
        return null;
    }
  });
  const known = words.filter((word) => word !== null);
  return known.length > 0 && known.length === words.length ? [...new Set(known)] : null;
}

/** The script itself, without the shell around it. */
export function commandText(command: string): string {
  const wrapped = /^(?:\S*\/)?(?:bash|zsh|sh) -l?c (.*)$/s.exec(command)?.[1];
  if (wrapped === undefined) return command;
  const quoted = /^'((?:[^']|'\\'')*)'$/s.exec(wrapped)?.[1];
  if (quoted !== undefined) return quoted.replaceAll(`'\\''`, `'`);
  return /^"((?:[^"\\]|\\.)*)"$/s.exec(wrapped)?.[1]?.replace(/\\(["\\$`])/g, '$1') ?? wrapped;
}
