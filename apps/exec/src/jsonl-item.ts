import type { ThreadItem, WebSearchAction } from '@codex/protocol';

/** An item as exec's JSON events show it, without its id. */
export type JsonItem = { type: string } & Record<string, unknown>;

const STATUS: Readonly<Record<string, string>> = {
  inProgress: 'in_progress',
  completed: 'completed',
  failed: 'failed',
  declined: 'declined',
};

/** What `item.started` shows; null for items that appear when they are complete, or never. */
export function startedItem(item: ThreadItem): JsonItem | null {
  switch (item.type) {
    case 'commandExecution':
    case 'mcpToolCall':
    case 'collabAgentToolCall':
    case 'webSearch':
      return shown(item);
    default:
      return null;
  }
}

/** What `item.completed` shows: none, one, or for reasoning one per part of the summary. */
export function completedItems(item: ThreadItem): JsonItem[] {
  if (item.type === 'reasoning') {
    return item.summary.filter((part) => part !== '').map((text) => ({ type: 'reasoning', text }));
  }
  const one = shown(item);
  return one ? [one] : [];
}

function shown(item: ThreadItem): JsonItem | null {
  switch (item.type) {
    case 'agentMessage':
      return { type: 'agent_message', text: item.text };
    case 'commandExecution':
      return {
        type: 'command_execution',
        command: item.command,
        aggregated_output: item.aggregatedOutput ?? '',
        exit_code: item.exitCode,
        status: STATUS[item.status],
      };
    case 'fileChange':
      return {
        type: 'file_change',
        changes: item.changes.map(({ path, kind }) => ({ path, kind: kind.type })),
        status: item.status === 'completed' ? 'completed' : 'failed',
      };
    case 'mcpToolCall':
      return {
        type: 'mcp_tool_call',
        server: item.server,
        tool: item.tool,
        arguments: item.arguments ?? null,
        result: item.result && {
          content: item.result.content,
          structured_content: item.result.structuredContent ?? null,
        },
        error: item.error && { message: item.error.message },
        status: STATUS[item.status],
      };
    case 'collabAgentToolCall':
      return {
        type: 'collab_tool_call',
        tool: snake(item.tool),
        sender_thread_id: item.senderThreadId,
        receiver_thread_ids: item.receiverThreadIds,
        prompt: item.prompt,
        agents_states: Object.fromEntries(
          Object.entries(item.agentsStates).map(([id, state]) => [id, { ...state, status: snake(state.status) }]),
        ),
        status: STATUS[item.status],
      };
    case 'webSearch':
      return { type: 'web_search', query: item.query, action: searchAction(item.action) };
    default:
      return null;
  }
}

function searchAction(action: WebSearchAction | null): Record<string, unknown> {
  if (!action) return { type: 'other' };
  const { type, ...rest } = action;
  const known = Object.entries(rest).filter(([, value]) => value !== null);
  return { type: snake(type), ...Object.fromEntries(known) };
}

/** `camelCase` as `camel_case`. */
export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
