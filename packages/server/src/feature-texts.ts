/** Feature flags in the order clients know, and what to tell users about those still on trial. */
export const FEATURE_ORDER: readonly string[] = [
  'undo',
  'shell_tool',
  'unified_exec',
  'shell_zsh_fork',
  'shell_snapshot',
  'js_repl',
  'code_mode',
  'code_mode_only',
  'js_repl_tools_only',
  'web_search_request',
  'web_search_cached',
  'search_tool',
  'codex_git_commit',
  'runtime_metrics',
  'sqlite',
  'memories',
  'child_agents_md',
  'image_detail_original',
  'apply_patch_freeform',
  'exec_permission_approvals',
  'codex_hooks',
  'request_permissions_tool',
  'use_linux_sandbox_bwrap',
  'use_legacy_landlock',
  'request_rule',
  'experimental_windows_sandbox',
  'elevated_windows_sandbox',
  'remote_models',
  'powershell_utf8',
  'enable_request_compression',
  'multi_agent',
  'enable_fanout',
  'apps',
  'tool_suggest',
  'plugins',
  'image_generation',
  'skill_mcp_dependency_install',
  'skill_env_var_dependency_prompt',
  'steer',
  'default_mode_request_user_input',
  'guardian_approval',
  'collaboration_modes',
  'tool_call_mcp_elicitation',
  'personality',
  'artifact',
  'fast_mode',
  'voice_transcription',
  'realtime_conversation',
  'prevent_idle_sleep',
  'responses_websockets',
  'responses_websockets_v2',
];

export interface FeatureTexts {
  displayName: string;
  description: string;
  announcement: string;
}

export const TRIAL_TEXTS: Readonly<Record<string, FeatureTexts>> = {
  js_repl: {
    displayName: 'JavaScript session',
    description: 'A lasting JavaScript session as a tool of the model.',
    announcement: 'New on trial: a JavaScript session for the model.',
  },
  apps: {
    displayName: 'Apps',
    description: 'Tools of connected apps; needs a ChatGPT login.',
    announcement: 'New on trial: tools of connected apps.',
  },
  guardian_approval: {
    displayName: 'Approval by a reviewer agent',
    description: 'An agent judges commands that would otherwise wait for you.',
    announcement: 'New on trial: an agent that judges commands for you.',
  },
  prevent_idle_sleep: {
    displayName: 'Stay awake',
    description: 'The computer does not go to sleep while a turn runs.',
    announcement: 'New on trial: no sleep while a turn runs.',
  },
};
