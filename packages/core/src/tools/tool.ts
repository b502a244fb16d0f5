import type { PlannedChange } from '@codex/apply-patch';
import type { FunctionCallOutput, ResponseItem } from '@codex/protocol';
import type { ModelRecord, Models } from '@codex/models';
import type { Config } from '@codex/config';
import type { TurnScope } from '@codex/timeline';
import type { ThreadSettings } from '../thread-types.ts';
import type { ThreadSession } from '../session.ts';

/** A call as the model made it. `input` is the JSON text of a function call or the raw text of a custom one. */
export interface ToolCall {
  callId: string;
  name: string;
  kind: 'function' | 'custom' | 'localShell';
  input: string;
}

/** What goes back to the model. `before` are history items recorded ahead of the output. */
export interface ToolResult {
  output: FunctionCallOutput;
  before?: ResponseItem[];
  /** The user wants the whole turn to stop. */
  stopTurn?: boolean;
}

/** Everything a call may use; lives as long as the turn. */
export interface TurnContextForTools {
  scope: TurnScope;
  signal: AbortSignal;
  settings: Readonly<ThreadSettings>;
  config: Config;
  model: ModelRecord;
  models: Pick<Models, 'list'>;
  session: ThreadSession;
  turnDiff: TurnDiffPort;
  /** What the model sees of the thread so far. */
  history(): readonly ResponseItem[];
}

/** Collects what patches changed in this turn. */
export interface TurnDiffPort {
  /** Call before the files are written. */
  remember(changes: readonly PlannedChange[]): Promise<void>;
  /** Emits the diff of the turn as it stands now. */
  publish(): Promise<void>;
}

export interface SpecContext {
  config: Config;
  settings: Readonly<ThreadSettings>;
  model: ModelRecord;
  /** 0 for a thread a user opened, 1 for one that its agent spawned, and so on. */
  depth: number;
}

export interface Tool {
  /** Names a call may use; the first one is advertised. */
  readonly names: readonly string[];
  /** May run beside other parallel tools of the same response. */
  readonly parallel: boolean;
  /** What the model is told; null when the tool is not offered. Calls are served even then. */
  spec(context: SpecContext): Record<string, unknown> | null;
  /** A call is on its way: what it will need may be got ready. Must return at once and not throw. */
  prepare?(context: TurnContextForTools): void;
  run(call: ToolCall, context: TurnContextForTools): Promise<ToolResult>;
}

export function functionSpec(
  name: string,
  description: string,
  parameters: Record<string, unknown>,
): Record<string, unknown> {
  return { type: 'function', name, description, strict: false, parameters };
}

export function text(output: string): ToolResult {
  return { output };
}
