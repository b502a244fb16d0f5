import { isObject } from '@codex/base';
import type { RequiredNetwork, RequiredSandbox, Requirements } from '@codex/config';
import type { NetworkRequirements, ResultOf } from '@codex/protocol';

type Table = Readonly<Record<string, unknown>>;

const APPS_DEFAULT = { enabled: true, destructive_enabled: true, open_world_enabled: true };

/** Keys that clients find in `config/read` whether they are set or not, null when not (§17.1). */
const KEYS = [
  'model',
  'review_model',
  'model_context_window',
  'model_auto_compact_token_limit',
  'model_provider',
  'approval_policy',
  'approvals_reviewer',
  'sandbox_mode',
  'sandbox_workspace_write',
  'forced_chatgpt_workspace_id',
  'forced_login_method',
  'web_search',
  'tools',
  'profile',
  'instructions',
  'developer_instructions',
  'compact_prompt',
  'model_reasoning_effort',
  'model_reasoning_summary',
  'model_verbosity',
  'service_tier',
  'analytics',
  'apps',
  'agents',
  'allow_login_shell',
  'audio',
  'background_terminal_max_timeout',
  'chatgpt_base_url',
  'check_for_update_on_startup',
  'cli_auth_credentials_store',
  'commit_attribution',
  'default_permissions',
  'disable_paste_burst',
  'experimental_compact_prompt_file',
  'experimental_instructions_file',
  'experimental_realtime_start_instructions',
  'experimental_realtime_ws_backend_prompt',
  'experimental_realtime_ws_base_url',
  'experimental_realtime_ws_model',
  'experimental_realtime_ws_startup_context',
  'experimental_use_freeform_apply_patch',
  'experimental_use_unified_exec_tool',
  'features',
  'feedback',
  'file_opener',
  'ghost_snapshot',
  'hide_agent_reasoning',
  'history',
  'js_repl_node_module_dirs',
  'js_repl_node_path',
  'log_dir',
  'mcp_oauth_callback_port',
  'mcp_oauth_callback_url',
  'mcp_oauth_credentials_store',
  'memories',
  'model_catalog_json',
  'model_instructions_file',
  'model_supports_reasoning_summaries',
  'notice',
  'notify',
  'openai_base_url',
  'oss_provider',
  'otel',
  'permissions',
  'personality',
  'plan_mode_reasoning_effort',
  'project_doc_fallback_filenames',
  'project_doc_max_bytes',
  'project_root_markers',
  'projects',
  'realtime',
  'show_raw_agent_reasoning',
  'skills',
  'sqlite_home',
  'suppress_unstable_features_warning',
  'tool_output_token_limit',
  'tui',
  'windows',
  'windows_wsl_setup_acknowledged',
  'zsh_path',
] as const;

/** What other versions do not have is shown when it is set. */
const OWN_KEYS = ['approval_timeout_ms', 'approval_timeout_action'] as const;

const PROVIDER = {
  name: null,
  base_url: null,
  env_key: null,
  env_key_instructions: null,
  experimental_bearer_token: null,
  wire_api: 'responses',
  query_params: null,
  http_headers: null,
  env_http_headers: null,
  request_max_retries: null,
  stream_max_retries: null,
  stream_idle_timeout_ms: null,
  requires_openai_auth: false,
  supports_websockets: false,
};

const SHELL_ENVIRONMENT = {
  inherit: null,
  ignore_default_excludes: null,
  exclude: null,
  set: null,
  include_only: null,
  experimental_use_profile: null,
};

const SANDBOX_WORKSPACE_WRITE = {
  writable_roots: [],
  network_access: false,
  exclude_tmpdir_env_var: false,
  exclude_slash_tmp: false,
};

