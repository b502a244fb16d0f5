import type { ThreadItem } from '@codex/protocol';

/** Around a review stand what it was asked for, in words for the model, and once more what it found: told already. */
export function isEcho(item: ThreadItem, previous: ThreadItem | undefined): boolean {
  if (item.type === 'userMessage') return previous?.type === 'enteredReviewMode';
  return item.type === 'agentMessage' && previous?.type === 'exitedReviewMode' && item.text === previous.review;
}
