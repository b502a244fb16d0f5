import { z } from 'zod';
import { named } from '../lazy.ts';
import { i32, i64 } from '../scalar.ts';

export const CreditsSnapshot = named('CreditsSnapshot', () =>
  z.object({ hasCredits: z.boolean(), unlimited: z.boolean(), balance: z.string().nullable() }),
);
export type CreditsSnapshot = z.infer<ReturnType<typeof CreditsSnapshot>>;

export const PlanType = named('PlanType', () =>
  z.enum(['free', 'go', 'plus', 'pro', 'team', 'business', 'enterprise', 'edu', 'unknown']),
);
export type PlanType = z.infer<ReturnType<typeof PlanType>>;

export const RateLimitWindow = named('RateLimitWindow', () =>
  z.object({ usedPercent: i32(), windowDurationMins: i64().nullable(), resetsAt: i64().nullable() }),
);
export type RateLimitWindow = z.infer<ReturnType<typeof RateLimitWindow>>;

export const RateLimitSnapshot = named('RateLimitSnapshot', () =>
  z.object({
    limitId: z.string().nullable(),
    limitName: z.string().nullable(),
    primary: RateLimitWindow().nullable(),
    secondary: RateLimitWindow().nullable(),
    credits: CreditsSnapshot().nullable(),
    planType: PlanType().nullable(),
  }),
);
export type RateLimitSnapshot = z.infer<ReturnType<typeof RateLimitSnapshot>>;

export const TokenUsageBreakdown = named('TokenUsageBreakdown', () =>
  z.object({
    totalTokens: i64(),
    inputTokens: i64(),
    cachedInputTokens: i64(),
    outputTokens: i64(),
    reasoningOutputTokens: i64(),
  }),
);
export type TokenUsageBreakdown = z.infer<ReturnType<typeof TokenUsageBreakdown>>;

export const ThreadTokenUsage = named('ThreadTokenUsage', () =>
  z.object({ total: TokenUsageBreakdown(), last: TokenUsageBreakdown(), modelContextWindow: i64().nullable() }),
);
export type ThreadTokenUsage = z.infer<ReturnType<typeof ThreadTokenUsage>>;
