import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '@codex/base';
import {
  call,
  gate,
  http,
  inputTexts,
  type MockModel,
  outputOf,
  type Parts,
  type RecordedRequest,
  reply,
  say,
  type Step,
  toolNames,
} from '@codex/mock-model';
import type { ThreadItem } from '@codex/protocol';
import { describe, expect, it } from 'vitest';
import type { Thread } from '../src/index.ts';
import { type Rig, rig, type RigOptions, shown, type Talk, talkWith, turnsOf } from './harness.ts';

const NOBODY = '00000000-0000-7000-8000-000000000009';
type CollabItem = Extract<ThreadItem, { type: 'collabAgentToolCall' }>;

/** What an agent that was given this task answers. */
const agent = (task: string, parts: Parts): Step =>
  reply(parts, { when: (r) => inputTexts(r, 'user').at(-1) === task });
/** The id of the agent that the first call spawned. */
const idIn = (request: RecordedRequest, callId = 'call-1') =>
  String(JSON.parse(String(outputOf(request, callId)))['agent_id']);
const spawn = (message: string, callId = 'call-1', more = {}) => call('spawn_agent', { message, ...more }, callId);
/** Only for the thread that a user talks to. */
const parent = (make: (request: RecordedRequest) => Parts): Step => ({
  kind: 'made',
  make,
  when: (r) => inputTexts(r, 'user').includes('start'),
});

interface Family extends Rig {
  talk: Talk;
  children: Talk[];
  items: () => CollabItem[];
}

async function family(
  steps: Step[],
  settings: Record<string, unknown> = {},
  options: RigOptions = {},
): Promise<Family> {
  const made = await rig(steps, options);
  const children: Talk[] = [];
  made.threads.onOpened((thread: Thread, parentId) => {
    if (parentId !== null) children.push(talkWith(thread));
  });
  const talk = await made.start(settings);
  const items = () =>
    talk.all('item.completed').flatMap(({ item }) => (item.type === 'collabAgentToolCall' ? [item] : []));
  return { ...made, talk, children, items };
}

const last = (model: MockModel) => model.calls.findLast((r) => inputTexts(r, 'user').includes('start'))!;

