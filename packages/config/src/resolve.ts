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
import { resolveApps } from './apps.ts';
import type { AgentRole, AgentsConfig, Config, ShellEnvironmentPolicy, TrustLevel } from './config.ts';
import { enforce, type Enforced, enforceFeatures, enforceServers } from './enforce.ts';
import type { Env } from './env.ts';
import { Refusal } from './error.ts';
import {
  featuresOnTrial,
  type FeatureFlags,
  type FeatureKey,
  type FeatureSource,
  type Notice,
  resolveFeatures,
  underDevelopmentWarning,
} from './features.ts';
import { filesystemPolicy } from './filesystem.ts';
import { chosenProfile, resolveNetwork, withNetworkAccess } from './network.ts';
import { resolveApproval, resolveSandboxMode, sandboxPolicy, withRoots } from './policy.ts';
import { checkProvider, resolveProviders } from './providers.ts';
import type { Requirements } from './requirements.ts';
import type { ConfigToml, ProfileToml } from './schema.ts';
import { isTable, type TomlTable } from './toml.ts';
import { unservedSettings } from './unserved.ts';

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
  readonly hookFiles: readonly string[];
  readonly requirements: Requirements;
  /** Stronger than the key `profile`. */
  readonly profile: string | undefined;
  readonly settings: TypedSettings;
}

export interface Resolution {
  readonly config: Config;
  readonly deprecations: readonly Notice[];
  /** Faults that can be lived with, for `configWarning`. */
  readonly warnings: readonly string[];
  /** Settings that are not followed, because requirements forbid them or nothing here serves them; the same. */
  readonly unheeded: readonly string[];
  /** Remarks for the user of a thread. */
  readonly startupWarnings: readonly string[];
}

/** What a client is told that wants a model to answer questions about approvals. */
export const NO_GUARDIAN =
  '`approvals_reviewer = "guardian_subagent"` has no effect: this version has no such reviewer, approvals are asked of the user.';

