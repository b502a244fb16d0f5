import type {
  ApprovalsReviewer,
  AskForApproval,
  CollaborationMode,
  DynamicToolSpec,
  HookRunSummary,
  ModeKind,
  Personality,
  RateLimitSnapshot,
  ReasoningEffort,
  ReasoningSummary,
  ResponseItem,
  SandboxPolicy,
  SessionSource,
  Thread,
  ThreadItem,
  ThreadStatus,
  ThreadTokenUsage,
  TurnError,
  TurnPlanStep,
} from '@codex/protocol';
import type { Question } from './questions.ts';

/** What is fixed for the life of a thread; times are milliseconds. */
export interface ThreadHeader {
  id: string;
  createdAt: number;
  cwd: string;
  source: SessionSource;
  /** Name of the client that opened the thread, as sent to the model's provider. */
  originator: string;
  cliVersion: string;
  modelProvider: string;
  ephemeral: boolean;
  /** Where the rollout file is or will be; null for ephemeral threads. */
  path: string | null;
  forkedFromId: string | null;
  agentNickname: string | null;
  agentRole: string | null;
  baseInstructions: string;
  dynamicTools: DynamicToolSpec[];
}

export interface TurnHeader {
  id: string;
  modelContextWindow: number | null;
  mode: ModeKind;
}

/** The settings in force for a turn: what the model was told, and the baseline for telling it what changed. */
export interface TurnContext {
  cwd: string;
  currentDate: string;
  timezone: string;
  approvalPolicy: AskForApproval;
  approvalsReviewer: ApprovalsReviewer;
  sandboxPolicy: SandboxPolicy;
  model: string;
  personality: Personality | null;
  collaborationMode: CollaborationMode;
  effort: ReasoningEffort | null;
  summary: ReasoningSummary;
  userInstructions: string | null;
  developerInstructions: string | null;
  outputSchema: unknown;
  truncationPolicy: { mode: 'bytes' | 'tokens'; limit: number };
}

export type ItemDelta =
  | { kind: 'text'; text: string }
  | { kind: 'planText'; text: string }
  | { kind: 'reasoningSummary'; index: number; text: string }
  | { kind: 'reasoningSummaryPart'; index: number }
  | { kind: 'reasoningText'; index: number; text: string }
  | { kind: 'commandOutput'; text: string }
  | { kind: 'fileOutput'; text: string }
  | { kind: 'mcpProgress'; text: string }
  | { kind: 'terminalInput'; processId: string; text: string };

/** A compaction: the summary and the whole history the model sees from now on. */
export interface CompactionRecord {
  message: string;
  replacement: ResponseItem[];
}

export type TurnEnd = 'completed' | 'interrupted' | 'failed';

export type ThreadEvent =
  | { type: 'thread.opened'; thread: Thread; origin: 'new' | 'resumed' | 'forked' }
  | { type: 'thread.status'; status: ThreadStatus }
  | { type: 'thread.renamed'; name: string | null }
  | { type: 'thread.closed' }
  | { type: 'turn.started'; turn: TurnHeader }
  | { type: 'turn.context'; context: TurnContext }
  | { type: 'turn.diff'; diff: string }
  | { type: 'turn.plan'; explanation: string | null; steps: TurnPlanStep[] }
  | { type: 'turn.usage'; usage: ThreadTokenUsage | null; rateLimits: RateLimitSnapshot | null }
  | { type: 'turn.rerouted'; from: string; to: string }
  | { type: 'turn.retrying'; error: TurnError; attempt: number }
  | { type: 'turn.hook'; run: HookRunSummary }
  | { type: 'turn.ended'; status: TurnEnd; error: TurnError | null }
  | { type: 'item.started'; item: ThreadItem }
  | { type: 'item.delta'; itemId: string; delta: ItemDelta }
  | { type: 'item.completed'; item: ThreadItem }
  | { type: 'question.opened'; question: Question }
  | { type: 'question.closed'; question: Question; outcome: 'answered' | 'withdrawn' }
  | { type: 'context.appended'; items: ResponseItem[] }
  | { type: 'context.compacted'; compaction: CompactionRecord }
  | { type: 'context.rolledBack'; turns: number }
  | { type: 'notice'; level: NoticeLevel; message: string; details: string | null };

/** Clients are told of a deprecation and of a fault; a warning is for who runs the thread in its own process. */
export type NoticeLevel = 'warning' | 'deprecation' | 'fault';

/** An event with its place: `seq` counts 1, 2, 3 … per thread without gaps, `at` is milliseconds. */
export interface Stamped<E extends ThreadEvent = ThreadEvent> {
  seq: number;
  at: number;
  threadId: string;
  turnId: string | null;
  event: E;
}
