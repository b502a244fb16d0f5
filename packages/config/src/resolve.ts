import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type {
  ApprovalsReviewer,
  AskForApproval,
  Personality,
  SandboxMode,
  ServiceTier,
  WebSearchMode,
} from '@codex/protocol';
import { systemCode, toMessage } from '@codex/base';
import type { AgentRole, AgentsConfig, Config, ShellEnvironmentPolicy, TrustLevel, WebSearchConfig } from './config.ts';
import type { Env } from './env.ts';
import { Refusal } from './error.ts';
import { type FeatureFlags, type Notice, resolveFeatures, underDevelopmentWarning } from './features.ts';
import { resolveApproval, resolveSandboxMode, sandboxPolicy } from './policy.ts';
import { checkProvider, resolveProviders } from './providers.ts';
import type { ConfigToml, ProfileToml } from './schema.ts';
import { isTable, type TomlTable } from './toml.ts';

/** Typed settings of a caller, stronger than any file, flag or profile. Absent ones leave the choice to those. */
export interface TypedSettings {
  model?: string | null;
  modelProvider?: string | null;
  approvalPolicy?: AskForApproval | null;
  approvalsReviewer?: ApprovalsReviewer | null;
  sandbox?: SandboxMode | null;
  baseInstructions?: string | null;
  developerInstructions?: string | null;
  personality?: Personality | null;
  /** Null clears what is configured. */
  serviceTier?: ServiceTier | null;
  /** Absolute; added to the writable roots (`--add-dir`). */
  additionalWritableRoots?: readonly string[];
}

export interface ResolveInput {
  readonly home: string;
  readonly cwd: string;
  readonly env: Env;
  readonly toml: ConfigToml;
  /** What `toml` was decoded from. */
  readonly table: TomlTable;
  readonly trust: TrustLevel | null;
  readonly markers: readonly string[];
  readonly rulesFolders: readonly string[];
  /** Stronger than the key `profile`. */
  readonly profile: string | undefined;
  readonly settings: TypedSettings;
}

export interface Resolution {
  readonly config: Config;
  readonly deprecations: readonly Notice[];
  /** Faults that can be lived with, for `configWarning`. */
  readonly warnings: readonly string[];
  /** Remarks for the user of a thread. */
  readonly startupWarnings: readonly string[];
}

