import type { Config } from '@codex/config';
import type { Mcp } from '@codex/mcp-client';
import type { Models } from '@codex/models';
import type { UserInput } from '@codex/protocol';
import type { Timeline } from '@codex/timeline';
import type { ThreadSession } from '../session.ts';
import type { ReviewRequest, ThreadSettings } from '../thread-types.ts';
import type { ToolBox } from '../tools/registry.ts';
import type { Steering } from './steering.ts';

/** One turn with everything it needs; the settings are a snapshot that nobody changes. */
export interface TurnRun {
  turnId: string;
  /** A regular turn answers its input; a compaction has none. */
  kind: 'regular' | 'compaction' | 'review';
  /** Also waits in `steering`, in front of what comes later. */
  input: UserInput[];
  /** Of a review. */
  review: ReviewRequest | null;
  outputSchema: unknown;
  clientName: string | null;
  settings: ThreadSettings;
  config: Config;
  models: Models;
  mcp: Mcp;
  session: ThreadSession;
  timeline: Timeline;
  tools: ToolBox;
  steering: Steering;
  signal: AbortSignal;
  userInstructions(): Promise<string | null>;
  /** Everything said so far is in the thread's file. */
  flush(): Promise<void>;
}
