import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { manualClock } from '@codex/base';
import type { ThreadItem, Turn } from '@codex/protocol';
import { createTimeline } from '@codex/timeline';
import { describe, expect, test } from 'vitest';
import { readRollout, rolloutPath } from '../src/index.ts';
import { startAppServer } from './support/app-server.ts';
import { CREATED, fixture, headerFor, ID, tempHome, writerAt } from './support/files.ts';

/** Names the original program; without it these checks do not exist. */
const program = process.env['CODEX_ORACLE'];

const command = (id: string, over: Partial<Extract<ThreadItem, { type: 'commandExecution' }>>): ThreadItem => ({
  type: 'commandExecution',
  id,
  command: `/bin/bash -lc 'echo ${id} && cat a.txt'`,
  cwd: '/home/user/demo',
  processId: null,
  status: 'completed',
  commandActions: [{ type: 'read', command: 'cat a.txt', name: 'a.txt', path: 'a.txt' }],
  aggregatedOutput: 'out\n',
  exitCode: 0,
  durationMs: 12,
  ...over,
});

const OTHER = '01a1fdc3-a1b2-7091-bb27-8f7ea783aaac';
const mcp = (id: string, over: Partial<Extract<ThreadItem, { type: 'mcpToolCall' }>>): ThreadItem => ({
  type: 'mcpToolCall',
  id,
  server: 'docs',
  tool: 'find',
  status: 'completed',
  arguments: { q: 1 },
  result: { content: [{ type: 'text', text: 'ok' }], structuredContent: { a: 1 } },
  error: null,
  durationMs: 5,
  ...over,
});
const collab = (id: string, over: Partial<Extract<ThreadItem, { type: 'collabAgentToolCall' }>>): ThreadItem => ({
  type: 'collabAgentToolCall',
  id,
  tool: 'spawnAgent',
  status: 'completed',
  senderThreadId: ID,
  receiverThreadIds: [OTHER],
  prompt: null,
  model: null,
  reasoningEffort: null,
  agentsStates: { [OTHER]: { status: 'completed', message: 'done' } },
  ...over,
});

const ITEMS: ThreadItem[] = [
  { type: 'userMessage', id: 'user-1', content: [{ type: 'text', text: 'Do it', text_elements: [] }] },
  { type: 'reasoning', id: 'rs-1', summary: ['**Thinking**', 'more'], content: ['raw'] },
  command('call-ok', {}),
  command('call-no', { status: 'declined', exitCode: -1, aggregatedOutput: 'no', durationMs: 0 }),
  command('call-bad', { status: 'failed', exitCode: 1, command: `/bin/bash -lc "echo 'x'"` }),
  {
    type: 'fileChange',
    id: 'patch-1',
    status: 'completed',
    changes: [
      { path: '/d/a.txt', kind: { type: 'add' }, diff: 'hello\n' },
      { path: '/d/b.txt', kind: { type: 'update', move_path: null }, diff: '@@ -1 +1 @@\n-a\n+b\n' },
      {
        path: '/d/c.txt',
        kind: { type: 'update', move_path: '/d/d.txt' },
        diff: '@@ -1 +1 @@\n\n\nMoved to: /d/d.txt',
      },
      { path: '/d/e.txt', kind: { type: 'delete' }, diff: 'gone\n' },
    ],
  },
  { type: 'fileChange', id: 'patch-2', status: 'declined', changes: [] },
  { type: 'plan', id: 'turn-plan', text: '- one\n- two\n' },
  mcp('mcp-ok', {}),
  mcp('mcp-bad', { status: 'failed', result: null, error: { message: 'no such tool' } }),
  { type: 'webSearch', id: 'ws-1', query: 'weather', action: { type: 'search', query: 'weather', queries: null } },
  { type: 'webSearch', id: 'ws-2', query: 'x', action: { type: 'findInPage', url: 'http://x', pattern: 'y' } },
  { type: 'imageView', id: 'img-1', path: '/d/i.png' },
  collab('ag-1', { prompt: 'look', model: 'm', reasoningEffort: 'low' }),
  collab('ag-2', { tool: 'sendInput', prompt: 'more' }),
  collab('ag-3', { tool: 'wait' }),
  collab('ag-4', { tool: 'closeAgent' }),
  collab('ag-5', {
    tool: 'resumeAgent',
    status: 'failed',
    agentsStates: { [OTHER]: { status: 'notFound', message: null } },
  }),
  { type: 'enteredReviewMode', id: 'rv-1', review: 'current changes' },
  { type: 'exitedReviewMode', id: 'rv-2', review: 'All good.' },
  { type: 'contextCompaction', id: 'cc-1' },
  { type: 'agentMessage', id: 'msg-1', text: 'Done.', phase: 'final_answer' },
];

