import { z } from 'zod';
import { method } from '../define.ts';
import { ModeKind, ReasoningEffort } from '../entities/settings.ts';
import { lazy } from '../lazy.ts';
import { u32 } from '../scalar.ts';

export const CollaborationModeListParams = lazy(() => z.object({}));
export type CollaborationModeListParams = z.infer<ReturnType<typeof CollaborationModeListParams>>;

export const CollaborationModeMask = lazy(() =>
  z.object({
    mode: ModeKind().nullable(),
    model: z.string().nullable(),
    name: z.string(),
    reasoning_effort: ReasoningEffort().nullable(),
  }),
);
export type CollaborationModeMask = z.infer<ReturnType<typeof CollaborationModeMask>>;

export const CollaborationModeListResponse = lazy(() => z.object({ data: z.array(CollaborationModeMask()) }));
export type CollaborationModeListResponse = z.infer<ReturnType<typeof CollaborationModeListResponse>>;

export const ExperimentalFeatureStage = lazy(() =>
  z.enum(['beta', 'underDevelopment', 'stable', 'deprecated', 'removed']),
);
export type ExperimentalFeatureStage = z.infer<ReturnType<typeof ExperimentalFeatureStage>>;

export const ExperimentalFeature = lazy(() =>
  z.object({
    announcement: z.string().nullable(),
    defaultEnabled: z.boolean(),
    description: z.string().nullable(),
    displayName: z.string().nullable(),
    enabled: z.boolean(),
    name: z.string(),
    stage: ExperimentalFeatureStage(),
  }),
);
export type ExperimentalFeature = z.infer<ReturnType<typeof ExperimentalFeature>>;

export const ExperimentalFeatureListParams = lazy(() =>
  z.object({ cursor: z.string().nullish(), limit: u32().nullish() }),
);
export type ExperimentalFeatureListParams = z.infer<ReturnType<typeof ExperimentalFeatureListParams>>;

export const ExperimentalFeatureListResponse = lazy(() =>
  z.object({ data: z.array(ExperimentalFeature()), nextCursor: z.string().nullable() }),
);
export type ExperimentalFeatureListResponse = z.infer<ReturnType<typeof ExperimentalFeatureListResponse>>;

export const InputModality = lazy(() => z.enum(['text', 'image']));
export type InputModality = z.infer<ReturnType<typeof InputModality>>;

export const ModelAvailabilityNux = lazy(() => z.object({ message: z.string() }));
export type ModelAvailabilityNux = z.infer<ReturnType<typeof ModelAvailabilityNux>>;

export const ReasoningEffortOption = lazy(() =>
  z.object({ description: z.string(), reasoningEffort: ReasoningEffort() }),
);
export type ReasoningEffortOption = z.infer<ReturnType<typeof ReasoningEffortOption>>;

export const ModelUpgradeInfo = lazy(() =>
  z.object({
    migrationMarkdown: z.string().nullable(),
    model: z.string(),
    modelLink: z.string().nullable(),
    upgradeCopy: z.string().nullable(),
  }),
);
export type ModelUpgradeInfo = z.infer<ReturnType<typeof ModelUpgradeInfo>>;

export const Model = lazy(() =>
  z.object({
    availabilityNux: ModelAvailabilityNux().nullable(),
    defaultReasoningEffort: ReasoningEffort(),
    description: z.string(),
    displayName: z.string(),
    hidden: z.boolean(),
    id: z.string(),
    inputModalities: z.array(InputModality()),
    isDefault: z.boolean(),
    model: z.string(),
    supportedReasoningEfforts: z.array(ReasoningEffortOption()),
    supportsPersonality: z.boolean(),
    upgrade: z.string().nullable(),
    upgradeInfo: ModelUpgradeInfo().nullable(),
  }),
);
export type Model = z.infer<ReturnType<typeof Model>>;

export const ModelListParams = lazy(() =>
  z.object({ cursor: z.string().nullish(), includeHidden: z.boolean().nullish(), limit: u32().nullish() }),
);
export type ModelListParams = z.infer<ReturnType<typeof ModelListParams>>;

export const ModelListResponse = lazy(() => z.object({ data: z.array(Model()), nextCursor: z.string().nullable() }));
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
