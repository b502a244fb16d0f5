import type { ResponseItem } from '@codex/protocol';
import type { Stamped, TurnContext } from './events.ts';

/** The model view of a thread: what goes into the next request, and the settings the model was last told. */
export interface ModelContext {
  items: ResponseItem[];
  /** Null when the whole initial context has to be told (again). */
  reference: TurnContext | null;
  /** Where in `items` each reference was recorded, oldest first. */
  marks: { at: number; context: TurnContext }[];
}

export function emptyModelContext(): ModelContext {
  return { items: [], reference: null, marks: [] };
}

/** Applies one event in place; everything but `context.*` and `turn.context` is ignored. */
export function reduceContext(context: ModelContext, { event }: Stamped): void {
  switch (event.type) {
    case 'context.appended':
      for (const item of event.items) context.items.push(item);
      return;
    case 'turn.context':
      context.reference = event.context;
      context.marks.push({ at: context.items.length, context: event.context });
      return;
    case 'context.compacted':
      context.items = [...event.compaction.replacement];
      context.reference = null;
      context.marks = [];
      return;
    case 'context.rolledBack': {
      const end = indexOfUserTurn(context.items, event.turns);
      context.items.length = end;
      context.marks = context.marks.filter((mark) => mark.at <= end);
      context.reference = context.marks.at(-1)?.context ?? null;
      return;
    }
    default:
      return;
  }
}

/** Where the last `turns` user turns begin; 0 turns is the end of the list. */
function indexOfUserTurn(items: readonly ResponseItem[], turns: number): number {
  let end = items.length;
  let left = turns;
  for (let i = items.length - 1; i >= 0 && left > 0; i--) {
    const item = items[i];
    if (item && isUserTurn(item)) {
      end = i;
      left -= 1;
    }
  }
  return end;
}

const CONTEXTUAL: readonly [open: string, close: string][] = [
  ['# agents.md instructions for ', '</instructions>'],
  ['<environment_context>', '</environment_context>'],
  ['<skill>', '</skill>'],
  ['<user_shell_command>', '</user_shell_command>'],
  ['<turn_aborted>', '</turn_aborted>'],
  ['<subagent_notification>', '</subagent_notification>'],
];

/** True for a text the program put into the history in the user's name (core specification §7.6). */
export function isContextualText(text: string): boolean {
  const folded = text.trim().toLowerCase();
  if (folded.startsWith('warning: ')) return true;
  return CONTEXTUAL.some(([open, close]) => folded.startsWith(open) && folded.endsWith(close));
}

/** True for a message in which a human said something, the boundary that rollback and compaction count by. */
export function isUserTurn(item: ResponseItem): boolean {
  if (item.type !== 'message' || item.role !== 'user') return false;
  return !item.content.some((part) => part.type === 'input_text' && isContextualText(part.text));
}