const PROFILE = {
  model: null,
  model_provider: null,
  approval_policy: null,
  approvals_reviewer: null,
  service_tier: null,
  model_reasoning_effort: null,
  model_reasoning_summary: null,
  model_verbosity: null,
  web_search: null,
  tools: null,
  chatgpt_base_url: null,
  sandbox_mode: null,
  experimental_use_freeform_apply_patch: null,
  zsh_path: null,
  model_catalog_json: null,
  oss_provider: null,
  model_instructions_file: null,
  windows: null,
  js_repl_node_path: null,
  experimental_use_unified_exec_tool: null,
  personality: null,
  experimental_instructions_file: null,
  include_apply_patch_tool: null,
  experimental_compact_prompt_file: null,
  plan_mode_reasoning_effort: null,
  js_repl_node_module_dirs: null,
  tools_view_image: null,
  features: null,
  analytics: null,
};

const TUI = {
  notifications: true,
  notification_method: 'auto',
  animations: true,
  show_tooltips: true,
  alternate_screen: 'auto',
  status_line: null,
  theme: null,
  model_availability_nux: {},
};

const GRANULAR = { skill_approval: false, request_permissions: false };

const APP = {
  enabled: true,
  destructive_enabled: null,
  open_world_enabled: null,
  default_tools_approval_mode: null,
  default_tools_enabled: null,
  tools: null,
};

const NETWORK = nulls(
  ...['enabled', 'proxy_url', 'enable_socks5', 'socks_url', 'enable_socks5_udp', 'allow_upstream_proxy'],
  ...['dangerously_allow_non_loopback_proxy', 'dangerously_allow_all_unix_sockets', 'mode', 'allowed_domains'],
  ...['denied_domains', 'allow_unix_sockets', 'allow_local_binding'],
);

/** Tables whose members clients find whether they are set or not. */
const SECTIONS: Readonly<Record<string, Table>> = {
  sandbox_workspace_write: SANDBOX_WORKSPACE_WRITE,
  tui: TUI,
  history: nulls('persistence', 'max_bytes'),
  audio: nulls('microphone', 'speaker'),
  realtime: nulls('version', 'type'),
  memories: nulls(
    ...['no_memories_if_mcp_or_web_search', 'generate_memories', 'use_memories', 'max_raw_memories_for_consolidation'],
    ...['max_unused_days', 'max_rollout_age_days', 'max_rollouts_per_startup', 'min_rollout_idle_hours'],
    ...['extract_model', 'consolidation_model'],
  ),
  otel: nulls('log_user_prompt', 'environment', 'exporter', 'trace_exporter', 'metrics_exporter'),
  ghost_snapshot: nulls('ignore_large_untracked_files', 'ignore_large_untracked_dirs', 'disable_warnings'),
  notice: {
    ...nulls(
      ...['hide_full_access_warning', 'hide_world_writable_warning', 'hide_rate_limit_model_nudge'],
      ...['hide_gpt5_1_migration_prompt', 'hide_gpt-5.1-codex-max_migration_prompt'],
    ),
    model_migrations: {},
  },
  windows: nulls('sandbox', 'sandbox_private_desktop'),
};

/** A merged configuration table as clients read it: keys as in the file, what is not set as null or its default. */
export function readableConfig(table: Table): ResultOf<'config/read'>['config'] {
  const { approval_policy: approval, tools, apps, agents, permissions } = table;
  const sections = Object.entries(SECTIONS).map(([key, defaults]) => [key, withDefaults(table[key], defaults)]);
  const own = OWN_KEYS.flatMap((key) => (table[key] === undefined ? [] : [[key, table[key]]]));
  const view = {
    ...Object.fromEntries(KEYS.map((key) => [key, table[key] ?? null])),
    ...Object.fromEntries(own),
    ...Object.fromEntries(sections),
    approval_policy: isObject(approval)
      ? { ...approval, granular: withDefaults(approval['granular'], GRANULAR) }
      : (approval ?? null),
    mcp_servers: mapTables(table['mcp_servers'], readableServer),
    plugins: asTable(table['plugins']),
    profiles: eachTable(table['profiles'], PROFILE),
    model_providers: eachTable(table['model_providers'], PROVIDER),
    shell_environment_policy: { ...SHELL_ENVIRONMENT, ...asTable(table['shell_environment_policy']) },
    tools: isObject(tools) ? readableTools(tools) : null,
    apps: isObject(apps)
      ? mapTables(apps, (app, id) => ({ ...(id === '_default' ? APPS_DEFAULT : APP), ...app }))
      : null,
    agents: isObject(agents) ? readableAgents(agents) : null,
    permissions: isObject(permissions) ? mapTables(permissions, readablePermissions) : null,
  };
  return view as unknown as ResultOf<'config/read'>['config'];
}

