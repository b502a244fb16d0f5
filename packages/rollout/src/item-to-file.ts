import { canonicalJson } from '@codex/base';
import type { ThreadItem } from '@codex/protocol';
import { splitWords } from '@codex/shell-command';
import { itemFromFile, movedTo } from './item-from-file.ts';
import type { Fields } from './line.ts';
import { actionToFile, agentStateToFile, durationToFile, webActionToFile } from './wire-forms.ts';

export interface ItemPlace {
  threadId: string;
  turnId: string;
}

/**
 * The event payloads of a completed item: the fields of 0.115 and, under `item`, the id and whatever reading those
 * fields back would not give. What 0.115 has no line for is written as `item_completed` in wire form, which it skips.
 */
export function itemToFile(item: ThreadItem, place: ItemPlace): Fields[] {
  if (item.type === 'reasoning') return reasoningToFile(item, place);
  if (item.type === 'plan' && item.text) return [planToFile(item, place)];
  const known = capped(item);
  const payload = legacyPayload(known, place);
  if (!payload) return [itemEvent('item_completed', known, place)];
  const plain = itemFromFile(payload, true);
  return [{ ...payload, item: plain ? extraOf(known, plain) : { ...known } }];
}

/** An item that has begun or ended, in wire form. */
export function itemEvent(type: 'item_started' | 'item_completed', item: ThreadItem, place: ItemPlace): Fields {
  return { type, thread_id: place.threadId, turn_id: place.turnId, item };
}

function planToFile(item: Extract<ThreadItem, { type: 'plan' }>, place: ItemPlace): Fields {
  const { threadId, turnId } = place;
  return { type: 'item_completed', thread_id: threadId, turn_id: turnId, item: { ...item, type: 'Plan' } };
}

/** One line per part; the first says how many parts make up the item. */
function reasoningToFile(item: Extract<ThreadItem, { type: 'reasoning' }>, place: ItemPlace): Fields[] {
  const parts: Fields[] = [
    ...item.summary.map((text) => ({ type: 'agent_reasoning', text })),
    ...item.content.map((text) => ({ type: 'agent_reasoning_raw_content', text })),
  ];
  if (!parts.length) return [itemEvent('item_completed', item, place)];
  return parts.map((part, i) => ({ ...part, item: { id: item.id, ...(i === 0 && { parts: parts.length }) } }));
}

function extraOf(item: ThreadItem, plain: ThreadItem): Fields {
  const theirs = plain as unknown as Fields;
  const extra: Fields = { id: item.id };
  for (const [key, value] of Object.entries(item)) {
    if (key === 'id' || key === 'type' || value === theirs[key]) continue;
    if (canonicalJson(value) !== canonicalJson(theirs[key])) extra[key] = value;
  }
  return extra;
}

function legacyPayload(item: ThreadItem, { turnId }: ItemPlace): Fields | null {
  switch (item.type) {
    case 'userMessage':
      return userMessage(item);
    case 'agentMessage':
      return { type: 'agent_message', message: item.text, phase: item.phase };
    case 'commandExecution':
      return {
        type: 'exec_command_end',
        call_id: item.id,
        ...(item.processId !== null && { process_id: item.processId }),
        turn_id: turnId,
        command: splitWords(item.command) ?? [item.command],
        cwd: item.cwd,
        parsed_cmd: item.commandActions.map(actionToFile),
        source: 'agent',
        stdout: '',
        stderr: '',
        aggregated_output: item.aggregatedOutput ?? '',
        exit_code: item.exitCode ?? -1,
        duration: durationToFile(item.durationMs),
        formatted_output: '',
        status: item.status === 'inProgress' ? 'completed' : item.status,
      };
    case 'fileChange':
      return {
        type: 'patch_apply_end',
        call_id: item.id,
        turn_id: turnId,
        stdout: '',
        stderr: '',
        success: item.status === 'completed',
        changes: Object.fromEntries(item.changes.map((change) => [change.path, changeToFile(change)])),
        status: item.status === 'inProgress' ? 'completed' : item.status,
      };
    case 'mcpToolCall': {
      const { result, error } = item;
      const ok = result && { ...result, ...(item.status === 'failed' && { isError: true }) };
      return {
        type: 'mcp_tool_call_end',
        call_id: item.id,
        invocation: { server: item.server, tool: item.tool, arguments: item.arguments ?? null },
        duration: durationToFile(item.durationMs),
        result: ok ? { Ok: ok } : { Err: error?.message ?? '' },
      };
    }
    case 'webSearch':
      return { type: 'web_search_end', call_id: item.id, query: item.query, action: webActionToFile(item.action) };
    case 'imageView':
      return { type: 'view_image_tool_call', call_id: item.id, path: item.path };
    case 'collabAgentToolCall':
      return collabCall(item);
    case 'enteredReviewMode':
      return {
        type: 'entered_review_mode',
        target: { type: 'custom', instructions: item.review },
        user_facing_hint: item.review,
      };
    case 'exitedReviewMode':
      return {
        type: 'exited_review_mode',
        review_output: {
          findings: [],
          overall_correctness: '',
          overall_explanation: item.review,
          overall_confidence_score: 0,
        },
      };
    case 'contextCompaction':
      return { type: 'context_compacted' };
    case 'dynamicToolCall':
    case 'imageGeneration':
    case 'plan':
    case 'reasoning':
      return null;
  }
}

