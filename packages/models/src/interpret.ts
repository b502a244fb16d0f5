import { isObject } from '@codex/base';
import type { TokenUsageBreakdown } from '@codex/protocol';
import type { ModelSink } from './events.ts';
import { type Failure, responseFailure, streamFailure } from './failure.ts';
import { readItem } from './item.ts';

/** How a stream ended by its own words. */
export type StreamEnd =
  | { kind: 'completed'; responseId: string; usage: TokenUsageBreakdown | null }
  | { kind: 'failed'; failure: Failure };

export interface Interpreter {
  /** Takes the data of one event and reports what it means. Never throws, unless the sink does. */
  take(data: string): void;
  readonly end: StreamEnd | null;
}

type Fields = Record<string, unknown>;

/**
 * Translates the events of one response (spec core §3.3). What is unknown, broken or incomplete is skipped and counted
 * to `onSkipped`; after the end nothing more is reported.
 */
export function createInterpreter(sink: ModelSink, onSkipped: (type: string) => void): Interpreter {
  let end: StreamEnd | null = null;
  let activeItem = '';
  let effectiveModel = '';

  const itemId = (event: Fields): string => (typeof event['item_id'] === 'string' ? event['item_id'] : activeItem);

  /** Servers may name the model they really use in a `headers` object. */
  const noteModel = (event: Fields): void => {
    const response = event['response'];
    const headers = event['headers'] ?? (isObject(response) ? response['headers'] : undefined);
    if (!isObject(headers)) return;
    const name = Object.keys(headers).find((key) => key.toLowerCase() === 'openai-model');
    const model = name === undefined ? undefined : headers[name];
    if (typeof model !== 'string' || model === '' || model === effectiveModel) return;
    effectiveModel = model;
    sink({ type: 'rerouted', model });
  };

  const takeItem = (event: Fields, type: 'itemAdded' | 'itemDone'): void => {
    const item = readItem(event['item']);
    if (!item) {
      onSkipped(`${type}: ${isObject(event['item']) ? String(event['item']['type']) : 'no item'}`);
      return;
    }
    if (type === 'itemAdded') activeItem = ('id' in item ? item.id : undefined) ?? '';
    sink({ type, item });
  };

  const takeEvent = (event: Fields): void => {
    const { type, delta } = event;
    switch (type) {
      case 'response.output_text.delta':
        if (typeof delta === 'string') sink({ type: 'textDelta', itemId: itemId(event), delta });
        else onSkipped(type);
        return;
      case 'response.reasoning_summary_text.delta': {
        const index = event['summary_index'];
        if (typeof delta === 'string' && isIndex(index))
          sink({ type: 'summaryDelta', itemId: itemId(event), index, delta });
        else onSkipped(type);
        return;
      }
      case 'response.reasoning_text.delta': {
        const index = event['content_index'];
        if (typeof delta === 'string' && isIndex(index))
          sink({ type: 'reasoningDelta', itemId: itemId(event), index, delta });
        else onSkipped(type);
        return;
      }
      case 'response.reasoning_summary_part.added': {
        const index = event['summary_index'];
        if (isIndex(index)) sink({ type: 'summaryPart', itemId: itemId(event), index });
        else onSkipped(type);
        return;
      }
      case 'response.output_item.added':
        takeItem(event, 'itemAdded');
        return;
      case 'response.output_item.done':
        takeItem(event, 'itemDone');
        return;
      case 'response.created':
        noteModel(event);
        sink({ type: 'created' });
        return;
      case 'response.completed':
        noteModel(event);
        end = readCompleted(event['response']);
        return;
      case 'response.failed': {
        const response = event['response'];
        end = { kind: 'failed', failure: responseFailure(isObject(response) ? response['error'] : undefined) };
        return;
      }
      case 'error':
        end = { kind: 'failed', failure: responseFailure(isObject(event['error']) ? event['error'] : event) };
        return;
      case 'response.incomplete':
        end = {
          kind: 'failed',
          failure: streamFailure(`Incomplete response returned, reason: ${incompleteReason(event)}`),
        };
        return;
      default:
        if (event['headers'] !== undefined) noteModel(event);
        else onSkipped(typeof type === 'string' ? type : 'no type');
    }
  };

  return {
    take(data) {
      if (end) return;
      let event: unknown;
      try {
        event = JSON.parse(data);
      } catch {
        onSkipped('not JSON');
        return;
      }
      if (isObject(event)) takeEvent(event);
      else onSkipped('not an object');
    },
    get end() {
      return end;
    },
  };
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function incompleteReason(event: Fields): string {
  const response = event['response'];
  const details = isObject(response) ? response['incomplete_details'] : undefined;
  const reason = isObject(details) ? details['reason'] : undefined;
  return typeof reason === 'string' ? reason : 'unknown';
}

function readCompleted(response: unknown): StreamEnd {
  const bad = (what: string): StreamEnd => ({
    kind: 'failed',
    failure: streamFailure(`failed to parse ResponseCompleted: ${what}`),
  });
  if (!isObject(response) || response['id'] === undefined) return bad('missing field `id`');
  if (typeof response['id'] !== 'string') return bad('field `id` is not a string');
  const usage = readUsage(response['usage']);
  if (typeof usage === 'string') return bad(usage);
  return { kind: 'completed', responseId: response['id'], usage };
}

/** Null when the server gave none, a text when it is unusable. */
function readUsage(usage: unknown): TokenUsageBreakdown | null | string {
  if (usage === undefined || usage === null) return null;
  if (!isObject(usage)) return 'field `usage` is not an object';
  const count = (holder: unknown, name: string): number | null => {
    const value = isObject(holder) ? holder[name] : undefined;
    return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
  };
  const inputTokens = count(usage, 'input_tokens');
  const outputTokens = count(usage, 'output_tokens');
  const totalTokens = count(usage, 'total_tokens');
  if (inputTokens === null) return 'field `input_tokens` is not an integer';
  if (outputTokens === null) return 'field `output_tokens` is not an integer';
  if (totalTokens === null) return 'field `total_tokens` is not an integer';
  return {
    inputTokens,
    cachedInputTokens: count(usage['input_tokens_details'], 'cached_tokens') ?? 0,
    outputTokens,
    reasoningOutputTokens: count(usage['output_tokens_details'], 'reasoning_tokens') ?? 0,
    totalTokens,
  };
}
