import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, gate, inputTexts, say, type Step, startMockModel } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { type Client, introduced } from './support/client.ts';
import { world } from './support/server.ts';

const UNKNOWN = '00000000-0000-7000-8000-000000000001';
const input = (text: string) => [{ type: 'text' as const, text, text_elements: [] }];

async function withModel(steps: Step[], config = '') {
  const model = await startMockModel({ steps });
  const { again, ...rest } = world({ model, config });
  return { ...rest, again, model, client: await introduced(rest.server) };
}

async function turn(client: Client, threadId: string, text: string): Promise<string> {
  const started = await client.request('turn/start', { threadId, input: input(text) });
  await client.until(
    (each) =>
      each.method === 'turn/completed' &&
      (each.params?.['turn'] as { id?: string } | undefined)?.id === started.turn.id,
  );
  return started.turn.id;
}

describe('a turn', () => {
  it('is answered before anything is heard of it', async () => {
    const { client, cwd } = await withModel([[say('Hello there')]]);
    const started = await client.request('thread/start', {});
    expect(started).toMatchObject({
      ...{ model: 'gpt-5.2-codex', modelProvider: 'mock', serviceTier: null, cwd, approvalPolicy: 'never' },
      ...{ approvalsReviewer: 'user', sandbox: { type: 'dangerFullAccess' }, reasoningEffort: null },
      thread: { status: { type: 'idle' }, turns: [], cliVersion: '9.8.7', source: 'vscode', name: null },
    });
    const id = await turn(client, started.thread.id, 'hi');
    const order = client.log.map((each) => each.method ?? 'answer').filter((name) => !name.includes('Delta'));
    expect(order.slice(0, 8)).toEqual([
      ...['answer', 'answer', 'thread/started', 'answer', 'thread/status/changed', 'turn/started'],
      ...['item/started', 'item/completed'],
    ]);
    expect(order.slice(-2)).toEqual(['thread/status/changed', 'turn/completed']);
    const { thread } = await client.request('thread/read', { threadId: started.thread.id, includeTurns: true });
    expect(thread).toMatchObject({ preview: 'hi', status: { type: 'idle' } });
    expect(thread.turns.map((each) => [each.id, each.status, each.items.map((item) => item.type)])).toEqual([
      [id, 'completed', ['userMessage', 'agentMessage']],
    ]);
  });

  it('takes further input while it runs, and is interrupted after the answer says so', async () => {
    const { client, model } = await withModel([[gate('go'), say('never')]]);
    const { thread } = await client.request('thread/start', {});
    const threadId = thread.id;
    const idle = await client.call('turn/interrupt', { threadId, turnId: 'x' });
    expect(idle.error).toEqual({ code: -32600, message: 'no active turn to interrupt' });
    const { turn: running } = await client.request('turn/start', { threadId, input: input('wait') });
    await model.waitForCalls(1);
    expect(
      (await client.call('turn/steer', { threadId, expectedTurnId: 'no', input: input('x') })).error?.message,
    ).toBe(`expected active turn id \`no\` but found \`${running.id}\``);
    expect(await client.request('turn/steer', { threadId, expectedTurnId: running.id, input: input('more') })).toEqual({
      turnId: running.id,
    });
    const answer = client.call('turn/interrupt', { threadId, turnId: 'whatever' }, 'stop');
    await client.untilMethod('turn/completed');
    expect((await answer).result).toEqual({});
    const at = (fits: (each: Client['log'][number]) => boolean) => client.log.findIndex(fits);
    expect(at((each) => each.id === 'stop')).toBeLessThan(at((each) => each.method === 'turn/completed'));
    expect(client.log.at(-1)?.params).toMatchObject({ turn: { id: running.id, status: 'interrupted' } });
  });

  it('is refused with data when its input is too long, before the thread is looked for', async () => {
    const { client } = await withModel([]);
    const long = [...input('a'.repeat(1_048_576)), ...input('😀')];
    expect((await client.call('turn/start', { threadId: 'x', input: long })).error).toEqual({
      code: -32602,
      message: 'Input exceeds the maximum length of 1048576 characters.',
      data: { input_error_code: 'input_too_large', max_chars: 1_048_576, actual_chars: 1_048_577 },
    });
    const fits = await client.call('turn/start', { threadId: UNKNOWN, input: input('😀'.repeat(1_048_576)) });
    expect(fits.error?.message).toBe(`thread not found: ${UNKNOWN}`);
    const { thread } = await client.request('thread/start', {});
    const empty = await client.call('turn/start', { threadId: thread.id, input: [] });
    expect(empty.error?.message).toBe('input must not be empty');
  });

  it('keeps what it overrides', async () => {
    const { client, model, cwd } = await withModel([[say('one')], [say('two', { id: 'm2' })]]);
    const { thread } = await client.request('thread/start', {});
    const first = {
      threadId: thread.id,
      input: input('a'),
      cwd: 'sub',
      model: 'gpt-5.1-codex-max',
      effort: 'high' as const,
    };
    await client.request('turn/start', { ...first, outputSchema: { type: 'object' } });
    await client.untilMethod('turn/completed');
    await turn(client, thread.id, 'b');
    const calls = await model.waitForCalls(2);
    expect(calls.map((each) => each.body['model'])).toEqual(['gpt-5.1-codex-max', 'gpt-5.1-codex-max']);
    expect(calls.map((each) => 'text' in each.body)).toEqual([true, false]);
    const joined = await client.request('thread/resume', { threadId: thread.id });
    expect(joined).toMatchObject({ model: 'gpt-5.1-codex-max', cwd: join(cwd, 'sub'), reasoningEffort: 'high' });
  });
});

