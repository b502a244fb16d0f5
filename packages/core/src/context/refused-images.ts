import type { ResponseItem } from '@codex/protocol';
import { isUserTurn } from '@codex/timeline';

/** Items with images that a provider would not take; requests show a text in place of these. */
export type RefusedImages = WeakSet<ResponseItem>;

/**
 * Gives up the newest item with images that is not given up yet, since a provider does not say which one it means (core
 * specification §4.2). `retry` when the model can be asked again; `userMessage` when it is what the user said last, who
 * should hear of it; `none` when no image is left.
 */
export function refuseNewestImage(
  history: readonly ResponseItem[],
  refused: RefusedImages,
): 'retry' | 'userMessage' | 'none' {
  const item = history.findLast((candidate) => hasImages(candidate) && !refused.has(candidate));
  if (!item) return 'none';
  refused.add(item);
  return item === history.findLast(isUserTurn) ? 'userMessage' : 'retry';
}

export function hasImages(item: ResponseItem): boolean {
  if (item.type === 'message') return item.content.some((part) => part.type === 'input_image');
  if (item.type !== 'function_call_output' && item.type !== 'custom_tool_call_output') return false;
  return typeof item.output !== 'string' && item.output.some((part) => part.type === 'input_image');
}
