import type { ReasoningEffort, Verbosity } from '@codex/protocol';
import { baseInstructions, personalityMessages } from './instructions.ts';
import type { ModelRecord } from './record.ts';

const EFFORT_TEXTS: Record<ReasoningEffort, string> = {
  none: 'Answers without reasoning first',
  minimal: 'Hardly any reasoning, for the quickest answers',
  low: 'Quick answers with light reasoning',
  medium: 'A balance of speed and depth for everyday work',
  high: 'Thinks longer, for difficult problems',
  xhigh: 'Thinks longest, for the hardest problems',
};

interface Row {
  slug: string;
  description: string;
  priority: number;
  hidden?: true;
  parallel: boolean;
  verbosity: Verbosity | 'supported' | null;
  truncation: 'tokens' | 'bytes';
  efforts: readonly ReasoningEffort[];
  upgrade: string | null;
  /** The newest generation: no summaries by default, original image detail. */
  newest?: true;
  personality?: true;
  plainShell?: true;
  noPatchTool?: true;
  /** Open-weight models: smaller window, text only. */
  open?: true;
}

const LOW_HIGH = ['low', 'medium', 'high'] as const;
const LOW_XHIGH = ['low', 'medium', 'high', 'xhigh'] as const;
const MEDIUM_HIGH = ['medium', 'high'] as const;

/** Order within a priority matters: the first of the lowest is the default (spec core §6.2). */
// biome-ignore format: a table
const ROWS: readonly Row[] = [
  { slug: 'gpt-5.3-codex', priority: 0, parallel: true, verbosity: 'low', truncation: 'tokens', efforts: LOW_XHIGH, upgrade: 'gpt-5.4', newest: true, personality: true, description: 'Strong coding model for agents; the usual choice.' },
  { slug: 'gpt-5.4', priority: 0, parallel: true, verbosity: 'low', truncation: 'tokens', efforts: LOW_XHIGH, upgrade: null, newest: true, personality: true, description: 'Newest general model, for code and everything around it.' },
  { slug: 'gpt-5.2-codex', priority: 3, parallel: true, verbosity: null, truncation: 'tokens', efforts: LOW_XHIGH, upgrade: 'gpt-5.4', personality: true, description: 'Coding model of the previous generation.' },
  { slug: 'gpt-5.1-codex-max', priority: 4, parallel: false, verbosity: null, truncation: 'tokens', efforts: LOW_XHIGH, upgrade: 'gpt-5.4', description: 'Coding model made for long, deep tasks.' },
  { slug: 'gpt-5.1-codex', priority: 5, hidden: true, parallel: false, verbosity: null, truncation: 'tokens', efforts: LOW_HIGH, upgrade: 'gpt-5.3-codex', description: 'Older coding model.' },
  { slug: 'gpt-5.2', priority: 6, parallel: true, verbosity: 'low', truncation: 'bytes', efforts: LOW_XHIGH, upgrade: 'gpt-5.4', description: 'General model of the previous generation.' },
  { slug: 'gpt-5.1', priority: 7, hidden: true, parallel: true, verbosity: 'low', truncation: 'bytes', efforts: LOW_HIGH, upgrade: 'gpt-5.3-codex', description: 'Older general model.' },
  { slug: 'gpt-5-codex', priority: 10, hidden: true, parallel: false, verbosity: null, truncation: 'tokens', efforts: LOW_HIGH, upgrade: 'gpt-5.3-codex', description: 'First coding model of the fifth generation.' },
  { slug: 'gpt-5', priority: 11, hidden: true, parallel: false, verbosity: 'supported', truncation: 'bytes', efforts: ['minimal', ...LOW_HIGH], upgrade: 'gpt-5.3-codex', plainShell: true, noPatchTool: true, description: 'First general model of the fifth generation.' },
  { slug: 'gpt-oss-120b', priority: 11, hidden: true, parallel: false, verbosity: 'supported', truncation: 'bytes', efforts: LOW_HIGH, upgrade: null, plainShell: true, open: true, description: 'Large open-weight model for your own hardware.' },
  { slug: 'gpt-oss-20b', priority: 11, hidden: true, parallel: false, verbosity: 'supported', truncation: 'bytes', efforts: LOW_HIGH, upgrade: null, plainShell: true, open: true, description: 'Small open-weight model for your own hardware.' },
  { slug: 'gpt-5.1-codex-mini', priority: 12, parallel: false, verbosity: null, truncation: 'tokens', efforts: MEDIUM_HIGH, upgrade: 'gpt-5.4', description: 'Small, quick and inexpensive coding model.' },
  { slug: 'gpt-5-codex-mini', priority: 13, hidden: true, parallel: false, verbosity: null, truncation: 'tokens', efforts: MEDIUM_HIGH, upgrade: 'gpt-5.3-codex', description: 'Older small coding model.' },
];

