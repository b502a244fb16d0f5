import { isObject, type Logger, toMessage } from '@codex/base';
import type { ServerChannel } from './channel.ts';
import type { Limits } from './limits.ts';
import { type Outgoing, outgoing, type Piece, pieceOf, withDelta } from './outgoing.ts';

/**
 * Sends in order. While the peer reads slowly, or what is to be told is not yet on the disk, messages wait here; when
 * they are many, pieces of the same text become one.
 */
export interface Outbox {
  send(next: Outgoing): void;
  /** Resolves when nothing waits any more. */
  flushed(): Promise<void>;
  close(): void;
  readonly queued: number;
}

interface Entry {
  sent: Outgoing;
  piece: Piece | null;
  parts: string[];
  bytes: number;
}

interface OutboxDeps {
  channel: ServerChannel;
  limits: Limits;
  log: Logger;
  /** The connection cannot be kept; `reason` is for the log. */
  onFailure: (reason: string) => void;
}

/** A delta's size without its text; exact enough for a limit. */
const ENVELOPE = 256;
/** A merged piece grows to this at most: readers of lines are slow with very long ones. */
const MERGED_CHARS = 64 * 1024;
/** So many messages wait unmerged for something else than the peer. */
const UNMERGED = 1024;

export function createOutbox({ channel, limits, log, onFailure }: OutboxDeps): Outbox {
  let queue: Entry[] = [];
  let head = 0;
  let bytes = 0;
  let closed = false;
  let pumping: Promise<void> | undefined;
  /** The youngest waiting message about a thread: only what nothing has overtaken may grow. */
  const youngest = new Map<string, Entry>();

  const congested = () =>
    channel.bufferedBytes !== undefined &&
    channel.drained !== undefined &&
    channel.bufferedBytes > limits.highWaterBytes;

  const fail = (reason: string) => {
    if (closed) return;
    close();
    onFailure(reason);
  };

  const write = (next: Outgoing) => {
    try {
      if (channel.sendParts && next.parts) channel.sendParts(next.parts());
      else if (channel.sendText) channel.sendText(next.text());
      else channel.send(next.message);
    } catch (error) {
      fail(`sending failed: ${toMessage(error)}`);
    }
  };

  const enqueue = (next: Outgoing) => {
    const piece = pieceOf(next.message);
    const tooSlow = congested();
    const mayMerge = tooSlow || queue.length - head > UNMERGED;
    const last = piece && mayMerge ? youngest.get(piece.threadId) : undefined;
    if (piece && last?.piece?.key === piece.key && last.bytes < MERGED_CHARS) {
      last.parts.push(piece.delta);
      last.bytes += piece.delta.length;
      bytes += piece.delta.length;
    } else {
      const size = piece ? ENVELOPE + piece.delta.length : next.size();
      const entry: Entry = { sent: next, piece, parts: piece ? [piece.delta] : [], bytes: size };
      queue.push(entry);
      bytes += size;
      const threadId = piece?.threadId ?? threadIdOf(next);
      if (threadId !== null) youngest.set(threadId, entry);
    }
    if (tooSlow && (queue.length - head > limits.queuedMessages || bytes > limits.queuedBytes)) {
      fail(`the peer reads too slowly: ${queue.length - head} messages, ${bytes} bytes are waiting`);
    }
  };

  const dequeue = (): Entry | undefined => {
    const entry = queue[head];
    if (!entry) return undefined;
    head += 1;
    bytes -= entry.bytes;
    if (head > 1024 && head * 2 > queue.length) {
      queue = queue.slice(head);
      head = 0;
    }
    const threadId = entry.piece?.threadId ?? threadIdOf(entry.sent);
    if (threadId !== null && youngest.get(threadId) === entry) youngest.delete(threadId);
    return entry;
  };

  const pump = async () => {
    while (!closed && head < queue.length) {
      const after = queue[head]?.sent.after;
      if (after) await after;
      if (congested()) {
        await channel.drained?.();
        continue;
      }
      const entry = dequeue();
      if (!entry) return;
      const { parts, sent } = entry;
      write(parts.length > 1 ? outgoing(withDelta(sent.message, parts.join(''))) : sent);
    }
  };

  const startPump = () => {
    pumping ??= pump()
      .catch((error: unknown) => fail(`the channel failed: ${toMessage(error)}`))
      .finally(() => {
        pumping = undefined;
        if (!closed && head < queue.length) startPump();
      });
  };

  const close = () => {
    closed = true;
    if (head < queue.length) log.debug({ messages: queue.length - head }, 'messages were left unsent');
    queue = [];
    head = 0;
    bytes = 0;
    youngest.clear();
  };

  return {
    send(next) {
      if (closed) return;
      if (head >= queue.length && !congested() && !next.after) {
        write(next);
        return;
      }
      enqueue(next);
      startPump();
    },
    async flushed() {
      while (pumping && !closed) await pumping;
    },
    close,
    get queued() {
      return queue.length - head;
    },
  };
}

function threadIdOf({ message }: Outgoing): string | null {
  const params = 'method' in message ? message.params : undefined;
  const threadId = isObject(params) ? params['threadId'] : undefined;
  return typeof threadId === 'string' ? threadId : null;
}
