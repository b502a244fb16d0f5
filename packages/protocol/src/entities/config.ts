import { z } from 'zod';
import { ForcedLoginMethod } from './account.ts';
import { ApprovalsReviewer, AskForApproval, SandboxMode } from './policy.ts';
import { ReasoningEffort, ReasoningSummary, ServiceTier, Verbosity, WebSearchMode } from './settings.ts';
import { named } from '../lazy.ts';
import { AbsolutePath, i64 } from '../scalar.ts';

export const AnalyticsConfig = named('AnalyticsConfig', () => z.looseObject({ enabled: z.boolean().nullable() }));
export type AnalyticsConfig = z.infer<ReturnType<typeof AnalyticsConfig>>;

export const AppToolApproval = named('AppToolApproval', () => z.enum(['auto', 'prompt', 'approve']));
export type AppToolApproval = z.infer<ReturnType<typeof AppToolApproval>>;

export const AppToolsConfig = named('AppToolsConfig', () => z.object({}));
export type AppToolsConfig = z.infer<ReturnType<typeof AppToolsConfig>>;

export const AppConfig = named('AppConfig', () =>
  z.object({
    default_tools_approval_mode: AppToolApproval().nullable(),
    default_tools_enabled: z.boolean().nullable(),
    destructive_enabled: z.boolean().nullable(),
    enabled: z.boolean(),
    open_world_enabled: z.boolean().nullable(),
    tools: AppToolsConfig().nullable(),
  }),
);
export type AppConfig = z.infer<ReturnType<typeof AppConfig>>;

export const AppToolConfig = named('AppToolConfig', () =>
  z.object({ approval_mode: AppToolApproval().nullable(), enabled: z.boolean().nullable() }),
);
export type AppToolConfig = z.infer<ReturnType<typeof AppToolConfig>>;

export const AppsDefaultConfig = named('AppsDefaultConfig', () =>
  z.object({ enabled: z.boolean(), destructive_enabled: z.boolean(), open_world_enabled: z.boolean() }),
);
export type AppsDefaultConfig = z.infer<ReturnType<typeof AppsDefaultConfig>>;

export const AppsConfig = named('AppsConfig', () => z.looseObject({ _default: AppsDefaultConfig().nullable() }));
export type AppsConfig = z.infer<ReturnType<typeof AppsConfig>>;

export const WebSearchContextSize = named('WebSearchContextSize', () => z.enum(['low', 'medium', 'high']));
export type WebSearchContextSize = z.infer<ReturnType<typeof WebSearchContextSize>>;

export const WebSearchLocation = named('WebSearchLocation', () =>
  z.object({
    country: z.string().nullable(),
    region: z.string().nullable(),
    city: z.string().nullable(),
    timezone: z.string().nullable(),
  }),
);
export type WebSearchLocation = z.infer<ReturnType<typeof WebSearchLocation>>;

export const WebSearchToolConfig = named('WebSearchToolConfig', () =>
  z.object({
    context_size: WebSearchContextSize().nullable(),
    allowed_domains: z.array(z.string()).nullable(),
    location: WebSearchLocation().nullable(),
  }),
);
export type WebSearchToolConfig = z.infer<ReturnType<typeof WebSearchToolConfig>>;

export const ToolsV2 = named('ToolsV2', () =>
  z.object({ web_search: WebSearchToolConfig().nullable(), view_image: z.boolean().nullable() }),
);
export type ToolsV2 = z.infer<ReturnType<typeof ToolsV2>>;

export const ProfileV2 = named('ProfileV2', () =>
  z.looseObject({
    model: z.string().nullable(),
    model_provider: z.string().nullable(),
    approval_policy: AskForApproval().nullable(),
    approvals_reviewer: ApprovalsReviewer().nullable(),
    service_tier: ServiceTier().nullable(),
    model_reasoning_effort: ReasoningEffort().nullable(),
    model_reasoning_summary: ReasoningSummary().nullable(),
    model_verbosity: Verbosity().nullable(),
    web_search: WebSearchMode().nullable(),
    tools: ToolsV2().nullable(),
    chatgpt_base_url: z.string().nullable(),
  }),
);
export type ProfileV2 = z.infer<ReturnType<typeof ProfileV2>>;

export const SandboxWorkspaceWrite = named('SandboxWorkspaceWrite', () =>
  z.object({
    writable_roots: z.array(z.string()),
    network_access: z.boolean(),
    exclude_tmpdir_env_var: z.boolean(),
    exclude_slash_tmp: z.boolean(),
  }),
);
export type SandboxWorkspaceWrite = z.infer<ReturnType<typeof SandboxWorkspaceWrite>>;

export const Config = named('Config', () =>
  z.looseObject({
    model: z.string().nullable(),
    review_model: z.string().nullable(),
    model_context_window: i64().nullable(),
    model_auto_compact_token_limit: i64().nullable(),
    model_provider: z.string().nullable(),
    approval_policy: AskForApproval().nullable(),
    approvals_reviewer: ApprovalsReviewer().nullable(),
    sandbox_mode: SandboxMode().nullable(),
    sandbox_workspace_write: SandboxWorkspaceWrite().nullable(),
    forced_chatgpt_workspace_id: z.string().nullable(),
    forced_login_method: ForcedLoginMethod().nullable(),
    web_search: WebSearchMode().nullable(),
    tools: ToolsV2().nullable(),
    profile: z.string().nullable(),
    profiles: z.record(z.string(), ProfileV2()),
    instructions: z.string().nullable(),
    developer_instructions: z.string().nullable(),
    compact_prompt: z.string().nullable(),
    model_reasoning_effort: ReasoningEffort().nullable(),
    model_reasoning_summary: ReasoningSummary().nullable(),
    model_verbosity: Verbosity().nullable(),
    service_tier: ServiceTier().nullable(),
    analytics: AnalyticsConfig().nullable(),
    apps: AppsConfig().nullable().meta({ experimental: 'config/read.apps' }),
  }),
);
export type Config = z.infer<ReturnType<typeof Config>>;

export const ConfigLayerSource = named('ConfigLayerSource', () =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('mdm'), domain: z.string(), key: z.string() }),
    z.object({ type: z.literal('system'), file: AbsolutePath() }),
    z.object({ type: z.literal('user'), file: AbsolutePath() }),
    z.object({ type: z.literal('project'), dotCodexFolder: AbsolutePath() }),
    z.object({ type: z.literal('sessionFlags') }),
    z.object({ type: z.literal('legacyManagedConfigTomlFromFile'), file: AbsolutePath() }),
    z.object({ type: z.literal('legacyManagedConfigTomlFromMdm') }),
  ]),
);
export type ConfigLayerSource = z.infer<ReturnType<typeof ConfigLayerSource>>;

export const ConfigLayer = named('ConfigLayer', () =>
  z.object({
    name: ConfigLayerSource(),
    version: z.string(),
    config: z.unknown(),
    disabledReason: z.string().nullish(),
  }),
);
export type ConfigLayer = z.infer<ReturnType<typeof ConfigLayer>>;

export const ConfigLayerMetadata = named('ConfigLayerMetadata', () =>
  z.object({ name: ConfigLayerSource(), version: z.string() }),
);
export type ConfigLayerMetadata = z.infer<ReturnType<typeof ConfigLayerMetadata>>;