/** The catalogue that comes with the program. */
export function bundledModels(): ModelRecord[] {
  const instructions = baseInstructions();
  const messages = personalityMessages();
  return ROWS.map((row) => ({
    slug: row.slug,
    displayName: row.slug,
    description: row.description,
    defaultReasoningEffort: 'medium',
    supportedReasoningEfforts: row.efforts.map((effort) => ({ effort, description: EFFORT_TEXTS[effort] })),
    shellType: row.plainShell ? 'default' : 'shell_command',
    visibility: row.hidden ? 'hide' : 'list',
    supportedInApi: true,
    priority: row.priority,
    availabilityNux: null,
    upgrade: row.upgrade ? { model: row.upgrade, migrationMarkdown: migrationText(row.slug, row.upgrade) } : null,
    baseInstructions: instructions,
    modelMessages: row.personality ? messages : null,
    supportsReasoningSummaries: true,
    defaultReasoningSummary: row.newest ? 'none' : 'auto',
    supportVerbosity: row.verbosity !== null,
    defaultVerbosity: row.verbosity === 'supported' ? null : row.verbosity,
    applyPatchToolType: row.noPatchTool ? null : 'freeform',
    webSearchToolType: 'text',
    truncationPolicy: { mode: row.truncation, limit: 10_000 },
    supportsParallelToolCalls: row.parallel,
    supportsImageDetailOriginal: row.newest ?? false,
    contextWindow: row.open ? 128_000 : 272_000,
    autoCompactTokenLimit: null,
    effectiveContextWindowPercent: 95,
    experimentalSupportedTools: [],
    inputModalities: row.open ? ['text'] : ['text', 'image'],
    preferWebsockets: false,
    supportsSearchTool: false,
  }));
}

/** What is assumed about a model nobody knows (spec core §6.3). */
export function fallbackModel(slug: string): ModelRecord {
  return {
    slug,
    displayName: slug,
    description: '',
    defaultReasoningEffort: null,
    supportedReasoningEfforts: [],
    shellType: 'default',
    visibility: 'none',
    supportedInApi: true,
    priority: 99,
    availabilityNux: null,
    upgrade: null,
    baseInstructions: baseInstructions(),
    modelMessages: null,
    supportsReasoningSummaries: false,
    defaultReasoningSummary: 'auto',
    supportVerbosity: false,
    defaultVerbosity: null,
    applyPatchToolType: null,
    webSearchToolType: 'text',
    truncationPolicy: { mode: 'bytes', limit: 10_000 },
    supportsParallelToolCalls: false,
    supportsImageDetailOriginal: false,
    contextWindow: 272_000,
    autoCompactTokenLimit: null,
    effectiveContextWindowPercent: 95,
    experimentalSupportedTools: [],
    inputModalities: ['text', 'image'],
    preferWebsockets: false,
    supportsSearchTool: false,
  };
}

/** The warning that goes with a fallback. */
export function fallbackWarning(slug: string): string {
  return `Model metadata for \`${slug}\` not found. Defaulting to fallback metadata; this can degrade performance and cause issues.`;
}

function migrationText(from: string, to: string): string {
  return `**${to} is available**\n\nIt succeeds ${from} and handles the same work better. You can keep using ${from} if you prefer.`;
}
