import type { ThreadItem, TurnPlanStep } from '@codex/protocol';

/** One settled piece of the transcript. */
export type Cell =
  | {
      kind: 'banner';
      version: string;
      model: string;
      effort: string | null;
      folder: string;
      approval: string;
      sandbox: string;
    }
  | { kind: 'item'; item: ThreadItem }
  /** A part of what the model said: whole blocks of Markdown. */
  | { kind: 'said'; text: string; isFirst: boolean }
  | { kind: 'plan'; explanation: string | null; steps: readonly TurnPlanStep[] }
  | { kind: 'notice'; level: 'info' | 'warning' | 'error' | 'good'; text: string; detail?: string }
  /** What was asked and what the person chose. */
  | { kind: 'answered'; isYes: boolean; text: string }
  | { kind: 'ended'; ms: number }
  /** The beginning of a long session: named when printed; in the transcript, but for the oldest of very many turns. */
  | { kind: 'earlier'; turns: number; missing: number; cells: readonly Cell[] }
  | { kind: 'facts'; title: string; rows: readonly (readonly [name: string, value: string])[] }
  | { kind: 'shell'; command: string; output: string; exitCode: number | null };
