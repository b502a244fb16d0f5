import type { ResultOf, ServerNotification, TokenUsageBreakdown } from '@codex/protocol';

export type Opened = ResultOf<'thread/start'>;

/** How the turn ended. */
export type Outcome =
  | { kind: 'completed'; usage: TokenUsageBreakdown; lastMessage: string | null }
  | { kind: 'failed'; message: string; usage: TokenUsageBreakdown };

/** Shows a run. */
export interface Output {
  /** `prompt` is null for a review, which tells itself what it is of. */
  opened(opened: Opened, prompt: string | null): void;
  /** Everything about the turn from its start to its end. */
  event(notification: ServerNotification): void;
  /** Remarks that are no part of the turn. */
  warn(message: string): void;
  ended(outcome: Outcome): void;
}

/** An error with its details, as one text. */
export function errorText(error: { message: string; additionalDetails: string | null }): string {
  return error.additionalDetails === null ? error.message : `${error.message} (${error.additionalDetails})`;
}
