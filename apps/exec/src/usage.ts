import type { ThreadTokenUsage, TokenUsageBreakdown } from '@codex/protocol';

const NOTHING: TokenUsageBreakdown = {
  totalTokens: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningOutputTokens: 0,
};

/** What one turn used, from the running totals of its thread. */
export interface TurnUsage {
  update(usage: ThreadTokenUsage): void;
  /** The model has begun to answer: totals from now on count this turn. */
  modelAnswered(): void;
  readonly used: TokenUsageBreakdown;
}

/** A thread with earlier turns begins a turn by telling its total so far again; that one is the line to count from. */
export function createTurnUsage(earlierTurns: boolean): TurnUsage {
  let before: TokenUsageBreakdown | null = earlierTurns ? null : NOTHING;
  let total: TokenUsageBreakdown = NOTHING;
  let answered = false;
  return {
    update(usage) {
      before ??= answered ? minus(usage.total, usage.last) : usage.total;
      total = usage.total;
    },
    modelAnswered() {
      answered = true;
    },
    get used() {
      return before ? minus(total, before) : NOTHING;
    },
  };
}

function minus(a: TokenUsageBreakdown, b: TokenUsageBreakdown): TokenUsageBreakdown {
  const left = (key: keyof TokenUsageBreakdown) => Math.max(0, a[key] - b[key]);
  return {
    totalTokens: left('totalTokens'),
    inputTokens: left('inputTokens'),
    cachedInputTokens: left('cachedInputTokens'),
    outputTokens: left('outputTokens'),
    reasoningOutputTokens: left('reasoningOutputTokens'),
  };
}