describe('thread/start', () => {
  it.each([
    [{ modelProvider: 'nobody' }, 'failed to load configuration: Model provider `nobody` not found'],
    [{ config: { model_reasoning_effort: 'gigantic' } }, /^failed to load configuration: unknown variant `gigantic`/],
    [{ dynamicTools: [{ name: 'mcp__x', description: '', inputSchema: {} }] }, 'dynamic tool name is reserved: mcp__x'],
    [
      { dynamicTools: [{ name: 'a', description: '', inputSchema: 'no' }] },
      'dynamic tool input schema is not supported for a: it must be a JSON object',
    ],
  ])('refuses %j', async (params, text) => {
    const client = await introduced(world().server);
    const { error } = await client.call('thread/start', params);
    expect(error).toEqual({ code: -32600, message: expect.stringMatching(text) });
  });

  it('reads the configuration afresh, with the request on top', async () => {
    const { client, home, cwd } = await withModel([]);
    writeFileSync(join(home, 'config.toml'), 'model = "gpt-5.1-codex-max"\napproval_policy = "on-request"\n');
    const started = await client.request('thread/start', {
      ...{ cwd: 'sub', sandbox: 'read-only', config: { model_reasoning_effort: 'low' }, ephemeral: true },
    });
    expect(started).toMatchObject({
      ...{ model: 'gpt-5.1-codex-max', approvalPolicy: 'on-request', cwd: join(cwd, 'sub'), reasoningEffort: 'low' },
      sandbox: { type: 'readOnly' },
      thread: { path: null, ephemeral: true },
    });
    const read = await client.call('thread/read', { threadId: started.thread.id, includeTurns: true });
    expect(read.error?.message).toBe('ephemeral threads do not support includeTurns');
  });

  it('tells about old keys in the configuration', async () => {
    const { client } = await withModel([], '[features]\nrequest_permissions = true\n');
    await client.request('thread/start', {});
    expect((await client.untilMethod('deprecationNotice')).params).toMatchObject({
      summary: '`[features].request_permissions` is deprecated. Use `[features].exec_permission_approvals` instead.',
    });
    expect(client.methods()).toEqual(['thread/started', 'deprecationNotice']);
  });
});

