import type { RpcMessage, ServerNotification } from '@codex/protocol';
import type { FrozenTurns } from '@codex/rollout';

/** A message on its way to one or more connections; its JSON text is made at most once. */
export interface Outgoing {
  readonly message: RpcMessage;
  text(): string;
  /** The same text in parts, for what may be large. */
  readonly parts?: () => Iterable<string | Uint8Array>;
  /** Characters that count against the limits of a queue. */
  size(): number;
  /** It is to be sent when this has resolved, and nothing overtakes it meanwhile. Never rejects. */
  readonly after?: Promise<void>;
}

export function outgoing(message: RpcMessage, after?: Promise<void>): Outgoing {
  let text: string | undefined;
  return {
    message,
    text: () => (text ??= JSON.stringify(message)),
    size() {
      return this.text().length;
    },
    ...(after && { after }),
  };
}

/** How a thread without turns is written; quotes inside of texts are escaped, so this stands nowhere else. */
const NO_TURNS = '"turns":[]';

/**
 * A message about a thread whose turns stand beside it. They may be as large as a disk likes, so they are neither parsed
 * nor put into one string where the channel can do without. What waits of such messages is limited by the requests in
 * flight and not by the queue.
 */
export function outgoingWithTurns(message: RpcMessage, turns: FrozenTurns): Outgoing {
  const frame = JSON.stringify(message);
  const at = frame.indexOf(NO_TURNS) + NO_TURNS.length - 1;
  function* parts(): Generator<string | Uint8Array> {
    yield frame.slice(0, at);
    yield* turns.pieces();
    yield frame.slice(at);
  }
  const text = () =>
    Array.from(parts(), (part) => (typeof part === 'string' ? part : Buffer.from(part).toString())).join('');
  return {
    get message() {
      return JSON.parse(text()) as RpcMessage;
    },
    text,
    parts,
    size: () => frame.length,
  };
}

/** A piece of growing text, as far as merging is concerned: pieces with the same key follow each other in `delta`. */
export interface Piece {
  key: string;
  threadId: string;
  delta: string;
}

type PieceNotification = Extract<ServerNotification, { params: { itemId: string; delta: string } }>;

const PIECES = new Set<string>([
  'item/agentMessage/delta',
  'item/plan/delta',
  'item/reasoning/summaryTextDelta',
  'item/reasoning/textDelta',
  'item/commandExecution/outputDelta',
  'item/fileChange/outputDelta',
] satisfies PieceNotification['method'][]);

/** Null when the message is not a piece of growing text. */
export function pieceOf(message: RpcMessage): Piece | null {
  if (!('method' in message) || !PIECES.has(message.method)) return null;
  const params = message.params as PieceNotification['params'] & { summaryIndex?: number; contentIndex?: number };
  const { threadId, turnId, itemId, delta } = params;
  const index = params.summaryIndex ?? params.contentIndex ?? 0;
  return { key: `${message.method}\n${turnId}\n${itemId}\n${index}`, threadId, delta };
}

/** The message with all the text of its pieces. */
export function withDelta(message: RpcMessage, delta: string): RpcMessage {
  return 'method' in message ? { ...message, params: { ...(message.params as object), delta } } : message;
}
