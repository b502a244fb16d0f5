import type { ResponseItem, ThreadTokenUsage } from '@codex/protocol';
import { isUserTurn } from '@codex/timeline';
import { estimateTokens } from './truncate.ts';

const BYTES_PER_TOKEN = 4;
/** What an image counts for, whatever its size (core specification §8.2). */
const IMAGE_BYTES = 7373;
/** What encryption adds to a text. */
const ENVELOPE_BYTES = 650;

/** How much of the window a history takes together with the instructions, roughly. */
export function estimateHistory(instructions: string, items: readonly ResponseItem[]): number {
  return estimateTokens(instructions) + sumOf(items);
}

/**
 * How full the window is: what the provider counted last, and what came after the model's last words. A provider that
 * does not say so leaves the reasoning of earlier turns out of its count.
 */
export function usedTokens(
  usage: ThreadTokenUsage | null,
  items: readonly ResponseItem[],
  reasoningIncluded: boolean,
): number {
  if (!usage) return sumOf(items);
  const last = items.findLastIndex(isModelsOwn);
  const since = last < 0 ? 0 : sumOf(items.slice(last + 1));
  return usage.last.totalTokens + since + (reasoningIncluded ? 0 : earlierReasoning(items));
}

function earlierReasoning(items: readonly ResponseItem[]): number {
  const turn = items.slice(0, Math.max(0, items.findLastIndex(isUserTurn)));
  return sumOf(turn.filter((item) => item.type === 'reasoning' && item.encrypted_content));
}

export function estimateItem(item: ResponseItem): number {
  const sealed = item.type === 'reasoning' || item.type === 'compaction' ? item.encrypted_content : null;
  if (sealed) return Math.ceil(Math.max(0, Math.floor((sealed.length * 3) / 4) - ENVELOPE_BYTES) / BYTES_PER_TOKEN);
  let imageBytes = 0;
  const text = JSON.stringify(item, (key, value: unknown) => {
    if (key !== 'image_url' || typeof value !== 'string' || !value.startsWith('data:')) return value;
    imageBytes += IMAGE_BYTES;
    return '';
  });
  return Math.ceil((Buffer.byteLength(text) + imageBytes) / BYTES_PER_TOKEN);
}

function sumOf(items: readonly ResponseItem[]): number {
  return items.reduce((sum, item) => sum + estimateItem(item), 0);
}

function isModelsOwn(item: ResponseItem): boolean {
  switch (item.type) {
    case 'message':
      return item.role === 'assistant';
    case 'reasoning':
    case 'function_call':
    case 'custom_tool_call':
    case 'local_shell_call':
    case 'web_search_call':
    case 'compaction':
      return true;
    default:
      return false;
  }
}
