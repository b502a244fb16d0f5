import { isObject } from '@codex/base';
import type { ClientMethod, LaterMethod } from '@codex/protocol';
import { readUuid } from './thread-id.ts';

/**
 * The lane a request is served in, or null when it can run at once. Requests about one thread, about the
 * configuration, the account or one process are served in the order of their arrival; nothing else waits for them.
 */
export function laneOf(method: ClientMethod | LaterMethod, params: unknown, connectionId: number): string | null {
  if (method === 'thread/list' || method === 'thread/loaded/list' || method === 'thread/start') return null;
  if (method === 'app/list') return null;
  if (method.startsWith('config/') || method === 'configRequirements/read') return 'config';
  if (method === 'plugin/install' || method === 'plugin/uninstall') return 'config';
  if (method.startsWith('account/') || method === 'getAuthStatus') return 'account';
  const about = isObject(params) ? params : {};
  // `command/exec` itself takes the lane of its process only until the process has started.
  if (method.startsWith('command/exec/')) {
    const { processId } = about;
    return typeof processId === 'string' ? processLane(connectionId, processId) : null;
  }
  // Which thread such a request is about shows only on the way; it takes the lane of that thread then.
  if (method === 'thread/resume' && (about['history'] || about['path'])) return null;
  if (method === 'thread/fork' && about['path']) return null;
  const { threadId } = about;
  return typeof threadId === 'string' ? threadLane(threadId) : null;
}

export function processLane(connectionId: number, processId: string): string {
  return `process:${connectionId}:${processId}`;
}

export function threadLane(threadId: string): string {
  return `thread:${readUuid(threadId) ?? threadId}`;
}
