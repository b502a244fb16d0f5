import { z } from 'zod';
import { NoParams, method } from '../define.ts';
import { Config, ConfigLayer, ConfigLayerMetadata } from '../entities/config.ts';
import { AskForApproval, SandboxMode } from '../entities/policy.ts';
import { WebSearchMode } from '../entities/settings.ts';
import { lazy } from '../lazy.ts';
import { AbsolutePath, u16 } from '../scalar.ts';

export const MergeStrategy = lazy(() => z.enum(['replace', 'upsert']));
export type MergeStrategy = z.infer<ReturnType<typeof MergeStrategy>>;

export const ConfigEdit = lazy(() =>
  z.object({ keyPath: z.string(), mergeStrategy: MergeStrategy(), value: z.unknown() }),
);
export type ConfigEdit = z.infer<ReturnType<typeof ConfigEdit>>;

export const ConfigBatchWriteParams = lazy(() =>
  z.object({
    edits: z.array(ConfigEdit()),
    expectedVersion: z.string().nullish(),
    filePath: z.string().nullish(),
    reloadUserConfig: z.boolean().optional(),
  }),
);
export type ConfigBatchWriteParams = z.infer<ReturnType<typeof ConfigBatchWriteParams>>;

export const ConfigReadParams = lazy(() =>
  z.object({ cwd: z.string().nullish(), includeLayers: z.boolean().default(false) }),
);
export type ConfigReadParams = z.infer<ReturnType<typeof ConfigReadParams>>;

export const ConfigReadResponse = lazy(() =>
  z.object({
    config: Config(),
    layers: z.array(ConfigLayer()).nullable(),
    origins: z.record(z.string(), ConfigLayerMetadata()),
  }),
);
export type ConfigReadResponse = z.infer<ReturnType<typeof ConfigReadResponse>>;

export const ResidencyRequirement = lazy(() => z.literal('us'));
export type ResidencyRequirement = z.infer<ReturnType<typeof ResidencyRequirement>>;

export const NetworkRequirements = lazy(() =>
  z.object({
    allowLocalBinding: z.boolean().nullable(),
    allowUnixSockets: z.array(z.string()).nullable(),
    allowUpstreamProxy: z.boolean().nullable(),
    allowedDomains: z.array(z.string()).nullable(),
    dangerouslyAllowAllUnixSockets: z.boolean().nullable(),
    dangerouslyAllowNonLoopbackProxy: z.boolean().nullable(),
    deniedDomains: z.array(z.string()).nullable(),
    enabled: z.boolean().nullable(),
    httpPort: u16().nullable(),
    socksPort: u16().nullable(),
  }),
);
export type NetworkRequirements = z.infer<ReturnType<typeof NetworkRequirements>>;

export const ConfigRequirements = lazy(() =>
  z.object({
    allowedApprovalPolicies: z.array(AskForApproval()).nullable(),
    allowedSandboxModes: z.array(SandboxMode()).nullable(),
    allowedWebSearchModes: z.array(WebSearchMode()).nullable(),
    enforceResidency: ResidencyRequirement().nullable(),
    featureRequirements: z.record(z.string(), z.boolean()).nullable(),
    network: NetworkRequirements().nullable(),
  }),
);
export type ConfigRequirements = z.infer<ReturnType<typeof ConfigRequirements>>;

export const ConfigRequirementsReadResponse = lazy(() => z.object({ requirements: ConfigRequirements().nullable() }));
export type ConfigRequirementsReadResponse = z.infer<ReturnType<typeof ConfigRequirementsReadResponse>>;

export const ConfigValueWriteParams = lazy(() =>
  z.object({
    expectedVersion: z.string().nullish(),
    filePath: z.string().nullish(),
    keyPath: z.string(),
    mergeStrategy: MergeStrategy(),
    value: z.unknown(),
  }),
);
export type ConfigValueWriteParams = z.infer<ReturnType<typeof ConfigValueWriteParams>>;

export const OverriddenMetadata = lazy(() =>
  z.object({ effectiveValue: z.unknown(), message: z.string(), overridingLayer: ConfigLayerMetadata() }),
);
export type OverriddenMetadata = z.infer<ReturnType<typeof OverriddenMetadata>>;

export const WriteStatus = lazy(() => z.enum(['ok', 'okOverridden']));
export type WriteStatus = z.infer<ReturnType<typeof WriteStatus>>;

export const ConfigWriteResponse = lazy(() =>
  z.object({
    filePath: AbsolutePath(),
    overriddenMetadata: OverriddenMetadata().nullable(),
    status: WriteStatus(),
    version: z.string(),
  }),
);
export type ConfigWriteResponse = z.infer<ReturnType<typeof ConfigWriteResponse>>;

export const configMethods = {
  'config/read': method({
    doc: 'Reads the effective configuration and where each value comes from.',
    params: ConfigReadParams,
    result: ConfigReadResponse,
  }),
  'config/value/write': method({
    doc: "Writes one value to the user's configuration.",
    params: ConfigValueWriteParams,
    result: ConfigWriteResponse,
  }),
  'config/batchWrite': method({
    doc: "Writes several values to the user's configuration, all or none.",
    params: ConfigBatchWriteParams,
    result: ConfigWriteResponse,
  }),
  'configRequirements/read': method({
    doc: 'Reads the limits an administrator has set.',
    params: NoParams,
    result: ConfigRequirementsReadResponse,
  }),
};
