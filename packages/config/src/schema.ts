import { appsToml } from './apps.ts';
import {
  anyTable,
  type Decode,
  flag,
  int,
  list,
  map,
  Mismatch,
  oneOf,
  path,
  real,
  struct,
  text,
  u16,
  u64,
  unknownVariant,
  usize,
  within,
  wrongType,
} from './decode.ts';
import { filesystemToml } from './filesystem.ts';
import { networkToml } from './network.ts';
import { isTable, type TomlTable, type TomlValue } from './toml.ts';

/** Decoders for every key of config.toml (spec core §22.2). Keys are as in the file; unknown ones are ignored. */

const effort = oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh');
const texts = list(text);
const textMap = map(text);

const granular = struct(
  'GranularApprovalConfig',
  { sandbox_approval: flag, rules: flag, skill_approval: flag, request_permissions: flag, mcp_elicitations: flag },
  ['sandbox_approval', 'rules', 'mcp_elicitations'],
);
const APPROVALS = ['untrusted', 'on-failure', 'on-request', 'granular', 'never'] as const;

export const sandboxMode = oneOf('read-only', 'workspace-write', 'danger-full-access');
export const webSearchMode = oneOf('disabled', 'cached', 'live');

export const approvalPolicy = (value: TomlValue) => {
  if (typeof value === 'string') {
    const name = APPROVALS.find((known) => known === value && known !== 'granular');
    if (name && name !== 'granular') return name;
    return unknownVariant(value, APPROVALS);
  }
  if (!isTable(value)) throw new Mismatch('wanted string or table');
  const inner = value['granular'];
  if (inner === undefined) return unknownVariant(Object.keys(value)[0] ?? '', APPROVALS);
  const given = within('granular', () => granular(inner));
  return {
    granular: {
      sandbox_approval: given.sandbox_approval,
      rules: given.rules,
      skill_approval: given.skill_approval ?? false,
      request_permissions: given.request_permissions ?? false,
      mcp_elicitations: given.mcp_elicitations,
    },
  };
};

const provider = struct(
  'ModelProviderInfo',
  {
    name: text,
    base_url: text,
    env_key: text,
    env_key_instructions: text,
    experimental_bearer_token: text,
    wire_api: wireApi,
    query_params: textMap,
    http_headers: textMap,
    env_http_headers: textMap,
    request_max_retries: u64,
    stream_max_retries: u64,
    stream_idle_timeout_ms: u64,
    requires_openai_auth: flag,
    supports_websockets: flag,
  },
  ['name'],
);

function wireApi(value: TomlValue): 'responses' {
  if (value === 'chat') {
    throw new Mismatch(
      '`wire_api = "chat"` is no longer supported.\nHow to fix: set `wire_api = "responses"` in your provider config.\nMore info: https://github.com/openai/codex/discussions/7782',
    );
  }
  return oneOf('responses')(value);
}

/** Ids that `[model_providers]` may not define. */
export const RESERVED_PROVIDERS = ['lmstudio', 'ollama', 'openai'] as const;

function providers(value: TomlValue) {
  const reserved = RESERVED_PROVIDERS.filter((id) => isTable(value) && Object.hasOwn(value, id));
  const table = map(provider)(value);
  if (reserved.length > 0) {
    const ids = reserved.map((id) => `\`${id}\``).join(', ');
    throw new Mismatch(
      `model_providers contains reserved built-in provider IDs: ${ids}. Built-in providers cannot be overridden. Rename your custom provider (for example, \`openai-custom\`).`,
      'key',
    );
  }
  return table;
}

const seconds: Decode<number> = (value) => {
  const number = real(value);
  if (number < 0) throw new Mismatch('cannot convert float seconds to Duration: value is negative');
  if (!Number.isFinite(number)) throw new Mismatch('cannot convert float seconds to Duration: value is not finite');
  return number;
};

