import type { ThreadItem, TurnError } from '@codex/protocol';
import type { Stamped, ThreadEvent, ThreadHeader, TurnEnd } from '@codex/timeline';
import { itemEvent, itemToFile } from './item-to-file.ts';
import { type Fields, fields, formatTime, type RolloutLine } from './line.ts';
import { responseItemToFile } from './response-items.ts';
import { sessionMetaToFile } from './session-meta.ts';
import { turnContextToFile } from './turn-context.ts';
import { errorInfoToFile, type GitFields, rateLimitsToFile, usageToFile } from './wire-forms.ts';

/** What the encoder remembers between the events of one thread. */
export interface EncodeContext {
  lastAgentMessage: string | null;
  /** Items that have begun and have no line yet, oldest first. */
  unwritten: Map<string, { item: ThreadItem; turnId: string; at: number }>;
}

export function encodeContext(): EncodeContext {
  return { lastAgentMessage: null, unwritten: new Map() };
}

/** True for events that leave a line or that a later line depends on. Costs next to nothing. */
export function isDurable(type: ThreadEvent['type']): boolean {
  switch (type) {
    case 'turn.started':
    case 'turn.context':
    case 'turn.usage':
    case 'turn.ended':
    case 'item.started':
    case 'item.completed':
    case 'context.appended':
    case 'context.compacted':
    case 'context.rolledBack':
      return true;
    case 'thread.opened':
    case 'thread.status':
    case 'thread.renamed':
    case 'thread.closed':
    case 'turn.diff':
    case 'turn.plan':
    case 'turn.rerouted':
    case 'turn.retrying':
    case 'turn.hook':
    case 'item.delta':
    case 'question.opened':
    case 'question.closed':
    case 'notice':
      return false;
  }
}

export function encodeHeader(header: ThreadHeader, git: GitFields | null, at: number): RolloutLine {
  return { timestamp: formatTime(at), type: 'session_meta', payload: sessionMetaToFile(header, git) };
}

/**
 * The lines of an event, in order; none for what is not kept. With a fresh context per thread, decoding the lines
 * gives the events back, save for ids and raw reasoning in history items, and for the middle of long outputs.
 */
export function encode(stamped: Stamped, context: EncodeContext): RolloutLine[] {
  const { at, threadId, event } = stamped;
  const turnId = stamped.turnId ?? '';
  const line = (type: RolloutLine['type'], payload: Fields): RolloutLine => ({
    timestamp: formatTime(at),
    type,
    payload,
  });
  const message = (payload: Fields) => line('event_msg', payload);
  switch (event.type) {
    case 'turn.started': {
      context.lastAgentMessage = null;
      context.unwritten.clear();
      const { id, modelContextWindow, mode } = event.turn;
      const payload = { turn_id: id, model_context_window: modelContextWindow, collaboration_mode_kind: mode };
      return [message({ type: 'task_started', ...payload })];
    }
    case 'turn.context':
      return [line('turn_context', turnContextToFile(turnId, event.context))];
    case 'turn.usage': {
      const info = event.usage && usageToFile(event.usage);
      const rate_limits = event.rateLimits && rateLimitsToFile(event.rateLimits);
      return [message({ type: 'token_count', info, rate_limits })];
    }
    case 'turn.ended':
      return turnEnd(turnId, event.status, event.error, context.lastAgentMessage).map(message);
    case 'item.started':
      context.unwritten.set(event.item.id, { item: event.item, turnId, at });
      // Work can be cut off by a crash; the file then shows what was going on.
      return isWork(event.item) ? startsUpTo(event.item.id, context, threadId) : [];
    case 'item.completed': {
      const { item } = event;
      if (item.type === 'agentMessage') context.lastAgentMessage = item.text;
      // Items stand in the order in which they began, so whatever began earlier has to be told first.
      const started = context.unwritten.has(item.id) ? startsUpTo(item.id, context, threadId, false) : [];
      const lines = itemToFile(item, { threadId, turnId }).map(message);
      return [...started, ...(item.type === 'contextCompaction' ? lines.map(extraBeside) : lines)];
    }
    case 'context.appended':
      return event.items.map((item) => line('response_item', responseItemToFile(item)));
    case 'context.compacted':
      return [
        line('compacted', {
          message: event.compaction.message,
          replacement_history: event.compaction.replacement.map(responseItemToFile),
        }),
      ];
    case 'context.rolledBack':
      return [message({ type: 'thread_rolled_back', num_turns: event.turns })];
    default:
      return [];
  }
}

/** This one event of 0.115 must have no members, so the extra key moves out of the payload. */
function extraBeside({ payload: { item, ...payload }, ...line }: RolloutLine): RolloutLine {
  return { ...line, payload, item: fields(item) };
}

/** Beginnings of items up to the one with this id, taken off the list; its own only when asked for. */
function startsUpTo(id: string, context: EncodeContext, threadId: string, own = true): RolloutLine[] {
  const lines: RolloutLine[] = [];
  for (const [startedId, { item, turnId, at }] of context.unwritten) {
    context.unwritten.delete(startedId);
    if (startedId === id && !own) break;
    const payload = itemEvent('item_started', item, { threadId, turnId });
    lines.push({ timestamp: formatTime(at), type: 'event_msg', payload });
    if (startedId === id) break;
  }
  return lines;
}

function isWork(item: ThreadItem): boolean {
  switch (item.type) {
    case 'commandExecution':
    case 'fileChange':
    case 'mcpToolCall':
    case 'dynamicToolCall':
    case 'collabAgentToolCall':
      return item.status === 'inProgress';
    default:
      return false;
  }
}

function turnEnd(turnId: string, status: TurnEnd, error: TurnError | null, lastMessage: string | null): Fields[] {
  if (status === 'interrupted') {
    return [{ type: 'turn_aborted', turn_id: turnId, reason: 'interrupted', ...(error && { item: { error } }) }];
  }
  const complete = { type: 'task_complete', turn_id: turnId, last_agent_message: lastMessage };
  if (status === 'failed' && error) {
    const { message, codexErrorInfo, additionalDetails } = error;
    const codex_error_info = errorInfoToFile(codexErrorInfo);
    return [{ type: 'error', message, codex_error_info, item: { additionalDetails } }, complete];
  }
  return [status === 'completed' && !error ? complete : { ...complete, item: { status, error } }];
}

export const stringifyLine = (line: RolloutLine): string => `${JSON.stringify(line)}\n`;