describe('a stored thread', () => {
  it('is found, read, resumed by id and by path, and goes on', async () => {
    const { client, again, server, model } = await withModel([[say('kept')], [say('more', { id: 'm2' })]]);
    const { thread } = await client.request('thread/start', {});
    const threadId = thread.id;
    await turn(client, threadId, 'remember');
    await server.close();

    const later = await introduced(again());
    const read = await later.request('thread/read', { threadId, includeTurns: true });
    expect(read.thread).toMatchObject({ id: threadId, status: { type: 'notLoaded' }, preview: 'remember' });
    expect(await later.request('thread/loaded/list', {})).toEqual({ data: [], nextCursor: null });
    const listed = await later.request('thread/list', {});
    expect(listed.data.map((each) => [each.id, each.status, each.turns])).toEqual([
      [threadId, { type: 'notLoaded' }, []],
    ]);
    const [byId, byPath] = await Promise.all([
      later.request('thread/resume', { threadId }),
      later.request('thread/resume', { threadId: 'ignored', path: thread.path }),
    ]);
    expect(byId.thread.turns).toEqual(read.thread.turns);
    expect(byPath.thread.turns).toEqual(read.thread.turns);
    await later.request('thread/loaded/list', {});
    const statuses = later.log.filter((each) => each.method === 'thread/status/changed');
    expect(statuses.map((each) => each.params?.['status'])).toEqual([{ type: 'idle' }]);
    expect(later.methods()).not.toContain('thread/started');
    await turn(later, threadId, 'go on');
    const [, second] = await model.waitForCalls(2);
    expect(inputTexts(second!)).toEqual(expect.arrayContaining(['remember', 'kept', 'go on']));
    const whole = await later.request('thread/read', { threadId, includeTurns: true });
    expect(whole.thread.turns.map((each) => each.items.length)).toEqual([2, 2]);
  });

  it('that does not exist or cannot be read is named', async () => {
    const { client, home } = await withModel([]);
    writeFileSync(join(home, 'broken.jsonl'), 'no json\n');
    const message = async (params: object) => (await client.call('thread/resume', params)).error?.message;
    expect(await message({ threadId: UNKNOWN })).toBe(`no rollout found for thread id ${UNKNOWN}`);
    expect(await message({ threadId: 'abc' })).toBe(
      'invalid thread id: invalid length: expected length 32 for simple format, found 3',
    );
    expect(await message({ threadId: 'x', history: [] })).toBe('history must not be empty');
    const nowhere = join(home, 'nowhere.jsonl');
    expect(await message({ threadId: 'x', path: nowhere })).toBe(
      `failed to load rollout \`${nowhere}\`: No such file or directory (os error 2)`,
    );
    const broken = join(home, 'broken.jsonl');
    expect((await client.call('thread/resume', { threadId: 'x', path: broken })).error).toEqual({
      code: -32600,
      message: `failed to load rollout \`${broken}\`: failed to parse thread ID from rollout file`,
      data: { path: broken, line: 1 },
    });
  });

  it('made from a history shows no turns and tells the model everything', async () => {
    const { client, model } = await withModel([[say('I see')]]);
    const { thread } = await client.request('thread/resume', {
      threadId: 'any',
      history: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'old question' }] }],
    });
    expect(thread).toMatchObject({ turns: [], preview: 'old question' });
    await turn(client, thread.id, 'new question');
    const [request] = await model.waitForCalls(1);
    expect(inputTexts(request!)).toEqual(expect.arrayContaining(['old question', 'new question']));
  });

  it('has a name that is kept, loaded or not', async () => {
    const { client, again, server } = await withModel([[say('ok')]]);
    const { thread } = await client.request('thread/start', {});
    const threadId = thread.id;
    await turn(client, threadId, 'hi');
    expect((await client.call('thread/name/set', { threadId, name: '  ' })).error?.message).toBe(
      'thread name must not be empty',
    );
    expect((await client.call('thread/name/set', { threadId: UNKNOWN, name: 'n' })).error?.message).toBe(
      `thread not found: ${UNKNOWN}`,
    );
    await client.call('thread/name/set', { threadId, name: '  First  ' }, 'named');
    expect((await client.untilMethod('thread/name/updated')).params).toEqual({ threadId, threadName: 'First' });
    expect((await client.request('thread/read', { threadId })).thread.name).toBe('First');
    await server.close();
    const later = await introduced(again());
    expect((await later.request('thread/list', { searchTerm: 'Firs' })).data[0]?.name).toBe('First');
    expect((await later.request('thread/resume', { threadId })).thread.name).toBe('First');
    expect((await later.request('thread/read', { threadId })).thread.name).toBe('First');
    await later.request('thread/unsubscribe', { threadId });
    await later.untilMethod('thread/closed');
    await later.request('thread/name/set', { threadId, name: 'Second' });
    expect((await later.untilMethod('thread/name/updated')).params).toEqual({ threadId, threadName: 'Second' });
  });

  it('goes to the archive and comes back', async () => {
    const { client, home } = await withModel([[say('ok')]]);
    const { thread } = await client.request('thread/start', {});
    const threadId = thread.id;
    const early = await client.call('thread/archive', { threadId });
    expect(early.error?.message).toBe(`no rollout found for thread id ${threadId}`);
    await turn(client, threadId, 'file me');
    const from = client.log.length;
    await client.call('thread/archive', { threadId }, 'archive');
    await client.untilMethod('thread/archived');
    expect(client.log.slice(from).map((each) => each.method ?? each.id)).toEqual([
      ...['thread/status/changed', 'archive', 'thread/archived'],
    ]);
    expect(existsSync(thread.path!)).toBe(false);
    expect(readdirSync(join(home, 'archived_sessions'))).toHaveLength(1);
    expect((await client.request('thread/list', {})).data).toEqual([]);
    expect((await client.request('thread/list', { archived: true })).data).toHaveLength(1);
    expect((await client.request('thread/read', { threadId })).thread.status).toEqual({ type: 'notLoaded' });
    expect((await client.call('thread/resume', { threadId })).error?.message).toBe(
      `no rollout found for thread id ${threadId}`,
    );
    await client.call('thread/unarchive', { threadId }, 'back');
    await client.untilMethod('thread/unarchived');
    expect(client.log.slice(-2).map((each) => each.method ?? each.id)).toEqual(['back', 'thread/unarchived']);
    expect(existsSync(thread.path!)).toBe(true);
    expect((await client.call('thread/unarchive', { threadId })).error?.message).toBe(
      `no archived rollout found for thread id ${threadId}`,
    );
  });

  it('is found by the older generation of clients', async () => {
    const { client } = await withModel([[say('ok')]]);
    const { thread } = await client.request('thread/start', {});
    await turn(client, thread.id, 'summarise me');
    const byId = await client.request('getConversationSummary', { conversationId: thread.id });
    expect(byId.summary).toMatchObject({ conversationId: thread.id, preview: 'summarise me', path: thread.path });
    expect(await client.request('getConversationSummary', { rolloutPath: thread.path! })).toEqual(byId);
    const { error } = await client.call('getConversationSummary', { conversationId: UNKNOWN });
    expect(error?.message).toBe(`no rollout found for conversation id ${UNKNOWN}`);
  });
});