/** Whether calls of MCP tools are asked about: as a tool says of itself, always, never. */
const approvalMode = oneOf('auto', 'prompt', 'approve');

const mcpFields = struct('RawMcpServerConfig', {
  command: text,
  args: texts,
  env: textMap,
  env_vars: texts,
  cwd: path,
  url: text,
  bearer_token: text,
  bearer_token_env_var: text,
  http_headers: textMap,
  env_http_headers: textMap,
  enabled: flag,
  required: flag,
  startup_timeout_sec: seconds,
  startup_timeout_ms: u64,
  tool_timeout_sec: seconds,
  enabled_tools: texts,
  disabled_tools: texts,
  scopes: texts,
  oauth_resource: text,
  default_tools_approval_mode: approvalMode,
  tools: map(struct('McpToolToml', { approval_mode: approvalMode })),
});
const NOT_STDIO = ['url', 'bearer_token_env_var', 'bearer_token', 'http_headers', 'env_http_headers', 'oauth_resource'];
const NOT_HTTP = ['args', 'env', 'env_vars', 'cwd', 'bearer_token'];

/** One `[mcp_servers.<name>]` table as written, checked to be either a command or an address. */
export type McpServerToml = ReturnType<typeof mcpFields>;

/** Throws `Mismatch`. */
export const mcpServer: Decode<McpServerToml> = (value) => {
  const server = mcpFields(value);
  const transport = server.command !== undefined ? 'stdio' : 'streamable_http';
  if (server.command === undefined && server.url === undefined) throw new Mismatch('invalid transport');
  const misplaced = (transport === 'stdio' ? NOT_STDIO : NOT_HTTP).find((key) => Object.hasOwn(server, key));
  if (misplaced) throw new Mismatch(`${misplaced} is not supported for ${transport}`);
  return server;
};

const webSearchOptions = struct('WebSearchToolConfig', {
  context_size: oneOf('low', 'medium', 'high'),
  allowed_domains: texts,
  location: struct('WebSearchLocation', { country: text, region: text, city: text, timezone: text }),
});

const webSearchTool = (value: TomlValue): WebSearchOptions | undefined => {
  // The plain switch of old has no meaning any more; `web_search` decides.
  if (typeof value === 'boolean') return undefined;
  if (isTable(value)) return webSearchOptions(value);
  return wrongType(value, 'a boolean or struct WebSearchToolConfig');
};

const tools = struct('ToolsToml', { web_search: webSearchTool, view_image: flag });

const role = struct('AgentRoleToml', { description: text, config_file: path, nickname_candidates: texts });
const agentLimits = struct('AgentsToml', { max_threads: int, max_depth: int, job_max_runtime_seconds: int });

const agents = (value: TomlValue) => {
  const limits = agentLimits(value);
  const roles = Object.create(null) as Record<string, RoleToml>;
  for (const [name, entry] of Object.entries(anyTable(value))) {
    if (['max_threads', 'max_depth', 'job_max_runtime_seconds'].includes(name)) continue;
    roles[name] = within(name, () => role(entry));
  }
  return { ...limits, roles };
};

const shared = {
  model: text,
  service_tier: oneOf('fast', 'flex'),
  model_provider: text,
  approval_policy: approvalPolicy,
  approval_timeout_ms: u64,
  approval_timeout_action: oneOf('decline', 'cancel'),
  approvals_reviewer: oneOf('user', 'guardian_subagent'),
  sandbox_mode: sandboxMode,
  model_reasoning_effort: effort,
  plan_mode_reasoning_effort: effort,
  model_reasoning_summary: oneOf('auto', 'concise', 'detailed', 'none'),
  model_verbosity: oneOf('low', 'medium', 'high'),
  model_catalog_json: path,
  personality: oneOf('none', 'friendly', 'pragmatic'),
  chatgpt_base_url: text,
  model_instructions_file: path,
  experimental_instructions_file: path,
  js_repl_node_path: path,
  js_repl_node_module_dirs: list(path),
  zsh_path: path,
  experimental_compact_prompt_file: path,
  include_apply_patch_tool: flag,
  experimental_use_unified_exec_tool: flag,
  experimental_use_freeform_apply_patch: flag,
  tools,
  web_search: webSearchMode,
  analytics: struct('AnalyticsConfigToml', { enabled: flag }),
  windows: anyTable,
  features: map(flag),
  oss_provider: text,
} as const;

