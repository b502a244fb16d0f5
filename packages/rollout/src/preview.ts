import type { ThreadItem } from '@codex/protocol';
import { list } from './line.ts';

const REQUEST_MARK = '## My request for Codex:';

/** The short text a thread is listed by (rollout specification §6); null when the message has neither text nor image. */
export function previewOf(message: string, images: number): string | null {
  const at = message.indexOf(REQUEST_MARK);
  const body = (at < 0 ? message : message.slice(at + REQUEST_MARK.length)).trim();
  if (body) return body;
  return images > 0 ? '[Image]' : null;
}

/** The same of a message as clients see it. */
export function previewOfItem(item: Extract<ThreadItem, { type: 'userMessage' }>): string | null {
  const message = item.content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  return previewOf(message, item.content.filter((part) => part.type === 'image' || part.type === 'localImage').length);
}

export function previewOfPayload(payload: Record<string, unknown>): string | null {
  const message = typeof payload['message'] === 'string' ? payload['message'] : '';
  return previewOf(message, list(payload['images']).length + list(payload['local_images']).length);
}
