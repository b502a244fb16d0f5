import type { GitInfo, Thread as WireThread, UserInput } from '@codex/protocol';
import { type ThreadHeader, threadStatus, type Timeline } from '@codex/timeline';

const REQUEST_MARKER = '## My request for Codex:';

/** What a list shows of a thread: the text of its first user message (app-server specification §8.1). */
export function previewOf(content: readonly UserInput[]): string {
  const text = content.map((item) => (item.type === 'text' ? item.text : '')).join('');
  const at = text.indexOf(REQUEST_MARKER);
  return (at < 0 ? text : text.slice(at + REQUEST_MARKER.length)).trim();
}

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