function userMessage(item: Extract<ThreadItem, { type: 'userMessage' }>): Fields {
  let message = '';
  const elements: Fields[] = [];
  const images: string[] = [];
  const localImages: string[] = [];
  for (const part of item.content) {
    if (part.type === 'image') images.push(part.url);
    else if (part.type === 'localImage') localImages.push(part.path);
    else if (part.type === 'text') {
      const offset = part.text_elements.length ? Buffer.byteLength(message) : 0;
      for (const { byteRange, placeholder } of part.text_elements) {
        elements.push({
          byte_range: { start: byteRange.start + offset, end: byteRange.end + offset },
          placeholder: placeholder ?? null,
        });
      }
      message += part.text;
    }
  }
  return { type: 'user_message', message, images, local_images: localImages, text_elements: elements };
}

function changeToFile({ kind, diff }: Extract<ThreadItem, { type: 'fileChange' }>['changes'][number]): Fields {
  if (kind.type !== 'update') return { type: kind.type, content: diff };
  const note = kind.move_path === null ? '' : movedTo(kind.move_path);
  const unified_diff = note && diff.endsWith(note) ? diff.slice(0, -note.length) : diff;
  return { type: 'update', unified_diff, move_path: kind.move_path };
}

function collabCall(item: Extract<ThreadItem, { type: 'collabAgentToolCall' }>): Fields | null {
  const [receiver] = item.receiverThreadIds;
  const call = { call_id: item.id, sender_thread_id: item.senderThreadId };
  const known = receiver !== undefined && Object.hasOwn(item.agentsStates, receiver);
  const state = known ? item.agentsStates[receiver] : undefined;
  const status = agentStateToFile(
    state ?? (item.status === 'failed' ? { status: 'notFound', message: null } : undefined),
  );
  if (item.tool === 'wait') {
    const statuses = Object.entries(item.agentsStates).map(([id, value]) => [id, agentStateToFile(value)]);
    return { type: 'collab_waiting_end', ...call, statuses: Object.fromEntries(statuses) };
  }
  if (item.tool === 'spawnAgent') {
    const { prompt, model, reasoningEffort } = item;
    return {
      type: 'collab_agent_spawn_end',
      ...call,
      new_thread_id: receiver ?? null,
      prompt: prompt ?? '',
      model: model ?? '',
      reasoning_effort: reasoningEffort ?? 'medium',
      status,
    };
  }
  if (receiver === undefined) return null;
  const to = { ...call, receiver_thread_id: receiver };
  if (item.tool === 'sendInput') {
    return { type: 'collab_agent_interaction_end', ...to, prompt: item.prompt ?? '', status };
  }
  return { type: item.tool === 'closeAgent' ? 'collab_close_end' : 'collab_resume_end', ...to, status };
}

/** What a command printed is kept to this many bytes, its beginning and its end. */
export const OUTPUT_LIMIT = 64 * 1024;
const NOTE_ROOM = 64;

function capped(item: ThreadItem): ThreadItem {
  if (item.type !== 'commandExecution' || !item.aggregatedOutput) return item;
  // A UTF-16 unit is at most three bytes, so most outputs need no measuring.
  if (item.aggregatedOutput.length * 3 <= OUTPUT_LIMIT) return item;
  const bytes = Buffer.from(item.aggregatedOutput);
  if (bytes.length <= OUTPUT_LIMIT) return item;
  const half = (OUTPUT_LIMIT - NOTE_ROOM) / 2;
  let head = half;
  while (head > 0 && isContinuation(bytes[head])) head -= 1;
  let tail = bytes.length - half;
  while (tail < bytes.length && isContinuation(bytes[tail])) tail += 1;
  const note = `\n[… ${tail - head} bytes left out …]\n`;
  return {
    ...item,
    aggregatedOutput: bytes.toString('utf8', 0, head) + note + bytes.toString('utf8', tail),
  };
}

const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;