const profile = struct('ConfigProfile', { ...shared, tools_view_image: flag });
export type ProfileToml = ReturnType<typeof profile>;

const configToml = struct('ConfigToml', {
  ...shared,
  review_model: text,
  model_providers: providers,
  model_context_window: int,
  model_auto_compact_token_limit: int,
  model_supports_reasoning_summaries: flag,
  instructions: text,
  developer_instructions: text,
  compact_prompt: text,
  commit_attribution: text,
  sandbox_workspace_write: struct('SandboxWorkspaceWrite', {
    writable_roots: list(path),
    network_access: flag,
    exclude_tmpdir_env_var: flag,
    exclude_slash_tmp: flag,
  }),
  default_permissions: text,
  permissions: map(struct('PermissionProfileToml', { filesystem: filesystemToml, network: networkToml })),
  shell_environment_policy: struct('ShellEnvironmentPolicyToml', {
    inherit: oneOf('core', 'all', 'none'),
    ignore_default_excludes: flag,
    exclude: texts,
    set: textMap,
    include_only: texts,
    experimental_use_profile: flag,
  }),
  allow_login_shell: flag,
  background_terminal_max_timeout: u64,
  tool_output_token_limit: usize,
  notify: texts,
  project_doc_max_bytes: usize,
  project_doc_fallback_filenames: texts,
  project_root_markers: texts,
  projects: map(struct('ProjectConfig', { trust_level: oneOf('trusted', 'untrusted') })),
  mcp_servers: map(mcpServer),
  mcp_oauth_credentials_store: oneOf('auto', 'file', 'keyring'),
  mcp_oauth_callback_port: u16,
  mcp_oauth_callback_url: text,
  profile: text,
  profiles: map(profile),
  history: struct('History', { persistence: oneOf('save-all', 'none'), max_bytes: usize }),
  sqlite_home: path,
  log_dir: path,
  file_opener: oneOf('vscode', 'vscode-insiders', 'windsurf', 'cursor', 'none'),
  hide_agent_reasoning: flag,
  show_raw_agent_reasoning: flag,
  agents,
  memories: anyTable,
  skills: struct('SkillsConfig', {
    bundled: struct('BundledSkillsConfig', { enabled: flag }),
    config: list(struct('SkillConfig', { path, enabled: flag }, ['path', 'enabled'])),
  }),
  plugins: map(struct('PluginConfig', { enabled: flag })),
  apps: appsToml,
  suppress_unstable_features_warning: flag,
  ghost_snapshot: anyTable,
  openai_base_url: text,
  forced_login_method: oneOf('chatgpt', 'api'),
  forced_chatgpt_workspace_id: text,
  cli_auth_credentials_store: oneOf('file', 'keyring', 'auto', 'ephemeral'),
  check_for_update_on_startup: flag,
  disable_paste_burst: flag,
  feedback: struct('FeedbackConfigToml', { enabled: flag }),
  otel: anyTable,
  tui: anyTable,
  notice: anyTable,
  audio: anyTable,
  realtime: anyTable,
  windows_wsl_setup_acknowledged: flag,
});
export type ConfigToml = ReturnType<typeof configToml>;
export type ProviderToml = ReturnType<typeof provider>;
export type RoleToml = ReturnType<typeof role>;
export type WebSearchOptions = ReturnType<typeof webSearchOptions>;

/** Checks and types a merged table. Throws `Mismatch`. */
export function decodeConfig(table: TomlTable): ConfigToml {
  return configToml(table);
}
