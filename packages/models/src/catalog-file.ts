import { readFile } from 'node:fs/promises';
import { CodexError, systemCode, toMessage } from '@codex/base';
import { lazy, ReasoningEffort, ReasoningSummary, Verbosity } from '@codex/protocol';
import { z } from 'zod';
import type { ModelRecord } from './record.ts';

const Entry = lazy(() =>
  z.object({
    slug: z.string().min(1),
    display_name: z.string(),
    description: z.string().nullish(),
    default_reasoning_level: ReasoningEffort().nullish(),
    supported_reasoning_levels: z.array(z.object({ effort: ReasoningEffort(), description: z.string() })),
    shell_type: z.enum(['default', 'local', 'unified_exec', 'disabled', 'shell_command']),
    visibility: z.enum(['list', 'hide', 'none']),
    supported_in_api: z.boolean(),
    priority: z.number().int(),
    availability_nux: z.object({ message: z.string() }).nullish(),
    upgrade: z.object({ model: z.string(), migration_markdown: z.string() }).nullish(),
    base_instructions: z.string(),
    model_messages: z
      .object({
        instructions_template: z.string().nullish(),
        instructions_variables: z
          .object({
            personality_default: z.string().nullish(),
            personality_friendly: z.string().nullish(),
            personality_pragmatic: z.string().nullish(),
          })
          .nullish(),
      })
      .nullish(),
    supports_reasoning_summaries: z.boolean().default(false),
    default_reasoning_summary: ReasoningSummary().default('auto'),
    support_verbosity: z.boolean(),
    default_verbosity: Verbosity().nullish(),
    apply_patch_tool_type: z.enum(['freeform', 'function']).nullish(),
    web_search_tool_type: z.enum(['text', 'text_and_image']).default('text'),
    truncation_policy: z.object({ mode: z.enum(['bytes', 'tokens']), limit: z.number().int().min(0) }),
    supports_parallel_tool_calls: z.boolean(),
    supports_image_detail_original: z.boolean().default(false),
    context_window: z.number().int().min(0).nullish(),
    auto_compact_token_limit: z.number().int().min(0).nullish(),
    effective_context_window_percent: z.number().int().default(95),
    experimental_supported_tools: z.array(z.string()),
    input_modalities: z.array(z.enum(['text', 'image'])).default(['text', 'image']),
    prefer_websockets: z.boolean().default(false),
    supports_search_tool: z.boolean().default(false),
  }),
);
type Entry = z.infer<ReturnType<typeof Entry>>;

const File = lazy(() => z.object({ models: z.array(Entry()) }));

/** Reads the catalogue named by `model_catalog_json` (spec core §6.1). Throws CodexError `config` naming path and field. */
export async function readCatalogFile(path: string): Promise<ModelRecord[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const reason = systemCode(error) === 'ENOENT' ? 'No such file or directory (os error 2)' : toMessage(error);
    throw new CodexError('config', `failed to read model_catalog_json path \`${path}\`: ${reason}`, { cause: error });
  }
  const bad = (reason: string, cause?: unknown) =>
    new CodexError('config', `failed to parse model_catalog_json path \`${path}\` as JSON: ${reason}`, { cause });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw bad(toMessage(error), error);
  }
  const parsed = File().safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw bad(issue ? `${issue.path.join('.') || 'top level'}: ${issue.message}` : 'wrong shape', parsed.error);
  }
  if (parsed.data.models.length === 0)
    throw new CodexError('config', `model_catalog_json path \`${path}\` must contain at least one model`);
  return parsed.data.models.map(toRecord);
}

function toRecord(entry: Entry): ModelRecord {
  const template = entry.model_messages?.instructions_template;
  const variables = entry.model_messages?.instructions_variables;
  return {
    slug: entry.slug,
    displayName: entry.display_name,
    description: entry.description ?? '',
    defaultReasoningEffort: entry.default_reasoning_level ?? null,
    supportedReasoningEfforts: entry.supported_reasoning_levels,
    shellType: entry.shell_type,
    visibility: entry.visibility,
    supportedInApi: entry.supported_in_api,
    priority: entry.priority,
    availabilityNux: entry.availability_nux ?? null,
    upgrade: entry.upgrade ? { model: entry.upgrade.model, migrationMarkdown: entry.upgrade.migration_markdown } : null,
    baseInstructions: entry.base_instructions,
    modelMessages: template
      ? {
          instructionsTemplate: template,
          personalityDefault: variables?.personality_default ?? '',
          personalityFriendly: variables?.personality_friendly ?? '',
          personalityPragmatic: variables?.personality_pragmatic ?? '',
        }
      : null,
    supportsReasoningSummaries: entry.supports_reasoning_summaries,
    defaultReasoningSummary: entry.default_reasoning_summary,
    supportVerbosity: entry.support_verbosity,
    defaultVerbosity: entry.default_verbosity ?? null,
    applyPatchToolType: entry.apply_patch_tool_type ?? null,
    webSearchToolType: entry.web_search_tool_type,
    truncationPolicy: entry.truncation_policy,
    supportsParallelToolCalls: entry.supports_parallel_tool_calls,
    supportsImageDetailOriginal: entry.supports_image_detail_original,
    contextWindow: entry.context_window ?? null,
    autoCompactTokenLimit: entry.auto_compact_token_limit ?? null,
    effectiveContextWindowPercent: entry.effective_context_window_percent,
    experimentalSupportedTools: entry.experimental_supported_tools,
    inputModalities: entry.input_modalities,
    preferWebsockets: entry.prefer_websockets,
    supportsSearchTool: entry.supports_search_tool,
  };
}
