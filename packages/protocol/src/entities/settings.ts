import { z } from 'zod';
import { named } from '../lazy.ts';

export const ModeKind = named('ModeKind', () => z.enum(['plan', 'default']));
export type ModeKind = z.infer<ReturnType<typeof ModeKind>>;

export const ReasoningEffort = named('ReasoningEffort', () =>
  z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']),
);
export type ReasoningEffort = z.infer<ReturnType<typeof ReasoningEffort>>;

export const Settings = named('Settings', () =>
  z.object({
    model: z.string(),
    reasoning_effort: ReasoningEffort().nullish(),
    developer_instructions: z.string().nullish(),
  }),
);
export type Settings = z.infer<ReturnType<typeof Settings>>;

export const CollaborationMode = named('CollaborationMode', () => z.object({ mode: ModeKind(), settings: Settings() }));
export type CollaborationMode = z.infer<ReturnType<typeof CollaborationMode>>;

export const DynamicToolSpec = named('DynamicToolSpec', () =>
  z
    .object({
      name: z.string(),
      description: z.string(),
      inputSchema: z.unknown(),
      deferLoading: z.boolean().optional(),
    })
    .meta({ text: 'struct DynamicToolSpecDe' }),
);
export type DynamicToolSpec = z.infer<ReturnType<typeof DynamicToolSpec>>;

export const MessagePhase = named('MessagePhase', () => z.enum(['commentary', 'final_answer']));
export type MessagePhase = z.infer<ReturnType<typeof MessagePhase>>;

export const Personality = named('Personality', () => z.enum(['none', 'friendly', 'pragmatic']));
export type Personality = z.infer<ReturnType<typeof Personality>>;

export const ReasoningSummary = named('ReasoningSummary', () => z.enum(['auto', 'concise', 'detailed', 'none']));
export type ReasoningSummary = z.infer<ReturnType<typeof ReasoningSummary>>;

export const ServiceTier = named('ServiceTier', () => z.enum(['fast', 'flex']));
export type ServiceTier = z.infer<ReturnType<typeof ServiceTier>>;

export const Verbosity = named('Verbosity', () => z.enum(['low', 'medium', 'high']));
export type Verbosity = z.infer<ReturnType<typeof Verbosity>>;

export const WebSearchMode = named('WebSearchMode', () => z.enum(['disabled', 'cached', 'live']));
export type WebSearchMode = z.infer<ReturnType<typeof WebSearchMode>>;