describe('thread/loaded/list', () => {
  it('pages in the order of ids', async () => {
    const { client } = await withModel([]);
    for (let n = 0; n < 3; n++) await client.request('thread/start', {});
    const { data: all } = await client.request('thread/loaded/list', {});
    expect(all).toEqual(all.toSorted());
    const first = await client.request('thread/loaded/list', { limit: 2 });
    expect(first).toEqual({ data: all.slice(0, 2), nextCursor: all[1] });
    expect(await client.request('thread/loaded/list', { limit: 0, cursor: first.nextCursor })).toEqual({
      ...{ data: all.slice(2), nextCursor: null },
    });
    expect((await client.call('thread/loaded/list', { cursor: 'x' })).error?.message).toBe('invalid cursor: x');
  });
});

it('a thread that began with a picture is shown as one, loaded or not', async () => {
  const { client } = await withModel([[say('nice')]]);
  const { thread } = await client.request('thread/start', {});
  const picture = { type: 'image' as const, url: 'data:image/png;base64,iVBORw0KGgo=' };
  await client.request('turn/start', { threadId: thread.id, input: [picture] });
  await client.untilMethod('turn/completed');
  expect((await client.request('thread/read', { threadId: thread.id })).thread.preview).toBe('[Image]');
  expect((await client.request('thread/list', {})).data).toMatchObject([{ preview: '[Image]' }]);
});

