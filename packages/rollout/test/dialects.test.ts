import { readFile } from 'node:fs/promises';
import type { Turn } from '@codex/protocol';
import { emptyModelContext, emptyThreadState, reduceContext, reduceThread } from '@codex/timeline';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDecoder, readRollout } from '../src/index.ts';
import { fixture, ID } from './support/files.ts';

/** Turns in short form: `status: kind id status, …`. */
function outline(turns: readonly Turn[]): string[] {
  return turns.map(({ status, items }) => {
    const parts = items.map((item) => [item.type, item.id, 'status' in item ? item.status : ''].join(' ').trim());
    return `${status}: ${parts.join(', ')}`;
  });
}

const META = { id: ID, timestamp: '2026-11-21T11:00:13.345Z', cwd: '/d', originator: 'o', cli_version: '0.115.0' };

/** Decodes payloads as event lines; a pair names another type of line. */
function read(...lines: (Record<string, unknown> | [string, Record<string, unknown>] | string)[]) {
  const decoder = createDecoder();
  const state = emptyThreadState();
  const events = [['session_meta', META] as [string, Record<string, unknown>], ...lines].flatMap((line) => {
    if (typeof line === 'string') return decoder.push(line);
    const [type, payload] = Array.isArray(line) ? line : ['event_msg', line];
    return decoder.push(JSON.stringify({ timestamp: '2026-11-21T11:00:14.000Z', type, payload }));
  });
  events.push(...decoder.end());
  for (const event of events) reduceThread(state, event);
  return { events, state, turns: outline(state.turns), skipped: decoder.skipped };
}

const started = (turn_id: string) => ({
  type: 'task_started',
  turn_id,
  model_context_window: 1,
  collaboration_mode_kind: 'default',
});
const completed = (turn_id: string) => ({ type: 'task_complete', turn_id, last_agent_message: null });
const user = (message: string) => ({ type: 'user_message', message, images: [], local_images: [], text_elements: [] });
const agent = (message: string) => ({ type: 'agent_message', message, phase: null });