/** Makes the configuration out of decoded settings. Throws `Refusal` when they contradict each other. */
export function resolveConfig(input: ResolveInput): Resolution {
  const { home, cwd, env, toml, table, trust, settings } = input;
  const profileName = input.profile ?? toml.profile ?? null;
  const profile = profileName === null ? {} : findProfile(profileName, toml);
  /** The profile's value of a key, else the top-level one. */
  const pick = <K extends keyof ProfileToml & keyof ConfigToml>(key: K): ConfigToml[K] =>
    (profile[key] as ConfigToml[K]) ?? toml[key];

  const features = resolveFeatures(toml, profile);
  const envBaseUrl = toml.openai_base_url ? undefined : blankToNull(env['OPENAI_BASE_URL']);
  const openaiBaseUrl = blankToNull(toml.openai_base_url) ?? envBaseUrl ?? null;
  const modelProviders = resolveProviders(toml.model_providers ?? {}, openaiBaseUrl, env);
  const catalog = pick('model_catalog_json');
  if (catalog !== undefined) requireFile(catalog, 'model catalog');
  const agents = resolveAgents(toml.agents);

  const config: Config = {
    home,
    cwd,
    profile: profileName,
    projectTrust: trust,

    model: settings.model ?? pick('model') ?? null,
    reviewModel: toml.review_model ?? null,
    modelProvider: checkProvider(settings.modelProvider ?? pick('model_provider') ?? 'openai', modelProviders),
    modelProviders,
    modelContextWindow: toml.model_context_window ?? null,
    modelAutoCompactTokenLimit: toml.model_auto_compact_token_limit ?? null,
    modelReasoningEffort: pick('model_reasoning_effort') ?? null,
    planModeReasoningEffort: pick('plan_mode_reasoning_effort') ?? null,
    modelReasoningSummary: pick('model_reasoning_summary') ?? null,
    modelVerbosity: pick('model_verbosity') ?? null,
    modelSupportsReasoningSummaries: toml.model_supports_reasoning_summaries ?? null,
    modelCatalogJson: catalog ?? null,
    toolOutputTokenLimit: toml.tool_output_token_limit ?? null,
    personality: settings.personality ?? pick('personality') ?? (features.flags.personality ? 'pragmatic' : null),
    serviceTier: settings.serviceTier !== undefined ? settings.serviceTier : (pick('service_tier') ?? null),

    baseInstructions:
      settings.baseInstructions ?? textOfFile(pick('model_instructions_file'), 'model instructions file'),
    developerInstructions: settings.developerInstructions ?? toml.developer_instructions ?? null,
    compactPrompt:
      blankToNull(toml.compact_prompt) ??
      textOfFile(pick('experimental_compact_prompt_file'), 'experimental compact prompt file'),
    commitAttribution: toml.commit_attribution ?? null,

    approvalPolicy: resolveApproval(settings.approvalPolicy ?? pick('approval_policy'), trust),
    approvalsReviewer: settings.approvalsReviewer ?? pick('approvals_reviewer') ?? 'user',
    approvalTimeout: approvalTimeout(pick('approval_timeout_ms'), pick('approval_timeout_action')),
    rulesFolders: input.rulesFolders,
    sandboxPolicy: sandboxPolicy(
      resolveSandboxMode(settings.sandbox ?? pick('sandbox_mode'), trust),
      toml.sandbox_workspace_write,
      home,
      settings.additionalWritableRoots,
    ),
    defaultPermissions: toml.default_permissions ?? null,
    permissions: toml.permissions ?? {},

    shellEnvironmentPolicy: shellEnvironment(toml.shell_environment_policy),
    allowLoginShell: toml.allow_login_shell ?? true,
    zshPath: pick('zsh_path') ?? null,
    backgroundTerminalMaxTimeout: Math.max(5000, toml.background_terminal_max_timeout ?? 300_000),
    notify: toml.notify ?? null,

    projectDocMaxBytes: toml.project_doc_max_bytes ?? 32_768,
    projectDocFallbackFilenames: (toml.project_doc_fallback_filenames ?? []).map((n) => n.trim()).filter(Boolean),
    projectRootMarkers: input.markers,

    webSearch: webSearch(pick('web_search'), pick('tools')?.web_search ?? toml.tools?.web_search, features.flags),
    viewImage: pick('tools')?.view_image ?? profile.tools_view_image ?? true,
    mcpServers: toml.mcp_servers ?? {},
    mcpOauth: {
      credentialsStore: toml.mcp_oauth_credentials_store ?? 'auto',
      callbackPort: toml.mcp_oauth_callback_port ?? null,
      callbackUrl: toml.mcp_oauth_callback_url ?? null,
    },
    agents: agents.config,
    skills: { bundledEnabled: toml.skills?.bundled?.enabled ?? true, config: toml.skills?.config ?? [] },
    plugins: Object.fromEntries(
      Object.entries(toml.plugins ?? {}).map(([id, plugin]) => [id, { enabled: plugin.enabled ?? true }]),
    ),
    apps: toml.apps ?? {},

    features: features.flags,
    featureSources: features.sources,

    history: {
      persistence: toml.history?.persistence ?? 'save-all',
      maxBytes: toml.history?.max_bytes ?? null,
    },
    sqliteHome: toml.sqlite_home ?? blankToNull(env['CODEX_SQLITE_HOME']) ?? home,
    logDir: toml.log_dir ?? join(home, 'log'),

    ossProvider: pick('oss_provider') ?? null,
    chatgptBaseUrl: pick('chatgpt_base_url') ?? 'https://chatgpt.com/backend-api/',
    openaiBaseUrl,
    forcedLoginMethod: toml.forced_login_method ?? null,
    forcedChatgptWorkspaceId: blankToNull(toml.forced_chatgpt_workspace_id),
    cliAuthCredentialsStore: toml.cli_auth_credentials_store ?? 'file',
    feedbackEnabled: toml.feedback?.enabled ?? true,
    analyticsEnabled: pick('analytics')?.enabled ?? null,

    hideAgentReasoning: toml.hide_agent_reasoning ?? false,
    showRawAgentReasoning: toml.show_raw_agent_reasoning ?? false,
    fileOpener: toml.file_opener ?? 'vscode',
    checkForUpdateOnStartup: toml.check_for_update_on_startup ?? true,
    disablePasteBurst: toml.disable_paste_burst ?? false,

    toml: table,
  };
  const unfinished = toml.suppress_unstable_features_warning ? null : enabledUnfinished(table, features.flags);
  return {
    config: deepFreeze(config),
    deprecations: [...features.deprecations, ...instructionsNotice(pick('experimental_instructions_file'))],
    warnings: [
      ...(envBaseUrl ? ['`OPENAI_BASE_URL` is deprecated. Set `openai_base_url` in config.toml instead.'] : []),
      ...agents.warnings,
    ],
    startupWarnings: [...features.warnings, ...(unfinished ? [unfinished] : [])],
  };
}