it('a running thread that its last client leaves is told unloaded, and nothing between', async () => {
  const { server, client, model } = await withModel([[gate('go'), say('never')]]);
  const other = await introduced(server);
  const { thread } = await client.request('thread/start', {});
  await client.request('turn/start', { threadId: thread.id, input: input('wait') });
  await model.waitForCalls(1);
  expect(await client.request('thread/unsubscribe', { threadId: thread.id })).toEqual({ status: 'unsubscribed' });
  await other.untilMethod('thread/closed');
  const changes = other.log.filter(({ method }) => method === 'thread/status/changed');
  expect(changes.map(({ params }) => params?.['status'])).toMatchObject([{ type: 'active' }, { type: 'notLoaded' }]);
});

describe('elicitations out of band', () => {
  it('are counted', async () => {
    const { client } = await withModel([]);
    const { thread } = await client.request('thread/start', {});
    const params = { threadId: thread.id };
    expect((await client.call('thread/decrement_elicitation', params)).error?.message).toBe(
      'out-of-band elicitation count is already zero',
    );
    expect(await client.request('thread/increment_elicitation', params)).toEqual({ count: 1, paused: true });
    expect(await client.request('thread/increment_elicitation', params)).toEqual({ count: 2, paused: true });
    expect(await client.request('thread/decrement_elicitation', params)).toEqual({ count: 1, paused: true });
    expect(await client.request('thread/decrement_elicitation', params)).toEqual({ count: 0, paused: false });
  });

  it('end with the client that began them', async () => {
    const { server, client } = await withModel([]);
    const { thread } = await client.request('thread/start', {});
    const params = { threadId: thread.id };
    const other = await introduced(server);
    await other.request('thread/increment_elicitation', params);
    await client.request('thread/increment_elicitation', params);
    other.hangUp();
    await other.closed;
    expect(await client.request('thread/decrement_elicitation', params)).toEqual({ count: 0, paused: false });
  });
});

describe('an approval', () => {
  it('goes to the client and back into the turn', async () => {
    const command = call('shell_command', { command: 'echo hi > made.txt' });
    const { client, cwd } = await withModel(
      [[command], [say('done', { id: 'm2' })]],
      'features = { unified_exec = false }\n',
    );
    const { thread } = await client.request('thread/start', { approvalPolicy: 'untrusted' });
    await client.request('turn/start', { threadId: thread.id, input: input('go') });
    const asked = await client.untilMethod('item/commandExecution/requestApproval');
    expect(existsSync(join(cwd, 'made.txt'))).toBe(false);
    client.send({ id: asked.id, result: { decision: 'accept' } });
    await client.untilMethod('turn/completed');
    expect(existsSync(join(cwd, 'made.txt'))).toBe(true);
    const order = client.methods();
    expect(order.indexOf('item/commandExecution/requestApproval')).toBeLessThan(
      order.indexOf('serverRequest/resolved'),
    );
  });
});
