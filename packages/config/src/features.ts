import type { TomlTable } from './toml.ts';

export type FeatureStage = 'stable' | 'experimental' | 'underDevelopment' | 'removed' | 'deprecated';

export interface Feature {
  readonly stage: FeatureStage;
  readonly defaultEnabled: boolean;
}

const row = (stage: FeatureStage, defaultEnabled = false): Feature => ({ stage, defaultEnabled });
const windows = process.platform === 'win32';

/** Every feature with its stage and default (spec core §23.2). */
export const FEATURES = {
  apply_patch_freeform: row('underDevelopment'),
  apps: row('experimental'),
  artifact: row('underDevelopment'),
  child_agents_md: row('underDevelopment'),
  code_mode: row('underDevelopment'),
  code_mode_only: row('underDevelopment'),
  codex_git_commit: row('underDevelopment'),
  codex_hooks: row('underDevelopment'),
  collaboration_modes: row('removed', true),
  default_mode_request_user_input: row('underDevelopment'),
  elevated_windows_sandbox: row('removed'),
  enable_fanout: row('underDevelopment'),
  enable_request_compression: row('stable', true),
  exec_permission_approvals: row('underDevelopment'),
  experimental_windows_sandbox: row('removed'),
  fast_mode: row('stable', true),
  guardian_approval: row('experimental'),
  image_detail_original: row('underDevelopment'),
  image_generation: row('underDevelopment'),
  js_repl: row('experimental'),
  js_repl_tools_only: row('underDevelopment'),
  memories: row('underDevelopment'),
  multi_agent: row('stable', true),
  personality: row('stable', true),
  plugins: row('underDevelopment'),
  powershell_utf8: row('underDevelopment', windows),
  prevent_idle_sleep: row('experimental'),
  realtime_conversation: row('underDevelopment'),
  remote_models: row('removed'),
  request_permissions_tool: row('underDevelopment'),
  request_rule: row('removed'),
  responses_websockets: row('underDevelopment'),
  responses_websockets_v2: row('underDevelopment'),
  runtime_metrics: row('underDevelopment'),
  search_tool: row('removed'),
  shell_snapshot: row('stable', true),
  shell_tool: row('stable', true),
  shell_zsh_fork: row('underDevelopment'),
  skill_env_var_dependency_prompt: row('underDevelopment'),
  skill_mcp_dependency_install: row('stable', true),
  sqlite: row('removed', true),
  steer: row('removed', true),
  tool_call_mcp_elicitation: row('underDevelopment'),
  tool_suggest: row('underDevelopment'),
  undo: row('stable'),
  unified_exec: row('stable', !windows),
  use_legacy_landlock: row('stable'),
  use_linux_sandbox_bwrap: row('removed'),
  voice_transcription: row('underDevelopment'),
  web_search_cached: row('deprecated'),
  web_search_request: row('deprecated'),
} as const satisfies Record<string, Feature>;

export type FeatureKey = keyof typeof FEATURES;
export type FeatureFlags = Readonly<Record<FeatureKey, boolean>>;
/** What last set a feature. */
export type FeatureSource = 'default' | 'config' | 'profile' | 'requirements';

const LEGACY: Readonly<Record<string, FeatureKey>> = {
  connectors: 'apps',
  collab: 'multi_agent',
  memory_tool: 'memories',
  web_search: 'web_search_request',
  request_permissions: 'exec_permission_approvals',
  enable_experimental_windows_sandbox: 'experimental_windows_sandbox',
  experimental_use_unified_exec_tool: 'unified_exec',
  experimental_use_freeform_apply_patch: 'apply_patch_freeform',
  include_apply_patch_tool: 'apply_patch_freeform',
};
/** Legacy names that stand outside `[features]`, at the top level or in a profile. */
const LOOSE = [
  'include_apply_patch_tool',
  'experimental_use_freeform_apply_patch',
  'experimental_use_unified_exec_tool',
] as const;

/** The current key of a feature's name, legacy names included; null when there is none. */
export function featureKey(name: string): FeatureKey | null {
  if (Object.hasOwn(FEATURES, name)) return name as FeatureKey;
  return Object.hasOwn(LEGACY, name) ? (LEGACY[name] ?? null) : null;
}

export function isFeatureName(name: string): boolean {
  return featureKey(name) !== null;
}

/** What the user should know about an outdated setting (`deprecationNotice`). */
export interface Notice {
  readonly summary: string;
  readonly details: string | null;
}

export interface ResolvedFeatures {
  readonly flags: FeatureFlags;
  readonly sources: Readonly<Record<FeatureKey, FeatureSource>>;
  readonly deprecations: readonly Notice[];
  readonly warnings: readonly string[];
}

