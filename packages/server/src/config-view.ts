import { isObject } from '@codex/base';
import type { RequiredNetwork, RequiredSandbox, Requirements } from '@codex/config';
import type { NetworkRequirements, ResultOf } from '@codex/protocol';

type Table = Readonly<Record<string, unknown>>;

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

/** A merged configuration table as clients read it: keys as in the file, what is not set as null or its default. */
export function readableConfig(table: Table): ResultOf<'config/read'>['config'] {
  const { sandbox_workspace_write: workspaceWrite, tools, tui } = table;
  const view = {
    ...Object.fromEntries(KEYS.map((key) => [key, null])),
    mcp_servers: {},
    plugins: {},
    ...table,
    profiles: eachTable(table['profiles'], PROFILE),
    model_providers: eachTable(table['model_providers'], PROVIDER),
    shell_environment_policy: { ...SHELL_ENVIRONMENT, ...asTable(table['shell_environment_policy']) },
    sandbox_workspace_write: isObject(workspaceWrite) ? { ...SANDBOX_WORKSPACE_WRITE, ...workspaceWrite } : null,
    tools: isObject(tools) ? readableTools(tools) : null,
    tui: isObject(tui) ? { ...TUI, ...tui } : null,
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
  return { view_image: null, ...tools, web_search: isObject(search) ? search : null };
}

function eachTable(tables: unknown, defaults: Table): Record<string, unknown> {
  const entries = Object.entries(asTable(tables)).map(([id, entry]) => [id, { ...defaults, ...asTable(entry) }]);
  return Object.fromEntries(entries);
}

function asTable(value: unknown): Table {
  return isObject(value) ? value : {};
}
