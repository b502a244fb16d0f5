import type { ResponseItem } from '@codex/protocol';
import type { Stamped, TurnContext } from './events.ts';

/** The model view of a thread: what goes into the next request, and the settings the model was last told. */
export interface ModelContext {
  items: ResponseItem[];
  /** Null when the whole initial context has to be told (again). */
  reference: TurnContext | null;
  /** What stood here when each turn began, oldest first: one entry per turn of the thread's state. */
  turns: TurnStart[];
}

/**
 * A list only grows until a compaction puts another in its place, so the list and its length say what a turn began
 * with, and a rollback across a compaction finds the words from before it.
 */
export interface TurnStart {
  items: ResponseItem[];
  length: number;
  reference: TurnContext | null;
}

export function emptyModelContext(): ModelContext {
  return { items: [], reference: null, turns: [] };
}

/** Applies one event in place; everything but `context.*`, `turn.context` and `turn.started` is ignored. */
export function reduceContext(context: ModelContext, { event }: Stamped): void {
  switch (event.type) {
    case 'turn.started':
      context.turns.push({ items: context.items, length: context.items.length, reference: context.reference });
      return;
    case 'context.appended':
      for (const item of event.items) context.items.push(item);
      return;
    case 'turn.context':
      context.reference = event.context;
      return;
    case 'context.compacted':
      context.items = [...event.compaction.replacement];
      context.reference = null;
      return;
    case 'context.rolledBack': {
      const [first] = context.turns.splice(Math.max(0, context.turns.length - event.turns));
      if (!first) return;
      first.items.length = first.length;
      context.items = first.items;
      context.reference = first.reference;
      return;
    }
    default:
      return;
  }
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
