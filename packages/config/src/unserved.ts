import { FEATURES, type FeatureFlags, type FeatureKey, type FeatureSource } from './features.ts';
import type { TomlTable } from './toml.ts';

/** Keys of config.toml that are about something this version does not have. */
const KEYS = [
  'memories',
  'ghost_snapshot',
  'otel',
  'audio',
  'realtime',
  'zsh_path',
  'js_repl_node_path',
  'js_repl_node_module_dirs',
] as const;

const NOT_HERE: ReadonlySet<FeatureKey> = new Set<FeatureKey>([
  'artifact',
  'code_mode',
  'code_mode_only',
  'enable_fanout',
  'guardian_approval',
  'image_generation',
  'js_repl',
  'js_repl_tools_only',
  'memories',
  'prevent_idle_sleep',
  'realtime_conversation',
  'responses_websockets',
  'responses_websockets_v2',
  'runtime_metrics',
  'skill_env_var_dependency_prompt',
  'tool_call_mcp_elicitation',
  'tool_suggest',
  'undo',
  'voice_transcription',
]);

/** What was set and has no effect here, a remark each. */
export function unservedSettings(
  table: TomlTable,
  flags: FeatureFlags,
  sources: Readonly<Record<FeatureKey, FeatureSource>>,
): string[] {
  const keys = KEYS.filter((key) => table[key] !== undefined).map((key) => `\`${key}\``);
  const features = (Object.keys(FEATURES) as FeatureKey[])
    .filter((key) => NOT_HERE.has(key) && flags[key] && sources[key] !== 'default')
    .map((key) => `\`features.${key}\``);
  return [...keys, ...features].map((name) => `${name} has no effect: this version does not have what it is about.`);
}
