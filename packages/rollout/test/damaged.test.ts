import { ThreadItem } from '@codex/protocol';
import { emptyModelContext, emptyThreadState, isUserTurn, reduceContext, reduceThread } from '@codex/timeline';
import { expect, test } from 'vitest';
import { createDecoder } from '../src/index.ts';
import { ID } from './support/files.ts';

/** Decodes lines given as [type, payload]. */
function read(...lines: [type: string, payload: Record<string, unknown>][]) {
  const decoder = createDecoder();
  const state = emptyThreadState();
  const context = emptyModelContext();
  const all: typeof lines = [['session_meta', { id: ID, timestamp: '2026-11-21T11:00:13.345Z', cwd: '/d' }], ...lines];
  const events = all.flatMap(([type, payload]) =>
    decoder.push(JSON.stringify({ timestamp: '2026-11-21T11:00:14.000Z', type, payload })),
  );
  for (const event of [...events, ...decoder.end()]) {
    reduceThread(state, event);
    reduceContext(context, event);
  }
  return { state, context, skipped: decoder.skipped };
}

const started = (turn_id: string) => ({ type: 'task_started', turn_id, collaboration_mode_kind: 'default' });

test.each([
  ['a text that is none', { type: 'message', role: 'user', content: [{ type: 'input_text', text: 7 }] }],
  ['a picture without an address', { type: 'message', role: 'user', content: [{ type: 'input_image' }] }],
  ['a part without a kind', { type: 'message', role: 'user', content: [{}] }],
  ['a summary without text', { type: 'reasoning', summary: [{ type: 'summary_text', text: null }] }],
  ['an output that is no part', { type: 'function_call_output', call_id: 'c', output: ['x'] }],
])('history with %s is counted as unreadable and told to no model', (_, payload) => {
  const { context, skipped } = read(['response_item', payload]);
  expect({ items: context.items, skipped }).toEqual({ items: [], skipped: 1 });
});

test('parts of kinds that are not known yet are kept', () => {
  const payload = { type: 'message', role: 'user', content: [{ type: 'input_file', file: 'x' }] };
  const { context } = read(['response_item', payload]);
  expect(context.items).toEqual([payload]);
  expect(context.items.every(isUserTurn)).toBe(true);
});

test.each([
  { duration: { secs: 1e308, nanos: 0 }, exit_code: 2 ** 40 },
  { duration: { secs: -(2 ** 63), nanos: 0 }, exit_code: 1.5 },
  { duration: { secs: 'x' }, exit_code: -(2 ** 63) },
])('numbers beyond what the protocol can say are left out: %j', (numbers) => {
  const command = { type: 'exec_command_end', turn_id: 't', call_id: 'c', command: ['ls'], cwd: '/d', ...numbers };
  const [item] = read(['event_msg', started('t')], ['event_msg', command]).state.turns[0]?.items ?? [];
  expect(ThreadItem().safeParse(item)).toMatchObject({ success: true, data: { exitCode: null } });
});

test('a beginning that stands behind the end of its turn leaves nothing in progress in the next one', () => {
  const item = { type: 'exec_command_begin', turn_id: 'a', call_id: 'c', command: ['ls'], cwd: '/d' };
  const { turns } = read(['event_msg', started('a')], ['event_msg', started('b')], ['event_msg', item]).state;
  expect(turns.map(({ id, items }) => [id, items.map((each) => 'status' in each && each.status)])).toEqual([
    ['a', ['failed']],
    ['b', []],
  ]);
});
