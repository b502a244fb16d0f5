import { PassThrough } from 'node:stream';
import type { ServerNotification, ThreadItem } from '@codex/protocol';
import { expect, it } from 'vitest';
import { jsonlOutput } from '../src/jsonl.ts';
import type { FailureCause, Outcome } from '../src/output.ts';

const at = { threadId: 't', turnId: 'u' };
const started = (item: ThreadItem): ServerNotification => ({ method: 'item/started', params: { ...at, item } });
const completed = (item: ThreadItem): ServerNotification => ({ method: 'item/completed', params: { ...at, item } });
const usage = { totalTokens: 5, inputTokens: 3, cachedInputTokens: 1, outputTokens: 2, reasoningOutputTokens: 0 };
const done: Outcome = { kind: 'completed', usage, lastMessage: null };

/** The lines that a list of events makes. */
function lines(events: ServerNotification[], outcome: Outcome | null = null): unknown[] {
  const stdout = new PassThrough();
  const output = jsonlOutput(stdout, new PassThrough());
  for (const event of events) output.event(event);
  if (outcome) output.ended(outcome);
  const text = String(stdout.read() ?? '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

it('shows an MCP call with its nulls', () => {
  const call = { type: 'mcpToolCall', id: 'c', server: 's', tool: 't', arguments: { a: 1 }, durationMs: null } as const;
  const item = { id: 'item_0', type: 'mcp_tool_call', server: 's', tool: 't', arguments: { a: 1 } };
  expect(
    lines([
      started({ ...call, status: 'inProgress', result: null, error: null }),
      completed({ ...call, status: 'failed', result: { content: [1], structuredContent: null }, error: null }),
    ]),
  ).toEqual([
    { type: 'item.started', item: { ...item, result: null, error: null, status: 'in_progress' } },
    {
      type: 'item.completed',
      item: { ...item, result: { content: [1], structured_content: null }, error: null, status: 'failed' },
    },
  ]);
});

it('shows a call among agents', () => {
  const item: ThreadItem = {
    type: 'collabAgentToolCall',
    id: 'c',
    tool: 'spawnAgent',
    status: 'completed',
    senderThreadId: 'a',
    receiverThreadIds: ['b'],
    prompt: 'p',
    model: null,
    reasoningEffort: null,
    agentsStates: { b: { status: 'pendingInit', message: null } },
  };
  expect(lines([completed(item)])).toEqual([
    {
      type: 'item.completed',
      item: {
        id: 'item_0',
        type: 'collab_tool_call',
        tool: 'spawn_agent',
        sender_thread_id: 'a',
        receiver_thread_ids: ['b'],
        prompt: 'p',
        agents_states: { b: { status: 'pending_init', message: null } },
        status: 'completed',
      },
    },
  ]);
});

it('shows a declined command and a patch that did not apply', () => {
  const events = [
    completed({
      type: 'commandExecution',
      id: 'c',
      command: 'rm',
      cwd: '/',
      processId: null,
      status: 'declined',
      commandActions: [],
      aggregatedOutput: null,
      exitCode: null,
      durationMs: null,
    }),
    completed({
      type: 'fileChange',
      id: 'p',
      changes: [{ path: '/a', kind: { type: 'update', move_path: '/b' }, diff: '' }],
      status: 'declined',
    }),
  ];
  expect(lines(events)).toEqual([
    {
      type: 'item.completed',
      item: {
        id: 'item_0',
        type: 'command_execution',
        command: 'rm',
        aggregated_output: '',
        exit_code: null,
        status: 'declined',
      },
    },
    {
      type: 'item.completed',
      item: { id: 'item_1', type: 'file_change', changes: [{ path: '/a', kind: 'update' }], status: 'failed' },
    },
  ]);
});

it('leaves out what has no place in its events, without counting it', () => {
  const events = [
    started({ type: 'userMessage', id: 'u', content: [] }),
    completed({ type: 'contextCompaction', id: 'x' }),
    completed({ type: 'reasoning', id: 'r', summary: [], content: ['secret'] }),
    completed({ type: 'agentMessage', id: 'm', text: 'hi', phase: null }),
  ];
  expect(lines(events)).toEqual([
    { type: 'item.completed', item: { id: 'item_0', type: 'agent_message', text: 'hi' } },
  ]);
});

it('completes a command that runs on when the turn is over', () => {
  const command = { id: 'item_0', type: 'command_execution', command: 'serve', aggregated_output: '', exit_code: null };
  const item: ThreadItem = {
    ...{ type: 'commandExecution', id: 'c', command: 'serve', cwd: '/', processId: '1', status: 'inProgress' },
    ...{ commandActions: [], aggregatedOutput: null, exitCode: null, durationMs: null },
  };
  expect(lines([started(item)], done).slice(0, 2)).toEqual([
    { type: 'item.started', item: { ...command, status: 'in_progress' } },
    { type: 'item.completed', item: { ...command, status: 'completed' } },
  ]);
});

it('ends with usage, or with the error said once', () => {
  expect(lines([], done)).toEqual([
    { type: 'turn.completed', usage: { input_tokens: 3, cached_input_tokens: 1, output_tokens: 2 } },
  ]);
  const failed: Outcome = { kind: 'failed', message: 'why (more)', cause: null, usage };
  const told: ServerNotification = {
    method: 'error',
    params: { ...at, willRetry: false, error: { message: 'why', codexErrorInfo: null, additionalDetails: 'more' } },
  };
  const expected = [
    { type: 'error', message: 'why (more)' },
    {
      type: 'turn.failed',
      error: { message: 'why (more)', code: 'other' },
      usage: { input_tokens: 3, cached_input_tokens: 1, output_tokens: 2 },
    },
  ];
  expect(lines([told], failed)).toEqual(expected);
  expect(lines([], failed)).toEqual(expected);
});

it.each<[FailureCause, object]>([
  ['contextWindowExceeded', { code: 'context_window_exceeded' }],
  ['interrupted', { code: 'interrupted' }],
  [
    { responseTooManyFailedAttempts: { httpStatusCode: 429 } },
    { code: 'response_too_many_failed_attempts', http_status: 429 },
  ],
  [{ responseStreamDisconnected: { httpStatusCode: null } }, { code: 'response_stream_disconnected' }],
])('tells scripts what kind of failure it was: %j', (cause, fields) => {
  expect(lines([], { kind: 'failed', message: 'why', cause, usage }).at(-1)).toMatchObject({
    type: 'turn.failed',
    error: { message: 'why', ...fields },
  });
});
