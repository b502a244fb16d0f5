import type { ThreadTokenUsage, TokenUsageBreakdown } from '@codex/protocol';

const ZERO: TokenUsageBreakdown = {
  totalTokens: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningOutputTokens: 0,
};

/** The thread's token counts after one more model response. */
export function addUsage(
  before: ThreadTokenUsage | null,
  last: TokenUsageBreakdown,
  modelContextWindow: number | null,
): ThreadTokenUsage {
  const sum = before?.total ?? ZERO;
  return {
    total: {
      totalTokens: sum.totalTokens + last.totalTokens,
      inputTokens: sum.inputTokens + last.inputTokens,
      cachedInputTokens: sum.cachedInputTokens + last.cachedInputTokens,
      outputTokens: sum.outputTokens + last.outputTokens,
      reasoningOutputTokens: sum.reasoningOutputTokens + last.reasoningOutputTokens,
    },
    // In one order of keys, as it comes from a file.
    last: { ...ZERO, ...last },
    modelContextWindow,
  };
}

/** The counts after the history became another: what was spent stays, what is left is an estimate. */
export function recounted(
  before: ThreadTokenUsage | null,
  left: number,
  modelContextWindow: number | null,
): ThreadTokenUsage {
  return { total: before?.total ?? ZERO, last: { ...ZERO, totalTokens: left }, modelContextWindow };
}

/** The counts after the provider said that the window is full: whatever was estimated, there is no room left. */
export function fullWindow(before: ThreadTokenUsage | null, window: number): ThreadTokenUsage {
  const total = before?.total ?? ZERO;
  return {
    total: { ...total, totalTokens: window },
    last: { ...ZERO, totalTokens: Math.max(0, window - total.totalTokens) },
    modelContextWindow: window,
  };
}
