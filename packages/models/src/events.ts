import type {
  Provider,
  RateLimitSnapshot,
  ReasoningEffort,
  ReasoningSummary,
  ResponseItem,
  ServiceTier,
  TokenUsageBreakdown,
  TurnError,
  Verbosity,
} from '@codex/protocol';
import type { ModelRecord } from './record.ts';

/** Why a call failed for good; `error` has the text and the wire's error info. */
export type FailureKind =
  | 'contextWindow'
  | 'usageLimit'
  | 'overloaded'
  | 'auth'
  /** Status 400 because an image in the input cannot be read. */
  | 'invalidImage'
  | 'invalidRequest'
  /** Status 429 without a usage limit. */
  | 'rateLimit'
  /** Any other status. */
  | 'http'
  /** Connection or stream trouble. */
  | 'stream';

/** What a model call reports, in order. The last event is `completed` or `failed`, and exactly one of them comes. */
export type ModelEvent =
  | { type: 'created' }
  | { type: 'itemAdded'; item: ResponseItem }
  | { type: 'itemDone'; item: ResponseItem }
  | { type: 'textDelta'; itemId: string; delta: string }
  | { type: 'summaryPart'; itemId: string; index: number }
  | { type: 'summaryDelta'; itemId: string; index: number; delta: string }
  | { type: 'reasoningDelta'; itemId: string; index: number; delta: string }
  | { type: 'rateLimits'; snapshot: RateLimitSnapshot }
  /** The server answers with another model than the one asked for. */
  | { type: 'rerouted'; model: string }
  /** The attempt is lost and will be repeated; items already reported as done stay valid, open ones are void. */
  | { type: 'retrying'; error: TurnError; attempt: number; max: number }
  | {
      type: 'completed';
      responseId: string;
      usage: TokenUsageBreakdown | null;
      /** To be sent with the next request of the same turn. */
      turnState?: string;
      /** The server counts earlier reasoning in `usage`. */
      reasoningIncluded: boolean;
    }
  | { type: 'failed'; error: TurnError; kind: FailureKind; retryable: false };

/** One model call (spec core §3.1). Null for effort, summary or verbosity means the model's default. */
export interface ModelRequest {
  /** Sent as it is. */
  model: string;
  /** The model's record when the caller has adjusted it; default: looked up by `model`. */
  record?: ModelRecord;
  /** Default: the provider given to `createModels`. */
  provider?: Provider;
  instructions: string;
  /** A function is asked again before every attempt, since items completed before a disconnect are in history by then. */
  input: readonly ResponseItem[] | (() => readonly ResponseItem[]);
  tools: readonly unknown[];
  parallelToolCalls: boolean;
  effort: ReasoningEffort | null;
  summary: ReasoningSummary | null;
  verbosity: Verbosity | null;
  outputSchema?: unknown;
  serviceTier: ServiceTier | null;
  threadId: string;
  turnId: string;
  /** Further headers, such as `x-codex-turn-metadata`. */
  headers?: Readonly<Record<string, string>>;
  turnState?: string;
}

/** Receives events synchronously, in the same tick as the bytes arrived. Must not block; what it throws ends the call. */
export type ModelSink = (event: ModelEvent) => void;
