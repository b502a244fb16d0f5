import type { Channel } from '@codex/base';
import type { RpcMessage } from '@codex/protocol';

/** Stands in `messages` for something that was no JSON, so that the server and not the transport decides about it. */
export class UndecodableMessage {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * A connection as the server sees it: parsed JSON values in, messages out. The optional members let a transport take
 * part in two economies: one JSON text for many receivers, and holding back when the peer reads slowly.
 */
export interface ServerChannel extends Channel<unknown, RpcMessage> {
  /** Like `send` for a message that is written as JSON already, without a line end. */
  sendText?(text: string): void;
  /** Like `sendText` for a text that comes in parts, UTF-8 where they are bytes. Nothing else is sent between them. */
  sendParts?(parts: Iterable<string | Uint8Array>): void;
  /** Bytes taken over and not yet passed to the operating system. */
  readonly bufferedBytes?: number;
  /** Resolves when `bufferedBytes` has fallen well below its value, or the channel has closed. */
  drained?(): Promise<void>;
}
