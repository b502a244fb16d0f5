import { z } from 'zod';
import { NoParams, method } from '../define.ts';
import { Config, ConfigLayer, ConfigLayerMetadata } from '../entities/config.ts';
import { AskForApproval, SandboxMode } from '../entities/policy.ts';
import { WebSearchMode } from '../entities/settings.ts';
import { named } from '../lazy.ts';
import { AbsolutePath, u16 } from '../scalar.ts';

export const MergeStrategy = named('MergeStrategy', () => z.enum(['replace', 'upsert']));
export type MergeStrategy = z.infer<ReturnType<typeof MergeStrategy>>;

export const ConfigEdit = named('ConfigEdit', () =>
  z.object({ keyPath: z.string(), value: z.unknown(), mergeStrategy: MergeStrategy() }),
);
export type ConfigEdit = z.infer<ReturnType<typeof ConfigEdit>>;

export const ConfigBatchWriteParams = named('ConfigBatchWriteParams', () =>
  z.object({
    edits: z.array(ConfigEdit()),
    filePath: z.string().nullish(),
    expectedVersion: z.string().nullish(),
    reloadUserConfig: z.boolean().optional(),
  }),
);
export type ConfigBatchWriteParams = z.infer<ReturnType<typeof ConfigBatchWriteParams>>;

export const ConfigReadParams = named('ConfigReadParams', () =>
  z.object({ includeLayers: z.boolean().default(false), cwd: z.string().nullish() }),
);
export type ConfigReadParams = z.infer<ReturnType<typeof ConfigReadParams>>;

export const ConfigReadResponse = named('ConfigReadResponse', () =>
  z.object({
    config: Config(),
    origins: z.record(z.string(), ConfigLayerMetadata()),
    layers: z.array(ConfigLayer()).nullable(),
  }),
);
export type ConfigReadResponse = z.infer<ReturnType<typeof ConfigReadResponse>>;

export const ResidencyRequirement = named('ResidencyRequirement', () => z.literal('us'));
export type ResidencyRequirement = z.infer<ReturnType<typeof ResidencyRequirement>>;

export const NetworkRequirements = named('NetworkRequirements', () =>
  z.object({
    enabled: z.boolean().nullable(),
    httpPort: u16().nullable(),
    socksPort: u16().nullable(),
    allowUpstreamProxy: z.boolean().nullable(),
    dangerouslyAllowNonLoopbackProxy: z.boolean().nullable(),
    dangerouslyAllowAllUnixSockets: z.boolean().nullable(),
    allowedDomains: z.array(z.string()).nullable(),
    deniedDomains: z.array(z.string()).nullable(),
    allowUnixSockets: z.array(z.string()).nullable(),
    allowLocalBinding: z.boolean().nullable(),
  }),
);
export type NetworkRequirements = z.infer<ReturnType<typeof NetworkRequirements>>;

export const ConfigRequirements = named('ConfigRequirements', () =>
  z.object({
    allowedApprovalPolicies: z.array(AskForApproval()).nullable(),
    allowedSandboxModes: z.array(SandboxMode()).nullable(),
    allowedWebSearchModes: z.array(WebSearchMode()).nullable(),
    featureRequirements: z.record(z.string(), z.boolean()).nullable(),
    enforceResidency: ResidencyRequirement().nullable(),
    network: NetworkRequirements().nullable().meta({ experimental: 'configRequirements/read.network' }),
  }),
);
export type ConfigRequirements = z.infer<ReturnType<typeof ConfigRequirements>>;

export const ConfigRequirementsReadResponse = named('ConfigRequirementsReadResponse', () =>
  z.object({ requirements: ConfigRequirements().nullable() }),
);
export type ConfigRequirementsReadResponse = z.infer<ReturnType<typeof ConfigRequirementsReadResponse>>;

export const ConfigValueWriteParams = named('ConfigValueWriteParams', () =>
  z.object({
    keyPath: z.string(),
    value: z.unknown(),
    mergeStrategy: MergeStrategy(),
    filePath: z.string().nullish(),
    expectedVersion: z.string().nullish(),
  }),
);
export type ConfigValueWriteParams = z.infer<ReturnType<typeof ConfigValueWriteParams>>;

export const OverriddenMetadata = named('OverriddenMetadata', () =>
  z.object({ message: z.string(), overridingLayer: ConfigLayerMetadata(), effectiveValue: z.unknown() }),
);
export type OverriddenMetadata = z.infer<ReturnType<typeof OverriddenMetadata>>;

export const WriteStatus = named('WriteStatus', () => z.enum(['ok', 'okOverridden']));
export type WriteStatus = z.infer<ReturnType<typeof WriteStatus>>;

export const ConfigWriteResponse = named('ConfigWriteResponse', () =>
  z.object({
    status: WriteStatus(),
    version: z.string(),
    filePath: AbsolutePath(),
    overriddenMetadata: OverriddenMetadata().nullable(),
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