/** Makes the configuration out of decoded settings. Throws `Refusal` when they contradict each other. */
export function resolveConfig(input: ResolveInput): Resolution {
  const { home, cwd, env, toml, table, trust, requirements, settings } = input;
  const profileName = input.profile ?? toml.profile ?? null;
  const profile = profileName === null ? {} : findProfile(profileName, toml);
  /** The profile's value of a key, else the top-level one. */
  const pick = <K extends keyof ProfileToml & keyof ConfigToml>(key: K): ConfigToml[K] =>
    (profile[key] as ConfigToml[K]) ?? toml[key];

  const features = resolveFeatures(toml, profile);
  const pinned = enforceFeatures(features.flags, requirements.features, (key) => features.sources[key] !== 'default');
  const { flags } = pinned;
  const chosenApproval = settings.approvalPolicy ?? pick('approval_policy');
  const approval = enforce('approval_policy', resolveApproval(chosenApproval, trust), requirements.approvalPolicies, {
    chosen: chosenApproval !== undefined,
  });
  const permissions = chosenProfile(toml.default_permissions, toml.permissions);
  const places =
    settings.sandbox || !permissions.filesystem
      ? null
      : filesystemPolicy(toml.default_permissions ?? '', permissions.filesystem, {
          ...{ home, cwd, userHome: env['HOME'], tmpdir: env['TMPDIR'] },
          network: permissions.network?.enabled ?? false,
        });
  const chosenSandbox = settings.sandbox ?? places?.mode ?? pick('sandbox_mode');
  const sandbox = enforce('sandbox_mode', resolveSandboxMode(chosenSandbox, trust), requirements.sandboxModes, {
    chosen: chosenSandbox !== undefined,
    instead: 'read-only',
  });
  const mcp = enforceServers(toml.mcp_servers ?? {}, requirements.mcpServers);
  const search = webSearch(pick('web_search'), flags, requirements.webSearchModes);
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
    requirements,
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
    personality: settings.personality ?? pick('personality') ?? (flags.personality ? 'pragmatic' : null),
    serviceTier: settings.serviceTier !== undefined ? settings.serviceTier : (pick('service_tier') ?? null),

    baseInstructions:
      settings.baseInstructions ?? textOfFile(pick('model_instructions_file'), 'model instructions file'),
    developerInstructions: settings.developerInstructions ?? toml.developer_instructions ?? null,
    compactPrompt:
      blankToNull(toml.compact_prompt) ??
      textOfFile(pick('experimental_compact_prompt_file'), 'experimental compact prompt file'),
    commitAttribution: toml.commit_attribution ?? null,

    approvalPolicy: approval.value,
    approvalsReviewer: settings.approvalsReviewer ?? pick('approvals_reviewer') ?? 'user',
    approvalTimeout: approvalTimeout(pick('approval_timeout_ms'), pick('approval_timeout_action')),
    rulesFolders: input.rulesFolders,
    hookFiles: input.hookFiles,
    sandboxPolicy: withNetworkAccess(
      places && sandbox.warning === null
        ? withRoots(places.policy, settings.additionalWritableRoots)
        : sandboxPolicy(sandbox.value, toml.sandbox_workspace_write, home, settings.additionalWritableRoots),
      permissions.network?.enabled ?? false,
    ),
    defaultPermissions: toml.default_permissions ?? null,
    network: resolveNetwork(permissions.network, requirements.network),

    shellEnvironmentPolicy: shellEnvironment(toml.shell_environment_policy),
    allowLoginShell: toml.allow_login_shell ?? true,
    zshPath: pick('zsh_path') ?? null,
    backgroundTerminalMaxTimeout: Math.max(5000, toml.background_terminal_max_timeout ?? 300_000),
    notify: toml.notify ?? null,

    projectDocMaxBytes: toml.project_doc_max_bytes ?? 32_768,
    projectDocFallbackFilenames: (toml.project_doc_fallback_filenames ?? []).map((n) => n.trim()).filter(Boolean),
    projectRootMarkers: input.markers,

    webSearch: {
      mode: search.value,
      explicit: search.explicit,
      options: pick('tools')?.web_search ?? toml.tools?.web_search ?? null,
    },
    viewImage: pick('tools')?.view_image ?? profile.tools_view_image ?? true,
    mcpServers: mcp.servers,
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
    activePlugins: [],
    apps: resolveApps(toml.apps ?? {}, requirements.appsOff),

    features: flags,
    featuresOnTrial: featuresOnTrial(flags),
    featureSources: { ...features.sources, ...pinnedSources(requirements) },

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
  const unfinished = toml.suppress_unstable_features_warning ? null : enabledUnfinished(table, flags);
  return {
    config: deepFreeze(config),
    deprecations: [...features.deprecations, ...instructionsNotice(pick('experimental_instructions_file'))],
    warnings: [
      ...(envBaseUrl ? ['`OPENAI_BASE_URL` is deprecated. Set `openai_base_url` in config.toml instead.'] : []),
      ...agents.warnings,
      ...(places ? [...places.warnings, ...outdone(table)] : []),
    ],
    unheeded: [
      ...pinned.warnings,
      ...mcp.warnings,
      ...[approval, sandbox, search].flatMap(({ warning }) => warning ?? []),
      ...(config.approvalsReviewer === 'guardian_subagent' ? [NO_GUARDIAN] : []),
      ...unservedSettings(table, flags, features.sources),
    ],
    startupWarnings: [...features.warnings, ...(unfinished ? [unfinished] : [])],
  };
}

/** Settings that a permission profile takes the place of, `--add-dir` among them. */
function outdone(table: TomlTable): string[] {
  return ['sandbox_mode', 'sandbox_workspace_write']
    .filter((key) => table[key] !== undefined)
    .map((key) => `\`${key}\` has no effect beside \`default_permissions\`, whose profile says what commands may do.`);
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
  configured: WebSearchMode | undefined,
  features: FeatureFlags,
  allowed: Requirements['webSearchModes'],
): Enforced<WebSearchMode> & { explicit: boolean } {
  const byFeature = features.web_search_cached ? 'cached' : features.web_search_request ? 'live' : undefined;
  const chosen = configured ?? byFeature;
  const enforced = enforce('web_search', chosen ?? 'cached', allowed, { chosen: chosen !== undefined });
  const mayBecomeLive = allowed?.values.includes('live') ?? true;
  return { ...enforced, explicit: chosen !== undefined || !mayBecomeLive };
}

function pinnedSources({ features }: Requirements): Partial<Record<FeatureKey, FeatureSource>> {
  return Object.fromEntries(Object.keys(features?.pins ?? {}).map((key) => [key, 'requirements']));
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
