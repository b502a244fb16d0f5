import { type Channel, channelPair } from '@codex/base';
import type { RpcMessage, ServerNotification } from '@codex/protocol';
import { type Client, type ClientOptions, createClient } from '../src/index.ts';

export type Peer = Channel<RpcMessage, unknown>;

/** A client and the other end of its channel. */
export function connected(options: Partial<ClientOptions> = {}): { client: Client; peer: Peer } {
  const [near, peer] = channelPair<unknown, RpcMessage>({ json: true });
  const onQuestion = () => Promise.reject(new Error('no question was expected'));
  return { client: createClient(near, { onQuestion, ...options }), peer };
}

/** The next message of the channel. */
export async function next<T>(messages: AsyncIterable<T>): Promise<T> {
  for await (const message of messages) return message;
  throw new Error('the channel ended');
}

export function delta(text: string, itemId = 'm'): ServerNotification {
  return { method: 'item/agentMessage/delta', params: { threadId: 't', turnId: 'u', itemId, delta: text } };
}

export function renamed(threadName: string): ServerNotification {
  return { method: 'thread/name/updated', params: { threadId: 't', threadName } };
}

export function turnCompleted(id: string): ServerNotification {
  return {
    method: 'turn/completed',
    params: { threadId: 't', turn: { id, items: [], status: 'completed', error: null } },
  };
}
