import type { PatchFiles } from '@codex/apply-patch';
import type { Clock, Ids, Logger } from '@codex/base';
import type { GitInfo } from '@codex/protocol';
import type { Runner, Shell } from '@codex/sandbox';
import type { ThreadHeader } from '@codex/timeline';
import type { Grants } from './approval/grants.ts';
import type { SessionApprovals } from './approval/remember.ts';
import type { ThreadRules } from './approval/rule-book.ts';
import type { ThreadNetwork } from './approval/thread-network.ts';
import type { AgentPort } from './agents.ts';
import type { RefusedImages } from './context/refused-images.ts';
import type { ThreadHooks } from './hooks/thread-hooks.ts';
import type { SkillSource } from './ports.ts';
import type { ThreadMcp } from './thread-mcp.ts';
import type { TerminalSessions } from './tools/terminal-sessions.ts';

/** What a thread keeps between its turns and lends to its tools. */
export interface ThreadSession {
  readonly header: ThreadHeader;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly shell: Shell;
  timezone(): string;
  readonly runner: Runner;
  readonly files: PatchFiles;
  readonly skills: SkillSource;
  readonly mcp: ThreadMcp;
  readonly approvals: SessionApprovals;
  readonly rules: ThreadRules;
  readonly grants: Grants;
  /** Null where commands have the network that their policy says. */
  readonly network: ThreadNetwork | null;
  readonly terminals: TerminalSessions;
  /** Null without the feature `codex_hooks`. */
  readonly hooks: ThreadHooks | null;
  readonly agents: AgentPort;
  /** Whether clocks of running tools stand still, because a human is being asked something. */
  readonly pauses: PauseSwitch;
  gitInfo: GitInfo | null;
  readonly refusedImages: RefusedImages;
  /** Why MCP servers did not start, as the user was told. */
  readonly toldFailures: Set<string>;
  /** The provider said that it counts the reasoning of earlier turns. */
  reasoningIncluded: boolean;
}

/** Counts the reasons to stop the clocks of running tools; deadlines hook in while they run. */
export interface PauseSwitch {
  readonly count: number;
  add(change: 1 | -1): number;
  /** `pause` is called when the first reason appears and its result when the last one is gone. */
  watch(pause: () => () => void): () => void;
}

export function createPauseSwitch(): PauseSwitch {
  let count = 0;
  const watchers = new Map<() => () => void, (() => void) | null>();
  return {
    get count() {
      return count;
    },
    add(change) {
      const before = count;
      count = Math.max(0, count + change);
      if (before === 0 && count > 0) for (const pause of watchers.keys()) watchers.set(pause, pause());
      if (before > 0 && count === 0) {
        for (const [pause, resume] of watchers) {
          resume?.();
          watchers.set(pause, null);
        }
      }
      return count;
    },
    watch(pause) {
      watchers.set(pause, count > 0 ? pause() : null);
      return () => {
        watchers.get(pause)?.();
        watchers.delete(pause);
      };
    },
  };
}
