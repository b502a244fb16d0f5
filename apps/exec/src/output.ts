import type { CodexErrorInfo, ResultOf, ServerNotification, TokenUsageBreakdown } from '@codex/protocol';

export type Opened = ResultOf<'thread/start'>;

/** How the turn ended. */
export type Outcome =
  | { kind: 'completed'; usage: TokenUsageBreakdown; lastMessage: string | null }
  /** `cause` is null when nothing is known of it but the message. */
  | { kind: 'failed'; message: string; cause: FailureCause | null; usage: TokenUsageBreakdown };

/** `interrupted`: this process was told to stop. */
export type FailureCause = CodexErrorInfo | 'interrupted';

/** Shows a run. */
export interface Output {
  /** `prompt` is null for a review, which tells itself what it is of. */
  opened(opened: Opened, prompt: string | null): void;
  /** Everything about the turn from its start to its end. */
  event(notification: ServerNotification): void;
  /** Something the user should know of the run, after `opened`. */
  notice(message: string): void;
  /** Remarks about how this program was started. */
  warn(message: string): void;
  ended(outcome: Outcome): void;
}

/** An error with its details, as one text. */
export function errorText(error: { message: string; additionalDetails: string | null }): string {
  return error.additionalDetails === null ? error.message : `${error.message} (${error.additionalDetails})`;
}
