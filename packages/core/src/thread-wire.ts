import type { GitInfo, Thread as WireThread } from '@codex/protocol';
import { type ThreadHeader, threadStatus, type Timeline } from '@codex/timeline';

export interface WireFacts {
  header: ThreadHeader;
  timeline: Pick<Timeline, 'state'>;
  preview: string;
  updatedAt: number;
  gitInfo: GitInfo | null;
}

/** The wire form of a loaded thread, without turns. */
export function toWire({ header, timeline, preview, updatedAt, gitInfo }: WireFacts): WireThread {
  return {
    id: header.id,
    preview,
    ephemeral: header.ephemeral,
    modelProvider: header.modelProvider,
    createdAt: Math.floor(header.createdAt / 1000),
    updatedAt: Math.floor(updatedAt / 1000),
    status: threadStatus(timeline.state),
    path: header.path,
    cwd: header.cwd,
    cliVersion: header.cliVersion,
    source: header.source,
    agentNickname: header.agentNickname,
    agentRole: header.agentRole,
    gitInfo,
    name: timeline.state.name,
    turns: [],
  };
}
