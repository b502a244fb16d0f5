import type { InputModality, ReasoningEffort, ReasoningSummary, Verbosity } from '@codex/protocol';

/** What is known about one model (spec core §6.1). */
export interface ModelRecord {
  readonly slug: string;
  readonly displayName: string;
  readonly description: string;
  readonly defaultReasoningEffort: ReasoningEffort | null;
  readonly supportedReasoningEfforts: readonly { effort: ReasoningEffort; description: string }[];
  readonly shellType: 'default' | 'local' | 'unified_exec' | 'disabled' | 'shell_command';
  /** Only `list` shows up in pickers. */
  readonly visibility: 'list' | 'hide' | 'none';
  readonly supportedInApi: boolean;
  /** Ascending order in lists; the first visible model is the default. */
  readonly priority: number;
  readonly availabilityNux: { message: string } | null;
  readonly upgrade: { model: string; migrationMarkdown: string } | null;
  readonly baseInstructions: string;
  readonly modelMessages: ModelMessages | null;
  readonly supportsReasoningSummaries: boolean;
  readonly defaultReasoningSummary: ReasoningSummary;
  readonly supportVerbosity: boolean;
  readonly defaultVerbosity: Verbosity | null;
  readonly applyPatchToolType: 'freeform' | 'function' | null;
  readonly webSearchToolType: 'text' | 'text_and_image';
  /** Limit for one tool output. */
  readonly truncationPolicy: { mode: 'bytes' | 'tokens'; limit: number };
  readonly supportsParallelToolCalls: boolean;
  readonly supportsImageDetailOriginal: boolean;
  /** Tokens. */
  readonly contextWindow: number | null;
  /** Tokens; null means 90 % of the window. */
  readonly autoCompactTokenLimit: number | null;
  readonly effectiveContextWindowPercent: number;
  readonly experimentalSupportedTools: readonly string[];
  readonly inputModalities: readonly InputModality[];
  readonly preferWebsockets: boolean;
  readonly supportsSearchTool: boolean;
}

/** Instructions with a `{{ personality }}` gap, and the texts that may fill it. */
export interface ModelMessages {
  readonly instructionsTemplate: string;
  readonly personalityDefault: string;
  readonly personalityFriendly: string;
  readonly personalityPragmatic: string;
}