function findProfile(name: string, toml: ConfigToml): ProfileToml {
  const profiles = toml.profiles ?? {};
  const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (!found) throw new Refusal(`config profile \`${name}\` not found`);
  return found;
}

function approvalTimeout(ms: number | undefined, action: 'decline' | 'cancel' | undefined): Config['approvalTimeout'] {
  if (ms === undefined) return null;
  if (ms < 1) throw new Refusal('approval_timeout_ms must be at least 1');
  return { ms, action: action ?? 'decline' };
}

function webSearch(
  mode: WebSearchMode | undefined,
  options: WebSearchConfig['options'] | undefined,
  features: FeatureFlags,
): WebSearchConfig {
  const byFeature = features.web_search_cached ? 'cached' : features.web_search_request ? 'live' : undefined;
  const explicit = mode ?? byFeature;
  return { mode: explicit ?? 'cached', explicit: explicit !== undefined, options: options ?? null };
}

function shellEnvironment(policy: ConfigToml['shell_environment_policy']): ShellEnvironmentPolicy {
  return {
    inherit: policy?.inherit ?? 'all',
    ignoreDefaultExcludes: policy?.ignore_default_excludes ?? true,
    exclude: policy?.exclude ?? [],
    set: policy?.set ?? {},
    includeOnly: policy?.include_only ?? [],
    experimentalUseProfile: policy?.experimental_use_profile ?? false,
  };
}

function resolveAgents(toml: ConfigToml['agents']): { config: AgentsConfig; warnings: string[] } {
  for (const key of ['max_threads', 'max_depth', 'job_max_runtime_seconds'] as const) {
    if ((toml?.[key] ?? 1) < 1) throw new Refusal(`agents.${key} must be at least 1`);
  }
  const roles = Object.create(null) as Record<string, AgentRole>;
  const warnings: string[] = [];
  for (const [name, role] of Object.entries(toml?.roles ?? {})) {
    const problem = role.config_file === undefined ? null : problemOf(role.config_file);
    if (problem) {
      const reason = `agents.${name}.config_file must point to an existing file at ${role.config_file}: ${problem}`;
      warnings.push(`Ignoring malformed agent role definition: ${reason}`);
      continue;
    }
    roles[name] = {
      description: role.description ?? null,
      configFile: role.config_file ?? null,
      nicknameCandidates: role.nickname_candidates ?? null,
    };
  }
  return {
    config: {
      maxThreads: toml?.max_threads ?? 6,
      maxDepth: toml?.max_depth ?? 1,
      jobMaxRuntimeSeconds: toml?.job_max_runtime_seconds ?? null,
      roles,
    },
    warnings,
  };
}

function enabledUnfinished(table: TomlTable, flags: FeatureFlags): string | null {
  const features = table['features'];
  return underDevelopmentWarning(isTable(features) ? features : undefined, flags);
}

function instructionsNotice(path: string | undefined): Notice[] {
  if (path === undefined) return [];
  return [
    {
      summary: '`experimental_instructions_file` is deprecated and ignored. Use `model_instructions_file` instead.',
      details: 'Give the file under the key `model_instructions_file` in config.toml or in a profile.',
    },
  ];
}

function textOfFile(path: string | undefined, what: string): string | null {
  if (path === undefined) return null;
  try {
    const text = readFileSync(path, 'utf8').trim();
    if (text !== '') return text;
  } catch (error) {
    throw new Refusal(`failed to read ${what} ${path}: ${systemText(error)}`, { cause: error });
  }
  throw new Refusal(`${what} is empty: ${path}`);
}

function requireFile(path: string, what: string): void {
  const problem = problemOf(path);
  if (problem) throw new Refusal(`failed to read ${what} ${path}: ${problem}`);
}

function problemOf(path: string): string | null {
  try {
    return statSync(path).isFile() ? null : 'not a file';
  } catch (error) {
    return systemText(error);
  }
}

/** The words of the operating system, as other programs print them. */
function systemText(error: unknown): string {
  return systemCode(error) === 'ENOENT' ? 'No such file or directory (os error 2)' : toMessage(error);
}

function blankToNull(text: string | undefined): string | null {
  return text?.trim() || null;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return value;
}
