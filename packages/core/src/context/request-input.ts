import type { FunctionCallOutput, ResponseItem } from '@codex/protocol';

/**
 * Makes a history fit for sending: every call has an output and every output its call, and a model without image
 * input gets a note in place of images (core specification §8.4). The history itself stays as it is.
 */
export function requestInput(history: readonly ResponseItem[], options: { images: boolean }): ResponseItem[] {
  const answered = new Set<string>();
  const called = new Set<string>();
  for (const item of history) {
    if (item.type === 'function_call_output' || item.type === 'custom_tool_call_output') answered.add(item.call_id);
    else if (item.type === 'function_call' || item.type === 'custom_tool_call') called.add(item.call_id);
    else if (item.type === 'local_shell_call' && item.call_id) called.add(item.call_id);
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
        if (!called.has(item.call_id)) break;
        out.push(options.images ? item : { ...item, output: withoutImages(item.output) });
        break;
      case 'message':
        out.push(options.images || !item.content.some((part) => part.type === 'input_image') ? item : textOnly(item));
        break;
      default:
        out.push(item);
    }
  }
  return out;
}

const NO_IMAGES = 'image content omitted because you do not support image input';

function aborted(type: 'function_call_output' | 'custom_tool_call_output', callId: string): ResponseItem {
  return { type, call_id: callId, output: 'aborted' };
}

function withoutImages(output: FunctionCallOutput): FunctionCallOutput {
  if (typeof output === 'string') return output;
  return output.map((part) => (part.type === 'input_image' ? { type: 'input_text', text: NO_IMAGES } : part));
}

function textOnly(item: Extract<ResponseItem, { type: 'message' }>): ResponseItem {
  return {
    ...item,
    content: item.content.map((part) => (part.type === 'input_image' ? { type: 'input_text', text: NO_IMAGES } : part)),
  };
}

/** The form in which an item enters the history: ids are the server's own and are not sent back. */
export function historyItem(item: ResponseItem): ResponseItem {
  if (!('id' in item) && item.type !== 'reasoning' && !('status' in item)) return item;
  const { id: _id, ...rest } = item as ResponseItem & { id?: unknown };
  if (rest.type === 'reasoning') return { ...rest, content: null };
  return rest;
}
