export type { AppApprovalMode, AppsConfig, AppSettings, AppToolSettings } from './apps.ts';
export {
  type CommandLine,
  type CommandLineOption,
  type CommandLineRules,
  readCommandLine,
  RUN_OPTIONS,
} from './command-line.ts';
export {
  type ActivePlugin,
  type AgentRole,
  type AgentsConfig,
  type Config,
  type McpOauthConfig,
  type ShellEnvironmentPolicy,
  type SkillsConfig,
  type TrustLevel,
  type WebSearchConfig,
} from './config.ts';
export { type ConfigEdit, editConfig, type EditedConfig, valueAt } from './edit.ts';
export { enforceServers, refusedByRequirements, requiredSandbox, type WantedSettings } from './enforce.ts';
export type { ConfigError } from './error.ts';
export {
  FEATURES,
  type Feature,
  type FeatureFlags,
  featureKey,
  type FeatureKey,
  type FeatureSettings,
  type FeatureSource,
  type FeatureStage,
  type Notice,
  type ResolvedFeatures,
  resolveFeatures,
} from './features.ts';
export { type ConfigFile, versionOf } from './file.ts';
export { resolveHome } from './home.ts';
export type { Layer } from './layer.ts';
export {
  type ConfigReader,
  type ConfigWarning,
  createConfigReader,
  defaultConfig,
  type FailedConfig,
  type Loaded,
  type LoadedConfig,
  loadConfig,
  type LoadOptions,
} from './load.ts';
export type { Env } from './env.ts';
export { layerOrigins, mergeLayers } from './layers.ts';
export { refusedEdit } from './refused-edit.ts';
export { type Override, type OverrideFlag, readOverrides } from './overrides.ts';
export { sandboxPolicy } from './policy.ts';
export type { ManagedRule } from './requirement-rules.ts';
export {
  type Allowed,
  type AllowedServers,
  type FeaturePins,
  NO_REQUIREMENTS,
  type RequiredSandbox,
  type Requirements,
  type RequirementsRead,
} from './requirements.ts';
export type { ManagedNetwork, RequiredNetwork } from './network.ts';
export { NO_GUARDIAN, type TypedSettings } from './resolve.ts';
export { roleChanges } from './role.ts';
export { readMcpServer } from './mcp-server.ts';
export type { McpServerToml, WebSearchOptions } from './schema.ts';
export {
  needsLogin,
  type ThreadOptions,
  threadOptions,
  type ThreadSettings,
  threadSettings,
} from './thread-settings.ts';
export { parseToml, type TomlTable, type TomlValue } from './toml.ts';
export { projectRoot, repositoryRoot } from './trust.ts';
