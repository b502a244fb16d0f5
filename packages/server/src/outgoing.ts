import type { RpcMessage, ServerNotification } from '@codex/protocol';

/** A message on its way to one or more connections; its JSON text is made at most once. */
export interface Outgoing {
  readonly message: RpcMessage;
  text(): string;
}

export function outgoing(message: RpcMessage): Outgoing {
  let text: string | undefined;
  return {
    message,
    text: () => (text ??= JSON.stringify(message)),
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
