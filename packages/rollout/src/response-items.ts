import { isObject } from '@codex/base';
import type { ResponseItem } from '@codex/protocol';
import type { Fields } from './line.ts';

/** Kinds whose id belongs to one answer of the provider and is worth nothing later; others keep theirs. */
const ID_DROPPED: ReadonlySet<string> = new Set([
  'message',
  'reasoning',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
  'local_shell_call',
  'web_search_call',
]);

/** A history item as it stands on file: without id, and without the raw text of reasoning. */
export function responseItemToFile(item: ResponseItem): Fields {
  const out: Fields = { ...item };
  if (ID_DROPPED.has(item.type)) delete out['id'];
  if (item.type === 'reasoning') out['content'] = null;
  for (const key of ['phase', 'status', 'namespace']) if (out[key] === null) delete out[key];
  return out;
}

/** An item from a file; null for what cannot be sent to a model. Kinds this version does not know are kept. */
export function responseItemFromFile(value: unknown): ResponseItem | null {
  if (!isObject(value)) return null;
  const is = (...keys: string[]) => keys.every((key) => typeof value[key] === 'string');
  const output = () => typeof value['output'] === 'string' || isEvery(value['output'], isPart);
  const good = (() => {
    switch (value['type']) {
      case 'message':
        return is('role') && isEvery(value['content'], isPart);
      case 'reasoning':
        return isEvery(value['summary'], isPart);
      case 'function_call':
        return is('name', 'arguments', 'call_id');
      case 'custom_tool_call':
        return is('name', 'input', 'call_id');
      case 'function_call_output':
      case 'custom_tool_call_output':
        return is('call_id') && output();
      case 'local_shell_call':
        return isObject(value['action']);
      case 'compaction':
        return is('encrypted_content');
      case 'ghost_snapshot':
        return false;
      default:
        return is('type');
    }
  })();
  return good ? (value as unknown as ResponseItem) : null;
}

function isEvery(value: unknown, fits: (entry: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(fits);
}

/** A part of a message, a summary or an output; of kinds this version does not know nothing is asked. */
function isPart(value: unknown): boolean {
  if (!isObject(value)) return false;
  switch (value['type']) {
    case 'input_text':
    case 'output_text':
    case 'summary_text':
      return typeof value['text'] === 'string';
    case 'input_image':
      return typeof value['image_url'] === 'string';
    default:
      return typeof value['type'] === 'string';
  }
}