const NUMBERED = [
  'userMessage',
  'agentMessage',
  'reasoning',
  'contextCompaction',
  'enteredReviewMode',
  'exitedReviewMode',
];

/** Numbers take the place of the ids that the other program forgets. */
function numbered(turns: Turn[]): Turn[] {
  let n = 0;
  const rename = (item: ThreadItem) => (NUMBERED.includes(item.type) ? { ...item, id: `item-${++n}` } : item);
  return turns.map((turn) => ({ ...turn, items: turn.items.map(rename) }));
}

async function readThere(home: string, threadId: string): Promise<Turn[]> {
  const server = await startAppServer(program ?? '', home);
  const answer = (await server.request('thread/read', { threadId, includeTurns: true })) as {
    thread: { turns: Turn[] };
  };
  return answer.thread.turns;
}

if (program) {
  describe('the original program', () => {
    test('shows every item of a file of ours', async () => {
      const home = await tempHome();
      const writer = writerAt(home, { header: headerFor({ baseInstructions: 'x' }) });
      const timeline = createTimeline({ threadId: ID, clock: manualClock(CREATED) });
      timeline.subscribe((event) => writer.append(event));
      const turn = (n: number) =>
        timeline.beginTurn({
          id: `01a1fdc3-8bb1-7191-adf3-77fcbbc9826${n}`,
          modelContextWindow: 1000,
          mode: 'default',
        });
      const whole = turn(1);
      for (const item of ITEMS) {
        if ('status' in item) whole.start({ ...item, status: 'inProgress' } as ThreadItem).complete(item);
        else whole.add(item);
      }
      whole.end('completed');
      const cut = turn(2);
      cut.add({ type: 'userMessage', id: 'user-2', content: [{ type: 'text', text: 'Again', text_elements: [] }] });
      cut.start(
        command('call-cut', { status: 'inProgress', exitCode: null, aggregatedOutput: null, durationMs: null }),
      );
      cut.end('interrupted');
      const broken = turn(3);
      broken.add({
        type: 'userMessage',
        id: 'user-3',
        content: [{ type: 'text', text: 'Once more', text_elements: [] }],
      });
      broken.end('failed', {
        message: 'm',
        codexErrorInfo: { httpConnectionFailed: { httpStatusCode: 502 } },
        additionalDetails: null,
      });
      await writer.close();

      const here = (await readRollout(writer.path)).turns.all();
      expect(here).toEqual(timeline.state.turns);
      const expected = numbered(here);
      const cutItem = expected[1]?.items[1];
      // What has no exit code shows -1 there, and no duration shows 0.
      if (cutItem?.type === 'commandExecution') Object.assign(cutItem, { exitCode: -1, durationMs: 0 });
      expect(await readThere(home, ID)).toEqual(expected);
    });

    test.each([
      'plain',
      'exec_extended',
      'declined_extended',
      'apply_patch_extended',
      'error_turn_extended',
      'interrupted_extended',
      'plan_extended',
      'dynamic_tool_extended',
      'compaction',
      'rollback',
      'review',
      'collab_extended',
    ])('reads its own files as we do: %s', async (name) => {
      const home = await tempHome();
      const [source = ''] = await fixture(name);
      const id = basename(source).slice(-42, -6);
      const created = Date.parse(
        (JSON.parse((await readFile(source, 'utf8')).split('\n')[0] ?? '') as { timestamp: string }).timestamp,
      );
      const path = rolloutPath(home, id, created);
      await mkdir(dirname(path), { recursive: true });
      await copyFile(source, join(dirname(path), basename(source)));
      const here = (await readRollout(source)).turns.all();
      const there = await readThere(home, id);
      // A turn that no line opened gets a fresh id at every reading there.
      const opened: string[] = (await readFile(source, 'utf8')).match(/(?<="task_started","turn_id":")[^"]+/g) ?? [];
      const comparable = (turns: Turn[]) =>
        turns.map((one) => (opened.includes(one.id) ? one : { ...one, id: 'made up' }));
      expect(comparable(here)).toEqual(comparable(there));
    });
  });
} else {
  test('every item of the list for the original program survives our own reading', async () => {
    const writer = writerAt(await tempHome());
    const timeline = createTimeline({ threadId: ID, clock: manualClock(CREATED) });
    timeline.subscribe((event) => writer.append(event));
    const turn = timeline.beginTurn({ id: 't', modelContextWindow: 1000, mode: 'default' });
    for (const item of ITEMS) turn.add(item);
    turn.end('completed');
    await writer.close();
    expect((await readRollout(writer.path)).turns.all()[0]?.items).toEqual(ITEMS);
  });
}
