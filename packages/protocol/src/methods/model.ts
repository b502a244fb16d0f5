import { z } from 'zod';
import { method } from '../define.ts';
import { ModeKind, ReasoningEffort } from '../entities/settings.ts';
import { named } from '../lazy.ts';
import { u32 } from '../scalar.ts';

export const CollaborationModeListParams = named('CollaborationModeListParams', () => z.object({}));
export type CollaborationModeListParams = z.infer<ReturnType<typeof CollaborationModeListParams>>;

export const CollaborationModeMask = named('CollaborationModeMask', () =>
  z.object({
    name: z.string(),
    mode: ModeKind().nullable(),
    model: z.string().nullable(),
    reasoning_effort: ReasoningEffort().nullable(),
  }),
);
export type CollaborationModeMask = z.infer<ReturnType<typeof CollaborationModeMask>>;

export const CollaborationModeListResponse = named('CollaborationModeListResponse', () =>
  z.object({ data: z.array(CollaborationModeMask()) }),
);
export type CollaborationModeListResponse = z.infer<ReturnType<typeof CollaborationModeListResponse>>;

export const ExperimentalFeatureStage = named('ExperimentalFeatureStage', () =>
  z.enum(['beta', 'underDevelopment', 'stable', 'deprecated', 'removed']),
);
export type ExperimentalFeatureStage = z.infer<ReturnType<typeof ExperimentalFeatureStage>>;

export const ExperimentalFeature = named('ExperimentalFeature', () =>
  z.object({
    name: z.string(),
    stage: ExperimentalFeatureStage(),
    displayName: z.string().nullable(),
    description: z.string().nullable(),
    announcement: z.string().nullable(),
    enabled: z.boolean(),
    defaultEnabled: z.boolean(),
  }),
);
export type ExperimentalFeature = z.infer<ReturnType<typeof ExperimentalFeature>>;

export const ExperimentalFeatureListParams = named('ExperimentalFeatureListParams', () =>
  z.object({ cursor: z.string().nullish(), limit: u32().nullish() }),
);
export type ExperimentalFeatureListParams = z.infer<ReturnType<typeof ExperimentalFeatureListParams>>;

export const ExperimentalFeatureListResponse = named('ExperimentalFeatureListResponse', () =>
  z.object({ data: z.array(ExperimentalFeature()), nextCursor: z.string().nullable() }),
);
export type ExperimentalFeatureListResponse = z.infer<ReturnType<typeof ExperimentalFeatureListResponse>>;

export const InputModality = named('InputModality', () => z.enum(['text', 'image']));
export type InputModality = z.infer<ReturnType<typeof InputModality>>;

export const ModelAvailabilityNux = named('ModelAvailabilityNux', () => z.object({ message: z.string() }));
export type ModelAvailabilityNux = z.infer<ReturnType<typeof ModelAvailabilityNux>>;

export const ReasoningEffortOption = named('ReasoningEffortOption', () =>
  z.object({ reasoningEffort: ReasoningEffort(), description: z.string() }),
);
export type ReasoningEffortOption = z.infer<ReturnType<typeof ReasoningEffortOption>>;

export const ModelUpgradeInfo = named('ModelUpgradeInfo', () =>
  z.object({
    model: z.string(),
    upgradeCopy: z.string().nullable(),
    modelLink: z.string().nullable(),
    migrationMarkdown: z.string().nullable(),
  }),
);
export type ModelUpgradeInfo = z.infer<ReturnType<typeof ModelUpgradeInfo>>;

export const Model = named('Model', () =>
  z.object({
    id: z.string(),
    model: z.string(),
    upgrade: z.string().nullable(),
    upgradeInfo: ModelUpgradeInfo().nullable(),
    availabilityNux: ModelAvailabilityNux().nullable(),
    displayName: z.string(),
    description: z.string(),
    hidden: z.boolean(),
    supportedReasoningEfforts: z.array(ReasoningEffortOption()),
    defaultReasoningEffort: ReasoningEffort(),
    inputModalities: z.array(InputModality()),
    supportsPersonality: z.boolean(),
    isDefault: z.boolean(),
  }),
);
export type Model = z.infer<ReturnType<typeof Model>>;

export const ModelListParams = named('ModelListParams', () =>
  z.object({ cursor: z.string().nullish(), limit: u32().nullish(), includeHidden: z.boolean().nullish() }),
);
export type ModelListParams = z.infer<ReturnType<typeof ModelListParams>>;

export const ModelListResponse = named('ModelListResponse', () =>
  z.object({ data: z.array(Model()), nextCursor: z.string().nullable() }),
);
export type ModelListResponse = z.infer<ReturnType<typeof ModelListResponse>>;

export const modelMethods = {
  'model/list': method({
    doc: 'Lists the models a client may offer.',
    params: ModelListParams,
    result: ModelListResponse,
  }),
  'experimentalFeature/list': method({
    doc: 'Lists the feature flags and their states.',
    params: ExperimentalFeatureListParams,
    result: ExperimentalFeatureListResponse,
  }),
  'collaborationMode/list': method({
    doc: 'Lists the collaboration modes.',
    params: CollaborationModeListParams,
    result: CollaborationModeListResponse,
    experimental: true,
  }),
};
