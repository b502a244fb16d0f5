import { CodexError } from '@codex/base';
import type { Handlers, RequestContext } from '../context.ts';
import { requireThread } from '../loaded-thread.ts';

/** Refused the way a server without the feature refuses them (§9.4). */
function refuse(params: { threadId: string }, ctx: RequestContext): never {
  const thread = requireThread(ctx, params.threadId);
  throw new CodexError('invalidRequest', `thread ${thread.id} does not support realtime conversation`);
}

export const realtimeHandlers = {
  'thread/realtime/start': refuse,
  'thread/realtime/appendAudio': refuse,
  'thread/realtime/appendText': refuse,
  'thread/realtime/stop': refuse,
} satisfies Partial<Handlers>;