describe('files of codex 0.115', () => {
  test.each([
    ['plain', ['completed: userMessage item-1, reasoning item-2, agentMessage item-3']],
    ['exec', ['completed: userMessage item-1, agentMessage item-2']],
    ['exec_extended', ['completed: userMessage item-1, commandExecution call-1 completed, agentMessage item-2']],
    ['declined_extended', ['completed: userMessage item-1, commandExecution call-1 declined, agentMessage item-2']],
    ['apply_patch_extended', ['completed: userMessage item-1, fileChange cc-1 completed, agentMessage item-2']],
    ['error_turn_extended', ['failed: userMessage item-1']],
    ['interrupted_extended', ['interrupted: userMessage item-1']],
    [
      'plan_extended',
      ['completed: userMessage item-1, plan 01a1fddc-33b2-7701-9f1e-9e3689b9fc5d-plan, agentMessage item-2'],
    ],
    ['dynamic_tool_extended', ['completed: userMessage item-1, dynamicToolCall call-d completed, agentMessage item-2']],
    [
      'compaction',
      [
        'completed: userMessage item-1, agentMessage item-2',
        'completed: contextCompaction item-3',
        'completed: userMessage item-4, agentMessage item-5',
      ],
    ],
    [
      'rollback',
      [
        'completed: userMessage item-1, agentMessage item-2',
        'completed: userMessage item-3, agentMessage item-4',
        'completed: userMessage item-5, agentMessage item-6',
      ],
    ],
    [
      'review',
      [
        'completed: enteredReviewMode item-1',
        'completed: userMessage item-2, userMessage item-3, exitedReviewMode item-4, agentMessage item-5',
        'completed: userMessage item-6, agentMessage item-7',
      ],
    ],
    [
      'collab_extended',
      [
        'completed: userMessage item-1, collabAgentToolCall call-s completed, collabAgentToolCall call-w completed, ' +
          'collabAgentToolCall call-c completed, agentMessage item-2',
      ],
    ],
  ])('%s', async (name, turns) => {
    const [path = ''] = await fixture(name);
    const stored = await readRollout(path);
    expect(outline(stored.turns.all())).toEqual(turns);
    expect(stored.skippedLines).toBe(0);
    expect(stored.state.active).toBeNull();
  });

  test('a command, whole', async () => {
    const [path = ''] = await fixture('exec_extended');
    const { turns, state, context, gitInfo, preview } = await readRollout(path);
    expect(turns.all()[0]?.items[1]).toEqual({
      type: 'commandExecution',
      id: 'call-1',
      command: "/bin/bash -lc 'echo out && cat a.txt'",
      cwd: '/home/user/demo',
      processId: null,
      status: 'completed',
      commandActions: [{ type: 'read', command: 'cat a.txt', name: 'a.txt', path: 'a.txt' }],
      aggregatedOutput: 'out\nhi\n',
      exitCode: 0,
      durationMs: 1609,
    });
    expect(state.usage?.total.totalTokens).toBe(240);
    expect(preview).toBe('Run echo');
    expect(gitInfo).toEqual({
      sha: '6d534f7d31c6d1bd624657b5931806ab2e25ca2f',
      branch: 'main',
      originUrl: 'https://git.example.com/acme/demo.git',
    });
    expect(context.items.map((item) => item.type)).toEqual([
      'message',
      'message',
      'message',
      'function_call',
      'function_call_output',
      'message',
    ]);
    expect(context.reference).toMatchObject({ model: 'gpt-5.2-codex', sandboxPolicy: { type: 'dangerFullAccess' } });
  });

  test('after a compaction the model sees the replacement and what came later', async () => {
    const [path = ''] = await fixture('compaction');
    const { context } = await readRollout(path);
    expect(context.items.slice(0, 2)).toMatchObject([
      { role: 'user', content: [{ text: 'talk' }] },
      { role: 'user', content: [{ text: expect.stringContaining('SUMMARY') as string }] },
    ]);
    expect(context.items).toHaveLength(6);
  });

  test('a fork belongs to its own header, not to that of its source', async () => {
    const [source = '', fork = ''] = await fixture('fork');
    const [a, b] = [await readRollout(source), await readRollout(fork)];
    expect(b.header).toMatchObject({ id: expect.not.stringMatching(a.header.id) as string, forkedFromId: a.header.id });
    expect(b.turns.all().slice(0, 2)).toEqual(a.turns.all());
  });

  test.each([
    ['overloaded', 'server_overloaded', 'serverOverloaded'],
    ['http', { http_connection_failed: { http_status_code: 502 } }, { httpConnectionFailed: { httpStatusCode: 502 } }],
    ['nobody knows', 'of_tomorrow', null],
  ])('a failed turn keeps its reason: %s', (_, stored, wire) => {
    const { state } = read(
      started('t'),
      user('x'),
      { type: 'error', message: 'm', codex_error_info: stored },
      completed('t'),
    );
    expect(state.turns[0]).toMatchObject({ status: 'failed', error: { message: 'm', codexErrorInfo: wire } });
  });

  test('a rollback that failed is no failure of the turn', () => {
    const error = { type: 'error', message: 'm', codex_error_info: 'thread_rollback_failed' };
    expect(read(started('t'), user('x'), error, completed('t')).turns).toEqual(['completed: userMessage item-1']);
  });

  test('reasoning lines next to each other are one item', () => {
    const line = (type: string, text: string) => ({ type, text });
    const { state } = read(
      started('t'),
      line('agent_reasoning', 'a'),
      line('agent_reasoning', ''),
      line('agent_reasoning_raw_content', 'r'),
      line('agent_reasoning', 'b'),
      agent('x'),
      line('agent_reasoning', 'c'),
    );
    expect(state.turns[0]?.items).toMatchObject([
      { id: 'item-1', summary: ['a', 'b'], content: ['r'] },
      { id: 'item-2' },
      { id: 'item-3', summary: ['c'], content: [] },
    ]);
  });
});