/** The two tables that may set features; `features` is already checked to hold booleans only. */
export interface FeatureSettings {
  readonly features?: Readonly<Record<string, boolean>> | undefined;
  readonly include_apply_patch_tool?: boolean | undefined;
  readonly experimental_use_freeform_apply_patch?: boolean | undefined;
  readonly experimental_use_unified_exec_tool?: boolean | undefined;
}

/** Defaults, then config (which holds `--enable/--disable` as its top layer), then profile (spec core §23.2). */
export function resolveFeatures(config: FeatureSettings, profile: FeatureSettings = {}): ResolvedFeatures {
  const flags = mapFeatures((feature) => feature.defaultEnabled);
  const sources = mapFeatures((): FeatureSource => 'default');
  const notices = new Map<string, Notice>();
  const warnings: string[] = [];
  const set = (name: string, enabled: boolean, source: FeatureSource) => {
    const key = featureKey(name);
    if (key === null) {
      warnings.push(`Unknown feature \`${name}\` in the configuration is ignored.`);
      return;
    }
    const notice = deprecation(name, key, enabled);
    if (notice) notices.set(name, notice);
    flags[key] = enabled;
    sources[key] = source;
  };
  for (const [settings, source] of [[config, 'config'] as const, [profile, 'profile'] as const]) {
    for (const name of LOOSE) {
      const enabled = settings[name];
      if (enabled !== undefined) set(name, enabled, source);
    }
    for (const [name, enabled] of inOrder(settings.features ?? {})) set(name, enabled, source);
  }
  if (flags.code_mode_only) flags.code_mode = true;
  if (flags.js_repl_tools_only && !flags.js_repl) {
    flags.js_repl_tools_only = false;
    warnings.push('`js_repl_tools_only` has no effect without `js_repl` and is switched off.');
  }
  const byName = [...notices.keys()].sort().flatMap((name) => notices.get(name) ?? []);
  return { flags, sources, deprecations: byName, warnings };
}

/** The enabled features of the experimental stage, by name. */
export function featuresOnTrial(flags: FeatureFlags): FeatureKey[] {
  return (Object.keys(FEATURES) as FeatureKey[]).filter((key) => FEATURES[key].stage === 'experimental' && flags[key]);
}

/** The start-up warning about unfinished features; null when none was switched on. */
export function underDevelopmentWarning(features: TomlTable | undefined, flags: FeatureFlags): string | null {
  const enabled = Object.keys(features ?? {})
    .filter((name) => features?.[name] === true)
    .map(featureKey)
    .filter((key) => key !== null)
    .filter((key) => FEATURES[key].stage === 'underDevelopment' && flags[key])
    .sort();
  if (enabled.length === 0) return null;
  return (
    `Under-development features enabled: ${[...new Set(enabled)].join(', ')}. ` +
    'They are incomplete and may change or fail at any time. ' +
    'To hide this warning, set `suppress_unstable_features_warning = true` in config.toml.'
  );
}

/** A current name wins over the legacy name of the same feature, wherever it stands in the table. */
function inOrder(features: Readonly<Record<string, boolean>>): [string, boolean][] {
  const rank = ([name]: [string, boolean]) => (Object.hasOwn(FEATURES, name) ? 1 : 0);
  return Object.entries(features).sort((a, b) => rank(a) - rank(b));
}

function deprecation(name: string, key: FeatureKey, enabled: boolean): Notice | null {
  if (key === 'use_legacy_landlock' && enabled) {
    return {
      summary: `\`[features].${name}\` has no effect: Landlock is not used.`,
      details:
        'On Linux commands are confined by bubblewrap; where that does not work they are refused, and told what is missing.',
    };
  }
  if (key === 'web_search_request' || key === 'web_search_cached') {
    return {
      summary: `\`[features].${name}\` is deprecated because web search is enabled by default.`,
      details:
        'Web search is set by the top-level key `web_search` in config.toml (or in a profile): `"live"`, `"cached"` or `"disabled"`.',
    };
  }
  if (name === key) return null;
  return {
    summary: `\`[features].${name}\` is deprecated. Use \`[features].${key}\` instead.`,
    details: `Set it by \`--enable ${key}\` or by \`[features].${key}\` in config.toml.`,
  };
}

function mapFeatures<T>(of: (feature: Feature) => T): Record<FeatureKey, T> {
  const entries = Object.entries(FEATURES).map(([key, feature]) => [key, of(feature)] as const);
  return Object.fromEntries(entries) as Record<FeatureKey, T>;
}
