import type { ThreadItem } from '@codex/protocol';

/** Event lines that say something about history; all others are passed over without being parsed. */
const TELLING: ReadonlySet<string> = new Set([
  'task_started',
  'turn_started',
  'task_complete',
  'turn_complete',
  'turn_aborted',
  'error',
  'token_count',
  'thread_rolled_back',
  'item_started',
  'item_completed',
  'user_message',
  'agent_message',
  'agent_reasoning',
  'agent_reasoning_raw_content',
  'context_compacted',
  'entered_review_mode',
  'exited_review_mode',
  'exec_command_begin',
  'exec_command_end',
  'patch_apply_begin',
  'patch_apply_end',
  'mcp_tool_call_begin',
  'mcp_tool_call_end',
  'dynamic_tool_call_request',
  'dynamic_tool_call_response',
  'web_search_end',
  'view_image_tool_call',
  'image_generation_end',
  'collab_agent_spawn_end',
  'collab_agent_interaction_end',
  'collab_close_end',
  'collab_resume_end',
  'collab_waiting_end',
]);

/** Items that carry a number in place of an id when nobody gave them one. */
export const NUMBERED: ReadonlySet<ThreadItem['type']> = new Set([
  'userMessage',
  'agentMessage',
  'reasoning',
  'contextCompaction',
  'enteredReviewMode',
  'exitedReviewMode',
]);

const HEAD = /^\{"timestamp":"[^"]*","type":"event_msg","payload":\{"type":"([a-z_]+)"/;

/** True for a line that need not be parsed: by its first characters it is an event that nobody keeps. */
export function isIrrelevant(line: string): boolean {
  const type = HEAD.exec(line)?.[1];
  return type !== undefined && !TELLING.has(type);
}

export function isReasoning(type: unknown): boolean {
  return type === 'agent_reasoning' || type === 'agent_reasoning_raw_content';
}
