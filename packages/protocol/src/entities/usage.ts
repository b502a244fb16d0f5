import { z } from 'zod';
import { lazy } from '../lazy.ts';
import { i32, i64 } from '../scalar.ts';

export const CreditsSnapshot = lazy(() =>
  z.object({ balance: z.string().nullable(), hasCredits: z.boolean(), unlimited: z.boolean() }),
);
export type CreditsSnapshot = z.infer<ReturnType<typeof CreditsSnapshot>>;

export const PlanType = lazy(() =>
  z.enum(['free', 'go', 'plus', 'pro', 'team', 'business', 'enterprise', 'edu', 'unknown']),
);
export type PlanType = z.infer<ReturnType<typeof PlanType>>;

export const RateLimitWindow = lazy(() =>
  z.object({ resetsAt: i64().nullable(), usedPercent: i32(), windowDurationMins: i64().nullable() }),
);
export type RateLimitWindow = z.infer<ReturnType<typeof RateLimitWindow>>;

export const RateLimitSnapshot = lazy(() =>
  z.object({
    credits: CreditsSnapshot().nullable(),
    limitId: z.string().nullable(),
    limitName: z.string().nullable(),
    planType: PlanType().nullable(),
    primary: RateLimitWindow().nullable(),
    secondary: RateLimitWindow().nullable(),
  }),
);
export type RateLimitSnapshot = z.infer<ReturnType<typeof RateLimitSnapshot>>;

export const TokenUsageBreakdown = lazy(() =>
  z.object({
    cachedInputTokens: i64(),
    inputTokens: i64(),
    outputTokens: i64(),
    reasoningOutputTokens: i64(),
    totalTokens: i64(),
  }),
);
export type TokenUsageBreakdown = z.infer<ReturnType<typeof TokenUsageBreakdown>>;

export const ThreadTokenUsage = lazy(() =>
  z.object({ last: TokenUsageBreakdown(), modelContextWindow: i64().nullable(), total: TokenUsageBreakdown() }),
);
export type ThreadTokenUsage = z.infer<ReturnType<typeof ThreadTokenUsage>>;
