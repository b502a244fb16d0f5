import { isObject } from '@codex/base';
import {
  type CollabAgentTool,
  type DynamicToolCallOutputContentItem,
  type FileUpdateChange,
  ThreadItem,
  type UserInput,
} from '@codex/protocol';
import { joinForDisplay } from '@codex/shell-command';
import { type Fields, fields, integer, list, oneOf, text, texts } from './line.ts';
import {
  actionFromFile,
  agentStateFromFile,
  durationFromFile,
  exitCodeFromFile,
  webActionFromFile,
} from './wire-forms.ts';

/**
 * The item an event line stands for, read from the fields that codex 0.115 writes; null for lines that are no item.
 * Items that have no id of their own on such lines come with an empty one. With `ours` the order of changes is the
 * file's, else they are sorted by path.
 */
export function itemFromFile(payload: Fields, ours: boolean): ThreadItem | null {
  const id = text(payload['call_id']) ?? '';
  switch (payload['type']) {
    case 'user_message':
      return { type: 'userMessage', id: '', content: inputsFromFile(payload) };
    case 'agent_message':
      return {
        type: 'agentMessage',
        id: '',
        text: text(payload['message']) ?? '',
        phase: oneOf(payload['phase'], ['commentary', 'final_answer']),
      };
    case 'agent_reasoning':
      return { type: 'reasoning', id: '', summary: [text(payload['text']) ?? ''], content: [] };
    case 'agent_reasoning_raw_content':
      return { type: 'reasoning', id: '', summary: [], content: [text(payload['text']) ?? ''] };
    case 'context_compacted':
      return { type: 'contextCompaction', id: '' };
    case 'entered_review_mode':
      return { type: 'enteredReviewMode', id: '', review: reviewHint(payload) };
    case 'exited_review_mode': {
      const explanation = text(fields(payload['review_output'])['overall_explanation']);
      return { type: 'exitedReviewMode', id: '', review: explanation ?? 'The reviewer gave no answer.' };
    }
    case 'exec_command_begin':
    case 'exec_command_end':
      return {
        type: 'commandExecution',
        id,
        command: joinForDisplay(texts(payload['command'])),
        cwd: text(payload['cwd']) ?? '',
        processId: text(payload['process_id']),
        status: oneOf(payload['status'], ['completed', 'failed', 'declined']) ?? begun(payload),
        commandActions: list(payload['parsed_cmd']).map(actionFromFile),
        aggregatedOutput: text(payload['aggregated_output']) || null,
        exitCode: exitCodeFromFile(payload['exit_code']),
        durationMs: durationFromFile(payload['duration']),
      };
    case 'patch_apply_begin':
    case 'patch_apply_end': {
      const success = payload['success'] === false ? 'failed' : begun(payload);
      return {
        type: 'fileChange',
        id,
        changes: changesFromFile(payload['changes'], ours),
        status: oneOf(payload['status'], ['completed', 'failed', 'declined']) ?? success,
      };
    }
    case 'mcp_tool_call_begin':
    case 'mcp_tool_call_end':
      return mcpCall(payload, id);
    case 'dynamic_tool_call_request':
    case 'dynamic_tool_call_response':
      return dynamicCall(payload);
    case 'web_search_end':
      return {
        type: 'webSearch',
        id,
        query: text(payload['query']) ?? '',
        action: webActionFromFile(payload['action']),
      };
    case 'view_image_tool_call':
      return { type: 'imageView', id, path: text(payload['path']) ?? '' };
    case 'image_generation_end':
      return {
        type: 'imageGeneration',
        id,
        status: text(payload['status']) ?? '',
        revisedPrompt: text(payload['revised_prompt']),
        result: text(payload['result']) ?? '',
      };
    case 'collab_agent_spawn_end':
      return collabCall(payload, 'spawnAgent', payload['new_thread_id']);
    case 'collab_agent_interaction_end':
      return collabCall(payload, 'sendInput', payload['receiver_thread_id']);
    case 'collab_close_end':
      return collabCall(payload, 'closeAgent', payload['receiver_thread_id']);
    case 'collab_resume_end':
      return collabCall(payload, 'resumeAgent', payload['receiver_thread_id']);
    case 'collab_waiting_end':
      return collabCall(payload, 'wait', null);
    default:
      return null;
  }
}

/** The event lines that say an item begins, not that it is over. */
export function isBegin(type: unknown): boolean {
  return (
    type === 'exec_command_begin' ||
    type === 'patch_apply_begin' ||
    type === 'mcp_tool_call_begin' ||
    type === 'dynamic_tool_call_request'
  );
}

const begun = (payload: Fields) => (isBegin(payload['type']) ? 'inProgress' : 'completed');

function inputsFromFile(payload: Fields): UserInput[] {
  const message = text(payload['message']) ?? '';
  const content: UserInput[] = [];
  if (message.trim()) {
    const elements = list(payload['text_elements']).flatMap((value) => {
      const range = fields(fields(value)['byte_range']);
      const start = integer(range['start']);
      const end = integer(range['end']);
      if (start === null || end === null || start < 0 || end < 0) return [];
      return [{ byteRange: { start, end }, placeholder: text(fields(value)['placeholder']) }];
    });
    content.push({ type: 'text', text: message, text_elements: elements });
  }
  for (const url of texts(payload['images'])) content.push({ type: 'image', url });
  for (const path of texts(payload['local_images'])) content.push({ type: 'localImage', path });
  return content;
}

