import { said } from '../cells/render.ts';
import { callText } from '../cells/tool.ts';
import { commandText } from '../cells/command.ts';
import { renderItem } from '../cells/item.ts';
import type { Look } from '../cells/look.ts';
import type { OpenItem, State } from '../model.ts';
import { plain, plainLine, plainOutput } from '../text/plain.ts';
import { fit, hang } from '../text/wrap.ts';

/** Lines of what runs, and of its output, that are shown; the transcript has all. */
const COMMAND_LINES = 6;
const OUTPUT_LINES = 4;
/** The end of a text that is still growing: drawing it costs the same however long it gets. */
const LIVE_TEXT = 6000;

/** What is going on: work that has begun, and what the model says, as far as it is not settled. */
export function drawLive(state: State, look: Look): string[] {
  const { turn, open, shell } = state;
  const blocks = open.filter(({ turnId }) => turnId === turn?.id).map((item) => drawOpen(item, look));
  if (shell) blocks.push(running('You run', shell.command, '', look));
  const stream = turn?.stream;
  if (stream && stream.rest.trim() !== '') {
    blocks.push(said(stream.rest.slice(-LIVE_TEXT), stream.hasBegun ? '  ' : look.theme.dim('• '), look));
  }
  return blocks.filter((lines) => lines.length > 0).flatMap((lines) => ['', ...lines]);
}

function drawOpen({ item, output }: OpenItem, look: Look): string[] {
  const { theme } = look;
  switch (item.type) {
    case 'commandExecution':
      return running('Running', commandText(item.command), output || (item.aggregatedOutput ?? ''), look);
    case 'mcpToolCall':
      return running('Calling', callText(`${item.server}.${item.tool}`, item.arguments, look), output, look);
    case 'dynamicToolCall':
      return running('Calling', callText(item.tool, item.arguments, look), output, look);
    case 'webSearch':
      return running('Searching the web', item.query, '', look);
    case 'collabAgentToolCall':
      return running('Agents at work', item.prompt ?? '', '', look);
    case 'contextCompaction':
      return [`${theme.accent('•')} ${theme.bold('Compacting the conversation')}`];
    case 'fileChange':
      return running('Patching', item.changes.map(({ path }) => plainLine(path)).join(', '), '', look);
    default:
      return renderItem(item, look);
  }
}

function running(verb: string, what: string, output: string, { theme, width, isFull }: Look): string[] {
  const lines = output === '' ? [] : plainOutput(output).replace(/\n+$/, '').split('\n').slice(-OUTPUT_LINES);
  return [
    ...hang(`${theme.accent('•')} ${theme.bold(verb)} `, plain(what), width, '    ').slice(
      0,
      isFull ? undefined : COMMAND_LINES,
    ),
    ...lines.map((line, at) => theme.dim(fit((at === 0 ? '  └ ' : '    ') + line, width))),
  ];
}
