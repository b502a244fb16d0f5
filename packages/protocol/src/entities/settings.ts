import { z } from 'zod';
import { lazy } from '../lazy.ts';

export const ModeKind = lazy(() => z.enum(['plan', 'default']));
export type ModeKind = z.infer<ReturnType<typeof ModeKind>>;

export const ReasoningEffort = lazy(() => z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']));
export type ReasoningEffort = z.infer<ReturnType<typeof ReasoningEffort>>;

export const Settings = lazy(() =>
  z.object({
    developer_instructions: z.string().nullish(),
    model: z.string(),
    reasoning_effort: ReasoningEffort().nullish(),
  }),
);
export type Settings = z.infer<ReturnType<typeof Settings>>;

export const CollaborationMode = lazy(() => z.object({ mode: ModeKind(), settings: Settings() }));
export type CollaborationMode = z.infer<ReturnType<typeof CollaborationMode>>;

export const DynamicToolSpec = lazy(() =>
  z.object({
    deferLoading: z.boolean().optional(),
    description: z.string(),
    inputSchema: z.unknown(),
    name: z.string(),
  }),
);
export type DynamicToolSpec = z.infer<ReturnType<typeof DynamicToolSpec>>;

export const MessagePhase = lazy(() => z.enum(['commentary', 'final_answer']));
export type MessagePhase = z.infer<ReturnType<typeof MessagePhase>>;

export const Personality = lazy(() => z.enum(['none', 'friendly', 'pragmatic']));
export type Personality = z.infer<ReturnType<typeof Personality>>;

export const ReasoningSummary = lazy(() => z.enum(['auto', 'concise', 'detailed', 'none']));
export type ReasoningSummary = z.infer<ReturnType<typeof ReasoningSummary>>;

export const ServiceTier = lazy(() => z.enum(['fast', 'flex']));
export type ServiceTier = z.infer<ReturnType<typeof ServiceTier>>;

export const Verbosity = lazy(() => z.enum(['low', 'medium', 'high']));
export type Verbosity = z.infer<ReturnType<typeof Verbosity>>;

export const WebSearchMode = lazy(() => z.enum(['disabled', 'cached', 'live']));
export type WebSearchMode = z.infer<ReturnType<typeof WebSearchMode>>;