function reviewHint(payload: Fields): string {
  const hint = text(payload['user_facing_hint']);
  if (hint) return hint;
  const target = fields(payload['target']);
  switch (target['type']) {
    case 'uncommittedChanges':
      return 'current changes';
    case 'baseBranch':
      return `changes against '${text(target['branch']) ?? ''}'`;
    case 'commit':
      return `commit ${(text(target['sha']) ?? '').slice(0, 7)}`;
    default:
      return text(target['instructions'])?.trim() ?? '';
  }
}

/** The note about a move that a change carries below its diff. */
export const movedTo = (path: string): string => `\n\nMoved to: ${path}`;

function changesFromFile(value: unknown, ours: boolean): FileUpdateChange[] {
  const changes = Object.entries(fields(value)).flatMap(([path, raw]): FileUpdateChange[] => {
    const change = fields(raw);
    const content = text(change['content']) ?? '';
    if (change['type'] === 'add') return [{ path, kind: { type: 'add' }, diff: content }];
    if (change['type'] === 'delete') return [{ path, kind: { type: 'delete' }, diff: content }];
    if (change['type'] !== 'update') return [];
    const move_path = text(change['move_path']);
    const diff = (text(change['unified_diff']) ?? '') + (move_path === null ? '' : movedTo(move_path));
    return [{ path, kind: { type: 'update', move_path }, diff }];
  });
  return ours ? changes : changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function mcpCall(payload: Fields, id: string): ThreadItem {
  const invocation = fields(payload['invocation']);
  const answer = fields(payload['result']);
  const ok = isObject(answer['Ok']) ? answer['Ok'] : null;
  const failure = text(answer['Err']);
  return {
    type: 'mcpToolCall',
    id,
    server: text(invocation['server']) ?? '',
    tool: text(invocation['tool']) ?? '',
    status: isBegin(payload['type']) ? 'inProgress' : ok && ok['isError'] !== true ? 'completed' : 'failed',
    arguments: invocation['arguments'] ?? null,
    result: ok && { content: list(ok['content']), structuredContent: ok['structuredContent'] ?? null },
    error: failure === null ? null : { message: failure },
    durationMs: durationFromFile(payload['duration']),
  };
}

function dynamicCall(payload: Fields): ThreadItem {
  const success = typeof payload['success'] === 'boolean' ? payload['success'] : null;
  const contentItems = list(payload['content_items']).flatMap((raw): DynamicToolCallOutputContentItem[] => {
    const part = fields(raw);
    const said = text(part['text']);
    const imageUrl = text(part['imageUrl'] ?? part['image_url']);
    if (said !== null) return [{ type: 'inputText', text: said }];
    return imageUrl === null ? [] : [{ type: 'inputImage', imageUrl }];
  });
  const request = isBegin(payload['type']);
  return {
    type: 'dynamicToolCall',
    id: text(payload['callId'] ?? payload['call_id']) ?? '',
    tool: text(payload['tool']) ?? '',
    arguments: payload['arguments'] ?? null,
    status: request ? 'inProgress' : success ? 'completed' : 'failed',
    contentItems: request ? null : contentItems,
    success: request ? null : success,
    durationMs: durationFromFile(payload['duration']),
  };
}

function collabCall(payload: Fields, tool: CollabAgentTool, receiver: unknown): ThreadItem {
  const one: [string, unknown][] = typeof receiver === 'string' ? [[receiver, payload['status']]] : [];
  const statuses = tool === 'wait' ? Object.entries(fields(payload['statuses'])) : one;
  const states = Object.fromEntries(statuses.map(([id, raw]) => [id, agentStateFromFile(raw)]));
  const lost = Object.values(states).some(({ status }) => status === 'errored' || status === 'notFound');
  const spawnFailed = tool === 'spawnAgent' && typeof receiver !== 'string';
  return {
    type: 'collabAgentToolCall',
    id: text(payload['call_id']) ?? '',
    tool,
    status: lost || spawnFailed ? 'failed' : 'completed',
    senderThreadId: text(payload['sender_thread_id']) ?? '',
    receiverThreadIds: Object.keys(states).sort(),
    prompt: text(payload['prompt']),
    model: text(payload['model']),
    reasoningEffort: oneOf(payload['reasoning_effort'], ['none', 'minimal', 'low', 'medium', 'high', 'xhigh']),
    agentsStates: states,
  };
}

/** `plain` with what the extra key knows better; the extra key of a foreign hand is not trusted further than its types. */
export function withExtra(plain: ThreadItem, extra: Fields): ThreadItem {
  const id = text(extra['id']) ?? plain.id;
  const merged: Fields = { ...plain, id };
  let differs = false;
  for (const key of Object.keys(plain)) {
    if (key === 'id' || key === 'type' || !(key in extra)) continue;
    merged[key] = extra[key];
    differs = true;
  }
  if (!differs) return { ...plain, id };
  return wireItem(merged) ?? { ...plain, id };
}

/** An item in its wire form, checked; null when it is none. */
export function wireItem(value: unknown): ThreadItem | null {
  const parsed = ThreadItem().safeParse(value);
  return parsed.success ? parsed.data : null;
}
