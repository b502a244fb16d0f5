import type { ThreadItem } from '@codex/protocol';

/** The final form of an item whose turn ended before it did: work that was cut off has failed, text stays as it stands. */
export function abandonedItem(item: ThreadItem): ThreadItem {
  switch (item.type) {
    case 'commandExecution':
    case 'fileChange':
    case 'mcpToolCall':
    case 'dynamicToolCall':
    case 'collabAgentToolCall':
      return item.status === 'inProgress' ? { ...item, status: 'failed' } : item;
    default:
      return item;
  }
}