describe('files without turn lines', () => {
  test('turns begin at what the user says and have the same ids at every reading', () => {
    const lines = [user('a'), agent('b'), user('c'), { ...user('skip'), kind: 'environment_context' }, agent('')];
    const first = read(...lines);
    expect(first.turns).toEqual([
      'completed: userMessage item-1, agentMessage item-2',
      'completed: userMessage item-3',
    ]);
    expect(read(...lines).state.turns.map(({ id }) => id)).toEqual(first.state.turns.map(({ id }) => id));
    expect(new Set(first.state.turns.map(({ id }) => id)).size).toBe(2);
  });

  test('a rollback takes what the user said along, for the model too', () => {
    const message = (role: string, text: string) => ({
      type: 'message',
      role,
      content: [{ type: 'input_text', text }],
    });
    const turn = (text: string): Parameters<typeof read> => [
      ['response_item', message('user', text)],
      user(text),
      ['response_item', message('assistant', 'r')],
    ];
    const { events, turns } = read(['response_item', message('developer', 'rules')], ...turn('one'), ...turn('two'), {
      type: 'thread_rolled_back',
      num_turns: 1,
    });
    const context = emptyModelContext();
    for (const event of events) reduceContext(context, event);
    expect(turns).toEqual(['completed: userMessage item-1']);
    expect(context.items).toEqual([message('developer', 'rules'), message('user', 'one'), message('assistant', 'r')]);
  });

  test('an old compaction without the history it left is rebuilt from what the user said', () => {
    const message = (text: string) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });
    const { events } = read(
      ['response_item', message('one')],
      ['response_item', message('<environment_context>x</environment_context>')],
      ['response_item', { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'r' }] }],
      ['compacted', { message: 'SUM' }],
    );
    expect(events.find(({ event }) => event.type === 'context.compacted')?.event).toEqual({
      type: 'context.compacted',
      compaction: { message: 'SUM', replacement: [message('one'), message('SUM')] },
    });
  });
});

describe('turn ends', () => {
  test('an unfinished turn at the end of the file was interrupted', () => {
    expect(read(started('t'), user('x')).turns).toEqual(['interrupted: userMessage item-1']);
  });

  test('a turn that the next one cut off is interrupted, unless its end still comes', () => {
    expect(read(started('a'), started('b'), completed('b')).turns).toEqual(['interrupted: ', 'completed: ']);
    expect(read(started('a'), started('b'), completed('a'), completed('b')).turns).toEqual([
      'completed: ',
      'completed: ',
    ]);
  });

  test('an abort names its turn, else it means the running one', () => {
    const abort = (turn_id?: string) => ({ type: 'turn_aborted', turn_id, reason: 'interrupted' });
    expect(read(started('a'), completed('a'), started('b'), abort('a'), completed('b')).turns).toEqual([
      'interrupted: ',
      'completed: ',
    ]);
    expect(read(started('a'), abort()).turns).toEqual(['interrupted: ']);
    expect(read(started('a'), abort('unknown')).turns).toEqual(['interrupted: ']);
  });

  test('a command that began and did not end has failed', () => {
    const begin = { type: 'exec_command_begin', call_id: 'c', turn_id: 't', command: ['ls'], cwd: '/', parsed_cmd: [] };
    expect(read(started('t'), begin).turns).toEqual(['interrupted: commandExecution c failed']);
  });

  test('a command of an unknown turn is dropped, one without a turn belongs to the running one', () => {
    const end = (call_id: string, turn_id: string) => ({
      type: 'exec_command_end',
      call_id,
      turn_id,
      command: [],
      status: 'completed',
    });
    expect(read(started('t'), end('a', 'gone'), end('b', ''), completed('t')).turns).toEqual([
      'completed: commandExecution b completed',
    ]);
  });

  test('rolling back restarts the numbers behind what is left', () => {
    const turn = (id: string) => [started(id), user(id), agent(id), completed(id)];
    const back = (num_turns: number) => ({ type: 'thread_rolled_back', num_turns });
    expect(read(...turn('a'), ...turn('b'), back(1), ...turn('c')).turns).toEqual([
      'completed: userMessage item-1, agentMessage item-2',
      'completed: userMessage item-3, agentMessage item-4',
    ]);
    expect(read(...turn('a'), back(9), ...turn('b')).turns).toEqual([
      'completed: userMessage item-1, agentMessage item-2',
    ]);
  });

  test('of two lines for one item the last one counts, in the place of the first', () => {
    const end = (status: string) => ({ type: 'exec_command_end', call_id: 'c', turn_id: 't', command: ['ls'], status });
    expect(read(started('t'), end('declined'), agent('x'), end('completed'), completed('t')).turns).toEqual([
      'completed: commandExecution c completed, agentMessage item-1',
    ]);
  });
});