/** What an administrator prescribes (§17.3), null when that is nothing that clients are shown. */
export function readableRequirements(requirements: Requirements): ResultOf<'configRequirements/read'>['requirements'] {
  const { approvalPolicies, sandboxModes, webSearchModes, features, mcpServers, residency, network, rules } =
    requirements;
  const given = [approvalPolicies, sandboxModes, webSearchModes, features, mcpServers, residency, network];
  if (rules.length === 0 && given.every((each) => each === null)) return null;
  return {
    allowedApprovalPolicies: approvalPolicies ? [...approvalPolicies.values] : null,
    allowedSandboxModes: sandboxModes?.values.filter(isMode) ?? null,
    allowedWebSearchModes: webSearchModes ? [...webSearchModes.values] : null,
    featureRequirements: features ? { ...features.pins } : null,
    enforceResidency: residency,
    network: network && readableNetwork(network),
  };
}

function readableNetwork(network: RequiredNetwork): NetworkRequirements {
  const texts = (list: readonly string[] | undefined) => list?.slice() ?? null;
  return {
    enabled: network.enabled ?? null,
    httpPort: network.http_port ?? null,
    socksPort: network.socks_port ?? null,
    allowUpstreamProxy: network.allow_upstream_proxy ?? null,
    dangerouslyAllowNonLoopbackProxy: network.dangerously_allow_non_loopback_proxy ?? null,
    dangerouslyAllowAllUnixSockets: network.dangerously_allow_all_unix_sockets ?? null,
    allowedDomains: texts(network.allowed_domains),
    deniedDomains: texts(network.denied_domains),
    allowUnixSockets: texts(network.allow_unix_sockets),
    allowLocalBinding: network.allow_local_binding ?? null,
  };
}

function isMode(name: RequiredSandbox): name is Exclude<RequiredSandbox, 'external-sandbox'> {
  return name !== 'external-sandbox';
}

/** The old switch `web_search = true` is no setting of the search, and is not shown as one. */
function readableTools(tools: Table): Table {
  const { web_search: search } = tools;
  const shown = isObject(search) ? { ...nulls('context_size', 'allowed_domains', 'location'), ...search } : null;
  return { view_image: null, ...tools, web_search: shown };
}

function readableServer(server: Table): Table {
  return {
    enabled: true,
    tool_timeout_sec: null,
    ...(typeof server['command'] === 'string' && { args: [] }),
    ...server,
  };
}

/** Limits, and beside them roles by their names. */
function readableAgents(agents: Table): Table {
  const role = nulls('description', 'config_file', 'nickname_candidates');
  const shown = Object.entries(agents).map(([key, value]) => [key, withDefaults(value, role) ?? value]);
  return { ...nulls('max_threads', 'max_depth', 'job_max_runtime_seconds'), ...Object.fromEntries(shown) };
}

function readablePermissions(profile: Table): Table {
  return { filesystem: null, ...profile, network: withDefaults(profile['network'], NETWORK) };
}

function withDefaults(value: unknown, defaults: Table): Table | null {
  return isObject(value) ? { ...defaults, ...value } : null;
}

function nulls(...keys: readonly string[]): Table {
  return Object.fromEntries(keys.map((key) => [key, null]));
}

function mapTables(tables: unknown, read: (table: Table, id: string) => Table): Table {
  return Object.fromEntries(Object.entries(asTable(tables)).map(([id, table]) => [id, read(asTable(table), id)]));
}

function eachTable(tables: unknown, defaults: Table): Table {
  return mapTables(tables, (table) => ({ ...defaults, ...table }));
}

function asTable(value: unknown): Table {
  return isObject(value) ? value : {};
}
