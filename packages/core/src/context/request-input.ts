import type { ResponseItem } from '@codex/protocol';
import { plainResult } from './plain-result.ts';
import { hasImages, type RefusedImages } from './refused-images.ts';

export interface InputOptions {
  /** The model takes images. */
  images: boolean;
  /** The model patches in free form and reads the results of commands as plain text. */
  plainResults: boolean;
  refused: RefusedImages;
}

/**
 * Makes a history fit for sending: every call has an output and every output its call, and there is a note in place of
 * images that the model cannot see or the provider refused, and results of commands have the form the model knows (core
 * specification §4.2, §8.4). The history itself stays as it is.
 */
export function requestInput(history: readonly ResponseItem[], options: InputOptions): ResponseItem[] {
  const shown = (item: Pictured): ResponseItem => {
    if (options.images && !options.refused.has(item)) return item;
    const note = options.images ? REFUSED_IMAGE : NO_IMAGES;
    return hasImages(item) ? withoutImages(item, note) : item;
  };
  const result = (item: Output): ResponseItem =>
    options.plainResults && typeof item.output === 'string' && commands.has(item.call_id)
      ? { ...item, output: plainResult(item.output) }
      : shown(item);
  const commands = new Set<string>();
  const answered = new Set<string>();
  const called = new Set<string>();
  for (const item of history) {
    if (item.type === 'function_call_output' || item.type === 'custom_tool_call_output') answered.add(item.call_id);
    else if (item.type === 'function_call' || item.type === 'custom_tool_call') called.add(item.call_id);
    else if (item.type === 'local_shell_call' && item.call_id) called.add(item.call_id);
    if ('call_id' in item && item.call_id && isCommand(item)) commands.add(item.call_id);
  }
  const out: ResponseItem[] = [];
  for (const item of history) {
    switch (item.type) {
      case 'function_call':
        out.push(item);
        if (!answered.has(item.call_id)) out.push(aborted('function_call_output', item.call_id));
        break;
      case 'local_shell_call':
        out.push(item);
        if (item.call_id && !answered.has(item.call_id)) out.push(aborted('function_call_output', item.call_id));
        break;
      case 'custom_tool_call':
        out.push(item);
        if (!answered.has(item.call_id)) out.push(aborted('custom_tool_call_output', item.call_id));
        break;
      case 'function_call_output':
      case 'custom_tool_call_output':
        if (called.has(item.call_id)) out.push(result(item));
        break;
      case 'message':
        out.push(shown(item));
        break;
      default:
        out.push(item);
    }
  }
  return out;
}

const NO_IMAGES = 'image content omitted because you do not support image input';
const REFUSED_IMAGE = 'Invalid image';

function aborted(type: 'function_call_output' | 'custom_tool_call_output', callId: string): ResponseItem {
  return { type, call_id: callId, output: 'aborted' };
}

type Output = Extract<ResponseItem, { type: 'function_call_output' | 'custom_tool_call_output' }>;
type Pictured = Output | Extract<ResponseItem, { type: 'message' }>;

function isCommand(item: ResponseItem): boolean {
  return (
    item.type === 'local_shell_call' ||
    (item.type === 'function_call' && (item.name === 'shell' || item.name === 'container.exec'))
  );
}

function withoutImages(item: Pictured, note: string): ResponseItem {
  const inPlace = <Part extends { type: string }>(part: Part) =>
    part.type === 'input_image' ? ({ type: 'input_text', text: note } as const) : part;
  if (item.type === 'message') return { ...item, content: item.content.map(inPlace) };
  return typeof item.output === 'string' ? item : { ...item, output: item.output.map(inPlace) };
}

/** The form in which an item enters the history: ids are the server's own and are not sent back. */
export function historyItem(item: ResponseItem): ResponseItem {
  if (!('id' in item) && item.type !== 'reasoning' && !('status' in item)) return item;
  const { id: _id, ...rest } = item as ResponseItem & { id?: unknown };
  if (rest.type === 'reasoning') return { ...rest, content: null };
  return rest;
}