describe('later files', () => {
  const done = (item: Record<string, unknown>) => ({ type: 'item_completed', thread_id: ID, turn_id: 't', item });

  test('with paginated history the item lines are the truth', () => {
    const decoder = createDecoder();
    const state = emptyThreadState();
    const lines: [string, Record<string, unknown>][] = [
      ['session_meta', { ...META, history_mode: 'paginated' }],
      ['event_msg', started('t')],
      ['event_msg', user('hi')],
      ['event_msg', done({ type: 'UserMessage', id: 'u', content: [{ type: 'text', text: 'hi', text_elements: [] }] })],
      ['event_msg', done({ type: 'Reasoning', id: 'r', summary_text: ['s'], raw_content: [] })],
      ['event_msg', done({ type: 'CommandExecution', id: 'c', command: ['ls', 'a b'], cwd: '/', status: 'completed' })],
      ['event_msg', agent('yes')],
      ['event_msg', done({ type: 'AgentMessage', id: 'm', content: [{ type: 'Text', text: 'yes' }] })],
      ['event_msg', completed('t')],
    ];
    for (const [type, payload] of lines) {
      for (const event of decoder.push(JSON.stringify({ timestamp: '', type, payload }))) reduceThread(state, event);
    }
    expect(state.turns[0]?.items).toEqual([
      { type: 'userMessage', id: 'u', content: [{ type: 'text', text: 'hi', text_elements: [] }] },
      { type: 'reasoning', id: 'r', summary: ['s'], content: [] },
      expect.objectContaining({ type: 'commandExecution', id: 'c', command: "ls 'a b'", exitCode: null }) as object,
      { type: 'agentMessage', id: 'm', text: 'yes', phase: null },
    ]);
  });

  test('without it they are second to the lines of 0.115, plans apart', () => {
    const { turns } = read(
      started('t'),
      agent('yes'),
      done({ type: 'AgentMessage', id: 'm', content: [{ type: 'Text', text: 'yes' }] }),
      done({ type: 'Plan', id: 'p', text: 'steps' }),
      done({ type: 'Plan', id: 'q', text: '' }),
      completed('t'),
    );
    expect(turns).toEqual(['completed: agentMessage item-1, plan p']);
  });
});

describe('bad lines', () => {
  test('are passed over and counted', () => {
    const { turns, skipped } = read(
      'no json',
      '{"timestamp":"","type":"event_msg"}',
      '[]',
      '   ',
      ['of_tomorrow', {}],
      ['response_item', { type: 'function_call', name: 1 }],
      { type: 'thread_rolled_back', num_turns: -1 },
      { type: 'of_tomorrow' },
      started('t'),
      user('x'),
      completed('t'),
      '{"timestamp":"2026-11-21T11:00:13.392Z","type":"event_msg","payload":{"type":"agent_mess',
    );
    expect(turns).toEqual(['completed: userMessage item-1']);
    expect(skipped).toBe(7);
  });

  test('our own key is believed no further than its types', () => {
    const { state } = read(
      started('t'),
      { ...agent('x'), item: { id: 'm', text: 7, type: 'plan', other: 1 } },
      completed('t'),
    );
    expect(state.turns[0]?.items).toEqual([{ type: 'agentMessage', id: 'm', text: 'x', phase: null }]);
  });

  test('no line whatever makes the reader fail', async () => {
    const [path = ''] = await fixture('collab_extended');
    const lines = (await readFile(path, 'utf8')).split('\n').filter(Boolean);
    const kinds = [
      'exec_command_end',
      'patch_apply_end',
      'mcp_tool_call_end',
      'item_completed',
      'token_count',
      'error',
    ];
    const payload = fc.oneof(
      fc.object({ maxDepth: 2, key: fc.constantFrom('type', 'call_id', 'item', 'changes', 'command', 'result', 'id') }),
      fc
        .tuple(fc.constantFrom(...kinds), fc.jsonValue())
        .map(([type, item]) => ({ type, call_id: 'c', item, changes: item })),
    );
    const type = fc.constantFrom('event_msg', 'response_item', 'turn_context', 'compacted', 'session_meta', 'x');
    const whole = fc.record({ timestamp: fc.constant('x'), type, payload }).map((line) => JSON.stringify(line));
    const torn = fc.tuple(fc.constantFrom(...lines), fc.nat(2000)).map(([line, at]) => line.slice(0, at));
    fc.assert(
      fc.property(fc.array(fc.oneof(whole, torn, fc.constantFrom(...lines)), { maxLength: 30 }), (all) => {
        const decoder = createDecoder();
        const state = emptyThreadState();
        for (const event of [...all.flatMap((line) => decoder.push(line)), ...decoder.end()])
          reduceThread(state, event);
        expect(state.active).toBeNull();
        expect(state.turns.every(({ status }) => status !== 'inProgress')).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
