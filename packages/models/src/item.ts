import { isObject } from '@codex/base';
import type { ContentItem, ResponseItem } from '@codex/protocol';

type Fields = Record<string, unknown>;

/**
 * Checks an item as the model sent it: null when its kind is unknown or a required member is missing or of the wrong
 * type. Members nobody knows are kept.
 */
export function readItem(value: unknown): ResponseItem | null {
  if (!isObject(value) || !isOptionalText(value['id'])) return null;
  switch (value['type']) {
    case 'message':
      return readMessage(value);
    case 'reasoning':
      return readReasoning(value);
    case 'function_call':
      return hasTexts(value, 'name', 'arguments', 'call_id') ? (value as unknown as ResponseItem) : null;
    case 'custom_tool_call':
      return hasTexts(value, 'name', 'input', 'call_id') ? (value as unknown as ResponseItem) : null;
    case 'local_shell_call':
      return isShellCall(value) ? (value as unknown as ResponseItem) : null;
    case 'web_search_call':
      return isOptionalText(value['status']) && isOptionalAction(value['action'])
        ? (value as unknown as ResponseItem)
        : null;
    case 'compaction':
    case 'compaction_summary':
      return hasTexts(value, 'encrypted_content')
        ? ({ ...value, type: 'compaction' } as unknown as ResponseItem)
        : null;
    default:
      return null;
  }
}

function readMessage(value: Fields): ResponseItem | null {
  if (!hasTexts(value, 'role') || !Array.isArray(value['content'])) return null;
  const { phase, ...rest } = value;
  const known = phase === 'commentary' || phase === 'final_answer';
  const content = value['content'].map(readContent).filter((part) => part !== null);
  return { ...rest, content, ...(known ? { phase } : {}) } as unknown as ResponseItem;
}

/** A refusal is text the user should see; parts of other kinds are left out. */
function readContent(part: unknown): ContentItem | null {
  if (!isObject(part)) return null;
  const { type } = part;
  if ((type === 'output_text' || type === 'input_text') && typeof part['text'] === 'string')
    return { type, text: part['text'] };
  if (type === 'input_image' && typeof part['image_url'] === 'string') return { type, image_url: part['image_url'] };
  if (type === 'refusal' && typeof part['refusal'] === 'string') return { type: 'output_text', text: part['refusal'] };
  return null;
}

function readReasoning(value: Fields): ResponseItem | null {
  const { summary = [], content, encrypted_content: encrypted } = value;
  if (!areTexts(summary, 'summary_text') || !isOptionalText(encrypted)) return null;
  if (content !== undefined && content !== null && !areTexts(content, 'reasoning_text', 'text')) return null;
  return { ...value, summary } as unknown as ResponseItem;
}

function areTexts(value: unknown, ...types: string[]): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (part) =>
        isObject(part) && typeof part['type'] === 'string' && types.includes(part['type']) && hasTexts(part, 'text'),
    )
  );
}

function isShellCall(value: Fields): boolean {
  const action = value['action'];
  if (!hasTexts(value, 'status') || !isOptionalText(value['call_id']) || !isObject(action)) return false;
  const command = action['command'];
  return action['type'] === 'exec' && Array.isArray(command) && command.every((word) => typeof word === 'string');
}

function isOptionalAction(value: unknown): boolean {
  return value === undefined || value === null || (isObject(value) && typeof value['type'] === 'string');
}

function hasTexts(value: Fields, ...names: string[]): boolean {
  return names.every((name) => typeof value[name] === 'string');
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string';
}
