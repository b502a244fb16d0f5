import { unreachable } from '@codex/base';
import type { ThreadItem, UserInput } from '@codex/protocol';
import { renderMarkdown } from '../text/markdown.ts';
import { plain, plainLine } from '../text/plain.ts';
import { hang, wrap } from '../text/wrap.ts';
import { renderCommand } from './command.ts';
import type { Look } from './look.ts';
import { renderPatch } from './patch.ts';
import { renderCollab, renderDynamicTool, renderMcp, renderSearch } from './tool.ts';

/** One item that is over; an empty list when there is nothing to tell of it. */
export function renderItem(item: ThreadItem, look: Look): string[] {
  const { width, theme } = look;
  switch (item.type) {
    case 'userMessage':
      return renderUser(item.content, look);
    case 'agentMessage':
      return renderMarkdown(plain(item.text), width - 2, theme).map(
        (line, at) => (at === 0 ? theme.dim('• ') : '  ') + line,
      );
    case 'plan':
      return [
        `${theme.special('•')} ${theme.bold('Proposed plan')}`,
        ...renderMarkdown(plain(item.text), width - 4, theme).map((line) => `  ${theme.special('│')} ${line}`),
      ];
    case 'reasoning':
      return renderReasoning(item, look);
    case 'commandExecution':
      return renderCommand(item, look);
    case 'fileChange':
      return renderPatch(item, look);
    case 'mcpToolCall':
      return renderMcp(item, look);
    case 'dynamicToolCall':
      return renderDynamicTool(item, look);
    case 'collabAgentToolCall':
      return renderCollab(item, look);
    case 'webSearch':
      return renderSearch(item, look);
    case 'imageView':
      return hang(`${theme.dim('•')} ${theme.bold('Looked at')} `, plainLine(item.path), width, '    ');
    case 'imageGeneration':
      return hang(
        `${theme.dim('•')} ${theme.bold('Made an image')} `,
        plainLine(item.revisedPrompt ?? ''),
        width,
        '    ',
      );
    case 'enteredReviewMode':
      return hang(`${theme.special('>>')} `, `${theme.bold('Review begins:')} ${plainLine(item.review)}`, width);
    case 'exitedReviewMode':
      return [
        `${theme.special('<<')} ${theme.bold('Review')}`,
        ...renderMarkdown(plain(item.review), width - 2, theme).map((line) => `  ${line}`),
      ];
    case 'contextCompaction':
      return hang(
        `${theme.dim('•')} `,
        `${theme.bold('Context compacted')}${theme.dim(': the model goes on with a summary')}`,
        width,
      );
    default:
      return unreachable(item);
  }
}

/** Notes that go along with a message are for the model alone. */
const NOTE = /^<user_shell_command>[^]*<\/user_shell_command>$/;

export function renderUser(content: readonly UserInput[], { width, theme }: Look): string[] {
  const parts = content.flatMap((input): string[] => {
    switch (input.type) {
      case 'text':
        return NOTE.test(input.text.trim()) ? [] : [plain(input.text)];
      case 'image':
        return [theme.dim('[image]')];
      case 'localImage':
        return [theme.dim(`[image ${plainLine(input.path)}]`)];
      case 'skill':
      case 'mention':
        return [];
    }
  });
  if (parts.length === 0) return [];
  return wrap(parts.join('\n'), width - 2).map((line, at) => theme.accent(at === 0 ? '› ' : '  ') + line);
}

function renderReasoning(item: Extract<ThreadItem, { type: 'reasoning' }>, look: Look): string[] {
  const { width, theme } = look;
  const shown = [...(look.showReasoning ? item.summary : []), ...(look.showRawReasoning ? item.content : [])];
  const text = shown
    .map((part) => withoutHeading(part, look.isFull))
    .filter((part) => part !== '')
    .join('\n\n');
  if (text === '') return [];
  const lines = renderMarkdown(plain(text), width - 2, theme);
  return lines.map((line, at) => theme.dim(at === 0 ? '• ' : '  ') + theme.dim(theme.italic(line)));
}

/** The heading of a summary was shown while the model thought. */
function withoutHeading(part: string, isFull: boolean): string {
  return isFull ? part.trim() : part.replace(/^\s*\*\*[^*\n]+\*\*\s*/, '').trim();
}