describe('agents (§13.4)', () => {
  it('are spawned, waited for, told more, closed and opened again', async () => {
    let id = '';
    const { talk, model, children, items, threads } = await family([
      agent('count the beans', say('twelve beans')),
      agent('count again', say('thirteen beans')),
      parent(() => spawn('count the beans')),
      parent((r) => call('wait_agent', { ids: [(id = idIn(r))] }, 'call-2')),
      parent(() => call('send_input', { id, message: 'count again' }, 'call-3')),
      parent(() => call('wait_agent', { ids: [id] }, 'call-4')),
      parent(() => call('close_agent', { id }, 'call-5')),
      parent(() => call('resume_agent', { id }, 'call-6')),
      parent(() => say('all done')),
    ]);
    expect(await talk.turn('start')).toMatchObject({ status: 'completed' });
    const output = (callId: string) => JSON.parse(String(outputOf(last(model), callId))) as unknown;
    expect(output('call-1')).toEqual({ agent_id: id, nickname: expect.any(String) });
    expect(output('call-2')).toEqual({ status: { [id]: { completed: 'twelve beans' } }, timed_out: false });
    expect(output('call-3')).toEqual({ submission_id: turnsOf(children[0]!.thread)[1]?.id });
    expect(output('call-4')).toEqual({ status: { [id]: { completed: 'thirteen beans' } }, timed_out: false });
    expect(output('call-5')).toEqual({ status: { completed: 'thirteen beans' } });
    expect(output('call-6')).toEqual({ status: 'pending_init' });
    expect(items().map(({ tool, status, receiverThreadIds }) => [tool, status, receiverThreadIds])).toEqual(
      ['spawnAgent', 'wait', 'sendInput', 'wait', 'closeAgent', 'resumeAgent'].map((tool) => [tool, 'completed', [id]]),
    );
    expect(items()[0]).toMatchObject({ prompt: 'count the beans', model: '', reasoningEffort: 'medium' });
    expect(items()[1]).toMatchObject({
      ...{ senderThreadId: talk.thread.id, prompt: null },
      agentsStates: { [id]: { status: 'completed', message: 'twelve beans' } },
    });
    expect(children.map(({ thread }) => thread.id)).toEqual([id, id]);
    await shown(threads.get(id)!);
    expect(turnsOf(threads.get(id)!).map(({ status }) => status)).toEqual(['completed', 'completed']);
  });

  it('follow the file of their role, and their parent in what it does not speak of', async () => {
    const { start, model, home } = await rig([
      agent('task', say('done')),
      parent(() => spawn('task', 'call-1', { agent_type: 'helper', model: 'gpt-5.4' })),
      parent((r) => call('wait_agent', { ids: [idIn(r)] }, 'call-2')),
      parent(() => say('ok')),
      parent(() => spawn('task', 'call-3', { agent_type: 'broken' })),
      parent(() => say('ok')),
    ]);
    const file = path.join(home, 'helper.toml');
    await writeFile(
      file,
      'model = "gpt-5.2"\ndeveloper_instructions = "Be a helper."\nmodel_verbosity = "high"\nsandbox_mode = "workspace-write"\n',
    );
    await writeFile(path.join(home, 'broken.toml'), 'model = 3\n');
    const talk = await start({
      'agents.helper': { description: 'helps', config_file: file, nickname_candidates: ['Zed'] },
      'agents.broken': { config_file: path.join(home, 'broken.toml') },
      developer_instructions: 'Be a parent.',
      model_reasoning_effort: 'high',
    });
    await talk.turn('start');
    const child = model.calls.find((r) => inputTexts(r, 'user').at(-1) === 'task')!;
    expect(child.body).toMatchObject({ model: 'gpt-5.2', reasoning: { effort: 'high' }, text: { verbosity: 'high' } });
    expect(inputTexts(child, 'developer')).toContain('Be a helper.');
    expect(inputTexts(child, 'developer')).not.toContain('Be a parent.');
    expect(inputTexts(child, 'developer').join()).toContain('`sandbox_mode` is `danger-full-access`');
    expect(JSON.parse(String(outputOf(last(model), 'call-1')))).toMatchObject({ nickname: 'Zed' });
    const tools = model.calls[0]!.body['tools'] as { name?: string }[];
    expect(JSON.stringify(tools.find(({ name }) => name === 'spawn_agent'))).toContain('helper (helps)');
    await talk.turn('start');
    expect(outputOf(last(model), 'call-3')).toMatch(/broken\.toml: invalid type/);
  });

  it('are threads of their own that know where they come from', async () => {
    const { talk, children, model } = await family([
      agent('task', say('done')),
      parent(() => spawn('task', 'call-1', { agent_type: 'explorer' })),
      parent((r) => call('wait_agent', { ids: [idIn(r)] }, 'call-2')),
      parent(() => say('ok')),
    ]);
    await talk.turn('start');
    const wire = children[0]!.thread.toWire();
    expect(wire).toMatchObject({ agentRole: 'explorer', cwd: talk.thread.header.cwd, preview: 'task' });
    expect(wire.agentNickname).toBeTruthy();
    expect(wire.source).toEqual({
      subAgent: {
        thread_spawn: {
          ...{ parent_thread_id: talk.thread.id, depth: 1 },
          ...{ agent_nickname: wire.agentNickname, agent_role: 'explorer' },
        },
      },
    });
    const request = model.calls.find((r) => inputTexts(r, 'user').includes('task'))!;
    expect(request.headers['x-openai-subagent']).toBe('collab_spawn');
    expect(toolNames(request)).not.toContain('request_user_input');
    expect(toolNames(request)).not.toContain('spawn_agent');
    expect(last(model).headers['x-openai-subagent']).toBeUndefined();
  });

  it('tell their parent when they are done', async () => {
    const { talk, children, model } = await family([
      agent('task', say('finished')),
      parent(() => spawn('task')),
      parent(() => [gate('go'), say('one')]),
      parent(() => say('two')),
    ]);
    const id = talk.begin('start');
    await expect.poll(() => children.length).toBe(1);
    await children[0]!.until('turn.ended');
    model.open('go');
    await talk.ended(id);
    await talk.turn('more', { overrides: { cwd: 'sub' } });
    expect(inputTexts(last(model), 'user').find((text) => text.includes('<subagents>'))).toContain(
      `    - ${children[0]!.thread.id}: ${children[0]!.thread.header.agentNickname}\n`,
    );
    const notice = `<subagent_notification>\n${JSON.stringify({ agent_id: children[0]!.thread.id, status: { completed: 'finished' } })}\n</subagent_notification>`;
    expect(inputTexts(last(model), 'user').filter((text) => text === notice)).toHaveLength(1);
  });

  it('may begin with what their parent knows', async () => {
    const { talk, model } = await family([
      parent((r) =>
        inputTexts(r, 'user').at(-1) === 'start' ? spawn('task', 'call-1', { fork_context: true }) : say('forked'),
      ),
      parent((r) =>
        inputTexts(r, 'user').at(-1) === 'task' ? say('forked') : call('wait_agent', { ids: [idIn(r)] }, 'call-2'),
      ),
      parent((r) =>
        inputTexts(r, 'user').at(-1) === 'task' ? say('forked') : call('wait_agent', { ids: [idIn(r)] }, 'call-2'),
      ),
      parent(() => say('ok')),
    ]);
    expect(await talk.turn('start')).toMatchObject({ status: 'completed' });
    const child = model.calls.find((r) => inputTexts(r, 'user').at(-1) === 'task')!;
    expect(inputTexts(child, 'user')).toContain('start');
  });

  it('that fail say so', async () => {
    const { talk, model, items } = await family([
      reply([], { when: () => false }),
      { ...http(400, { detail: 'no' }), when: (r) => inputTexts(r, 'user').at(-1) === 'task' } as Step,
      parent(() => spawn('task')),
      parent((r) => call('wait_agent', { ids: [idIn(r)] }, 'call-2')),
      parent(() => say('ok')),
    ]);
    await talk.turn('start');
    expect(JSON.parse(String(outputOf(last(model), 'call-2')))).toMatchObject({
      status: { [idIn(last(model))]: { errored: '{"detail":"no"}' } },
    });
    expect(items()[1]).toMatchObject({ tool: 'wait', status: 'failed' });
  });

  it('are not waited for longer than asked, at least ten seconds', async () => {
    const waits: number[] = [];
    const timer = (ms: number, run: () => void) => {
      if (ms >= 10_000 && ms < 300_000) waits.push(ms);
      return systemClock.timer(ms / 1000, run);
    };
    const { talk, model } = await family(
      [
        agent('task', [gate('never')]),
        parent(() => spawn('task')),
        parent((r) => call('wait_agent', { ids: [idIn(r)], timeout_ms: 1 }, 'call-2')),
        parent((r) => call('wait_agent', { ids: [idIn(r)] }, 'call-3')),
        parent(() => say('ok')),
      ],
      {},
      { deps: { clock: { ...systemClock, timer } } },
    );
    await talk.turn('start');
    expect(waits.filter((ms) => ms === 10_000 || ms === 30_000)).toEqual([10_000, 30_000]);
    for (const id of ['call-2', 'call-3'])
      expect(JSON.parse(String(outputOf(last(model), id)))).toEqual({ status: {}, timed_out: true });
  });

  it('can be interrupted by what they are told, and closed while they work', async () => {
    const { talk, model, children } = await family([
      agent('task', [gate('never')]),
      agent('stop that', [gate('never')]),
      parent(() => spawn('task')),
      (r) => {
        const id = idIn(r);
        return call('send_input', { id, message: 'stop that', interrupt: true }, 'call-2');
      },
      parent((r) => call('close_agent', { id: idIn(r) }, 'call-3')),
      parent((r) => call('send_input', { id: idIn(r), message: 'hello?' }, 'call-4')),
      parent(() => say('ok')),
    ]);
    await talk.turn('start');
    expect(turnsOf(children[0]!.thread).map(({ status }) => status)).toEqual(['interrupted', 'interrupted']);
    expect(outputOf(last(model), 'call-3')).toBe('{"status":"running"}');
    expect(outputOf(last(model), 'call-4')).toMatch(/^agent with id .* not found$/);
  });

  it('go on when the waiting turn is interrupted, and end with everything else', async () => {
    const { talk, children, model, threads } = await family([
      agent('task', [gate('never')]),
      parent(() => spawn('task')),
      parent((r) => call('wait_agent', { ids: [idIn(r)] }, 'call-2')),
      parent(() => say('ok')),
    ]);
    talk.begin('start');
    await talk.until('item.started', ({ item }) => item.type === 'collabAgentToolCall' && item.tool === 'wait');
    await talk.thread.interrupt();
    expect(children[0]!.thread.toWire().status.type).toBe('active');
    await talk.turn('again');
    expect(outputOf(last(model), 'call-2')).toMatch(/^aborted by user after/);
    await threads.close();
    expect(turnsOf(children[0]!.thread)).toMatchObject([{ status: 'interrupted' }]);
  });

  it('are limited in number; a closed one makes room', async () => {
    const { talk, model, items } = await family(
      [
        agent('one', say('1')),
        agent('two', say('2')),
        parent(() => spawn('one')),
        parent(() => spawn('extra', 'call-2')),
        parent((r) => call('close_agent', { id: idIn(r) }, 'call-3')),
        parent(() => spawn('two', 'call-4')),
        parent((r) => call('resume_agent', { id: idIn(r) }, 'call-5')),
        parent(() => say('ok')),
      ],
      { 'agents.max_threads': 1 },
    );
    await talk.turn('start');
    const full = 'collab spawn failed: agent thread limit reached (max 1)';
    expect(outputOf(last(model), 'call-2')).toBe(full);
    expect(items()[1]).toMatchObject({ tool: 'spawnAgent', status: 'failed', receiverThreadIds: [] });
    expect(outputOf(last(model), 'call-4')).toContain('agent_id');
    expect(outputOf(last(model), 'call-5')).toContain('limit reached');
  });

  it('have none of their own beyond the depth', async () => {
    const { talk, children, model } = await family([
      reply(spawn('deeper'), {
        when: (r) => inputTexts(r, 'user').at(-1) === 'task' && outputOf(r, 'call-1') === undefined,
      }),
      agent('task', say('alone then')),
      parent(() => spawn('task')),
      parent((r) => call('wait_agent', { ids: [idIn(r)] }, 'call-2')),
      parent(() => say('ok')),
    ]);
    await talk.turn('start');
    expect(children).toHaveLength(1);
    expect(turnsOf(children[0]!.thread)[0]).toMatchObject({ status: 'completed' });
    const child = model.calls.filter((r) => inputTexts(r, 'user').includes('task')).at(-1)!;
    expect(outputOf(child, 'call-1')).toBe('Agent depth limit reached. Solve the task yourself.');
  });

  it('have different names', async () => {
    const spawns = Array.from({ length: 3 }, (_, i) => spawn(`t${i}`, `call-${i + 1}`));
    const { talk, children } = await family([
      ...['t0', 't1', 't2'].map((task) => agent(task, say('done'))),
      parent(() => spawns),
      parent(() => say('ok')),
    ]);
    await talk.turn('start');
    expect(new Set(children.map(({ thread }) => thread.header.agentNickname)).size).toBe(3);
  });

  it('and what is wrong with a call about them', async () => {
    const calls: [tool: string, args: object, expected: string | RegExp][] = [
      ['send_input', { id: NOBODY, message: 'hi' }, `agent with id ${NOBODY} not found`],
      ['send_input', { id: 'not-an-id', message: 'hi' }, /^invalid agent id not-an-id: /],
      ['wait_agent', { ids: [] }, 'ids must be non-empty'],
      ['wait_agent', { ids: ['bad'] }, /^invalid agent id bad: /],
      ['wait_agent', { ids: [NOBODY], timeout_ms: 0 }, 'timeout_ms must be greater than zero'],
      ['wait_agent', { ids: [NOBODY] }, `{"status":{"${NOBODY}":"not_found"},"timed_out":false}`],
      ['close_agent', { id: NOBODY }, `agent with id ${NOBODY} not found`],
      ['resume_agent', { id: NOBODY }, `agent with id ${NOBODY} not found`],
      ['spawn_agent', { message: ' ' }, "Empty message can't be sent to an agent"],
      ['spawn_agent', {}, 'Provide one of: message or items'],
      [
        'spawn_agent',
        { message: 'x', items: [{ type: 'text', text: 'y' }] },
        'Provide either message or items, but not both',
      ],
      ['spawn_agent', { items: [] }, "Items can't be empty"],
      ['spawn_agent', { message: 'x', agent_type: 'wizard' }, "unknown agent_type 'wizard'"],
      ['spawn_agent', { message: 'x', reasoning_effort: 'much' }, /`much` .*: low, medium, high, xhigh$/],
      ['spawn_agent', { message: 'x', model: 'gpt-5.1-codex-mini', reasoning_effort: 'low' }, /: medium, high$/],
      [
        'spawn_agent',
        { message: 'x', model: 'nope' },
        /^Unknown model `nope` for spawn_agent\. Available models: .*gpt-5\.4/,
      ],
    ];
    const { talk, model, items, children } = await family([
      parent(() => calls.map(([tool, args], i) => call(tool, args, `c${i}`))),
      parent(() => say('done')),
    ]);
    await talk.turn('start');
    for (const [i, [tool, args, expected]] of calls.entries()) {
      const what = `${tool} ${JSON.stringify(args)}`;
      const output = outputOf(last(model), `c${i}`);
      if (typeof expected === 'string') expect(output, what).toBe(expected);
      else expect(output, what).toMatch(expected);
    }
    expect(children).toEqual([]);
    expect(items().every(({ status }) => status === 'failed')).toBe(true);
    expect(items().find(({ tool }) => tool === 'sendInput')?.agentsStates).toEqual({
      [NOBODY]: { status: 'notFound', message: null },
    });
  });
});
