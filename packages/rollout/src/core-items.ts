import { isObject } from '@codex/base';
import type { ThreadItem } from '@codex/protocol';
import { joinForDisplay } from '@codex/shell-command';
import { wireItem } from './item-from-file.ts';
import { type Fields, fields, list, text, texts } from './line.ts';
import { actionFromFile, camel, webActionFromFile } from './wire-forms.ts';

/** Members of items that may be missing on file and are null then. */
const NULLABLE = {
  phase: null,
  processId: null,
  aggregatedOutput: null,
  exitCode: null,
  durationMs: null,
  arguments: null,
  result: null,
  error: null,
  contentItems: null,
  success: null,
  prompt: null,
  model: null,
  reasoningEffort: null,
  action: null,
  revisedPrompt: null,
};

/**
 * An item as `item_started` and `item_completed` lines hold it: in wire form (ours), or with the type in capitals and
 * snake_case members. Null when it cannot be read.
 */
export function itemOfEvent(raw: unknown): ThreadItem | null {
  if (!isObject(raw) || typeof raw['type'] !== 'string' || typeof raw['id'] !== 'string') return null;
  const type = raw['type'].charAt(0).toLowerCase() + raw['type'].slice(1);
  if (type === raw['type']) return wireItem(raw);
  const { id } = raw;
  switch (type) {
    case 'userMessage':
      return wireItem({ type, id, content: list(raw['content']).map(inputOf) });
    case 'agentMessage': {
      const parts = list(raw['content']).map((part) => text(fields(part)['text']) ?? '');
      return wireItem({ type, id, text: parts.join(''), phase: raw['phase'] ?? null });
    }
    case 'reasoning':
      return { type, id, summary: texts(raw['summary_text']), content: texts(raw['raw_content']) };
    case 'webSearch':
      return { type, id, query: text(raw['query']) ?? '', action: webActionFromFile(raw['action']) };
    default:
      return wireItem(generic(type, raw));
  }
}

function inputOf(raw: unknown): unknown {
  const part = fields(raw);
  if (part['type'] === 'image') return { type: 'image', url: part['image_url'] ?? part['url'] };
  if (part['type'] === 'local_image') return { ...part, type: 'localImage' };
  if (part['type'] !== 'text') return part;
  const text_elements = list(part['text_elements']).map((value) => {
    const element = fields(value);
    return { byteRange: element['byte_range'] ?? element['byteRange'], placeholder: element['placeholder'] ?? null };
  });
  return { ...part, text_elements };
}

function generic(type: string, raw: Fields): Fields {
  const item: Fields = { ...NULLABLE };
  for (const [key, value] of Object.entries(raw)) item[camel(key)] = value;
  item['type'] = type;
  if (typeof item['status'] === 'string') item['status'] = camel(item['status']);
  if (Array.isArray(item['command'])) item['command'] = joinForDisplay(texts(item['command']));
  if (type === 'commandExecution' && !item['commandActions']) {
    item['commandActions'] = list(raw['parsed_cmd']).map(actionFromFile);
  }
  return item;
}
