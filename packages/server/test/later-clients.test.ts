import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { call, gate, say, type Step, startMockModel } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { type Client, INITIALIZE, introduced, type Wire } from './support/client.ts';
import { world } from './support/server.ts';

const LATER = { ...INITIALIZE, capabilities: { experimentalApi: true, requestAttestation: false } };
const input = (text: string) => [{ type: 'text', text, text_elements: [] }];

async function both(steps: Step[] = []) {
  const model = await startMockModel({ steps });
  const { server, home, cwd } = world({ model });
  return { home, cwd, model, later: await introduced(server, LATER), plain: await introduced(server) };
}

async function result<T>(client: Client, method: string, params: object): Promise<T> {
  const { error, result: value } = await client.call(method, params);
  if (error) throw new Error(error.message);
  return value as T;
}

interface Opened {
  thread: { id: string; sessionId?: string; projectId?: null; turns: { id: string }[] };
  serviceTier: string | null;
}

async function turn(client: Client, threadId: string, text: string): Promise<string> {
  const { turn: started } = await result<{ turn: { id: string } }>(client, 'turn/start', {
    ...{ threadId, input: input(text), serviceTier: 'default' },
  });
  await client.until((each) => each.method === 'turn/completed' && turnOf(each) === started.id);
  return started.id;
}

const turnOf = (message: Wire) => (message.params?.['turn'] as { id: string } | undefined)?.id;

describe('a client of a later version', () => {
  it('gets the members it cannot do without, others get what they always got', async () => {
    const { later, plain, home } = await both([[say('hello')]]);
    expect(later.log[0]?.result).toMatchObject({ codexHome: home });
    expect(plain.log[0]?.result).not.toHaveProperty('codexHome');

    const { thread } = await result<Opened>(later, 'thread/start', { serviceTier: 'default' });
    expect(thread).toMatchObject({ sessionId: thread.id, projectId: null });
    const joined = await result<Opened>(plain, 'thread/resume', { threadId: thread.id });
    expect(joined.thread).not.toHaveProperty('sessionId');
    await turn(later, thread.id, 'hi');

    const times = { 'thread/started': 'thread', 'item/started': 'startedAtMs', 'item/completed': 'completedAtMs' };
    for (const [method, member] of Object.entries(times)) {
      expect((await later.untilMethod(method)).params).toHaveProperty(member);
    }
    expect((await later.untilMethod('thread/started')).params?.['thread']).toHaveProperty('sessionId', thread.id);
    expect((await plain.untilMethod('thread/started')).params?.['thread']).not.toHaveProperty('sessionId');
    expect((await later.untilMethod('item/started')).params?.['startedAtMs']).toBeGreaterThan(1e12);
    const items = plain.log.filter(({ method }) => method === 'item/started' || method === 'item/completed');
    expect(items.length).toBeGreaterThan(0);
    for (const { params } of items) expect(Object.keys(params ?? {}).sort()).toEqual(['item', 'threadId', 'turnId']);

    const list = await result<{ data: object[] }>(later, 'thread/list', { sortKey: 'recency_at' });
    expect(list.data).toMatchObject([{ id: thread.id, sessionId: thread.id }]);
    const bare = await result<Opened>(later, 'thread/resume', { threadId: thread.id, excludeTurns: true });
    expect(bare.thread).toMatchObject({ sessionId: thread.id, turns: [] });
    expect((await result<Opened>(later, 'thread/resume', { threadId: thread.id })).thread.turns).toHaveLength(1);
  });

  it('is asked with the time, and its answers count like those of others', async () => {
    const { later, plain } = await both([[call('exec_command', { cmd: 'touch asked' })], [say('done')]]);
    const { thread } = await result<Opened>(later, 'thread/start', { approvalPolicy: 'untrusted' });
    await result(plain, 'thread/resume', { threadId: thread.id });
    const ended = turn(later, thread.id, 'go');
    const asked = await later.untilMethod('item/commandExecution/requestApproval');
    expect(asked.params?.['startedAtMs']).toBeGreaterThan(1e12);
    const other = await plain.untilMethod('item/commandExecution/requestApproval');
    expect(other.params).not.toHaveProperty('startedAtMs');
    expect(other.id).toBe(asked.id);
    later.send({ id: asked.id, result: { decision: 'accept' } });
    await ended;
  });

  it('may say what came later, in settings and in tools', async () => {
    const { later, plain } = await both();
    const tool = { type: 'function', name: 'lookup', description: 'd', inputSchema: { type: 'object' } };
    const config = { default_permissions: ':read-only' };
    const opened = await result<Opened>(later, 'thread/start', {
      serviceTier: 'priority',
      dynamicTools: [tool],
      config,
    });
    expect(opened.serviceTier).toBe('fast');
    for (const serviceTier of ['default', 'something']) {
      expect((await result<Opened>(later, 'thread/start', { serviceTier })).serviceTier).toBeNull();
    }
    expect((await plain.call('thread/start', { serviceTier: 'default' })).error?.message).toContain('unknown variant');
    expect(await result(later, 'thread/start', { approvalPolicy: 'on-failure' })).toMatchObject({
      approvalPolicy: 'on-request',
    });
    const edit = { keyPath: 'approval_policy', value: 'on-failure', mergeStrategy: 'replace' };
    await result(plain, 'config/value/write', edit);
    const [theirs, ours] = await Promise.all([later, plain].map((client) => result(client, 'config/read', {})));
    expect([theirs, ours]).toMatchObject([
      { config: { approval_policy: 'on-request' } },
      { config: { approval_policy: 'on-failure' } },
    ]);
    expect(await result(plain, 'thread/start', { approvalPolicy: 'on-failure' })).toMatchObject({
      approvalPolicy: 'on-failure',
    });
    const group = await later.call('thread/start', { dynamicTools: [{ type: 'namespace', name: 'n', tools: [] }] });
    expect(group.error?.message).toContain('missing field');
  });

  it('pages through the turns of a thread in both directions, also while one runs', async () => {
    const { later, model } = await both([[say('1')], [say('2')], [say('3')], [gate('go'), say('4')]]);
    const { thread } = await result<Opened>(later, 'thread/start', {});
    const ids = [];
    for (const text of ['a', 'b', 'c']) ids.push(await turn(later, thread.id, text));
    const page = (params: object) =>
      result<{ data: { id: string }[]; nextCursor: string | null; backwardsCursor: string | null }>(
        later,
        'thread/turns/list',
        { threadId: thread.id, ...params },
      );
    const newest = await page({ limit: 2 });
    expect(newest.data.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    const rest = await page({ limit: 2, cursor: newest.nextCursor });
    expect(rest).toMatchObject({ data: [{ id: ids[0] }], nextCursor: null });
    const oldest = await page({ limit: 2, sortDirection: 'asc' });
    expect(oldest.data.map(({ id }) => id)).toEqual([ids[0], ids[1]]);
    expect((await page({ sortDirection: 'asc', cursor: oldest.nextCursor })).data).toMatchObject([{ id: ids[2] }]);

    const running = await result<{ turn: { id: string } }>(later, 'turn/start', {
      threadId: thread.id,
      input: input('d'),
    });
    await model.waitForCalls(4);
    // What came since is found from where the first page ended.
    const since = await page({ sortDirection: 'asc', cursor: newest.backwardsCursor });
    expect(since.data).toMatchObject([{ id: running.turn.id }]);
    model.open('go');
    expect((await later.call('thread/turns/list', { threadId: thread.id, cursor: 'x' })).error?.message).toBe(
      'invalid cursor: x',
    );
  });

  it('is warned, which others are not', async () => {
    const { server } = world({ config: '[features]\nno_such_feature = true\n' });
    const [later, plain] = await Promise.all([introduced(server, LATER), introduced(server)]);
    await result<Opened>(later, 'thread/start', { config: { 'features.one_of_later': true } });
    const params = { threadId: null, message: expect.stringContaining('no_such_feature') as string };
    expect((await later.untilMethod('warning')).params).toEqual(params);
    await result<Opened>(plain, 'thread/start', {});
    await plain.untilMethod('thread/started');
    expect(plain.methods()).not.toContain('warning');
    expect(later.methods().filter((method) => method === 'warning')).toHaveLength(1);
  });

  it('sees the plugins that are installed, and no others', async () => {
    const { server, cwd } = world({ config: '[features]\nplugins = true\n' });
    const client = await introduced(server, LATER);
    const marketplacePath = join(cwd, '.agents/plugins/marketplace.json');
    mkdirSync(dirname(marketplacePath), { recursive: true });
    const plugins = ['kit', 'other'].map((name) => ({ name, source: { source: 'local', path: `./${name}` } }));
    writeFileSync(marketplacePath, JSON.stringify({ name: 'shop', plugins }));
    for (const { name } of plugins) {
      mkdirSync(join(cwd, name, '.codex-plugin'), { recursive: true });
      writeFileSync(join(cwd, name, '.codex-plugin/plugin.json'), JSON.stringify({ name }));
    }
    const installed = () => result<{ marketplaces: object[] }>(client, 'plugin/installed', { cwds: [cwd] });
    expect((await installed()).marketplaces).toEqual([]);
    await result(client, 'plugin/install', { marketplacePath, pluginName: 'kit' });
    expect((await installed()).marketplaces).toMatchObject([
      { name: 'shop', interface: null, plugins: [{ name: 'kit', installed: true, keywords: [] }] },
    ]);
  });

  it('has methods that others have not', async () => {
    const { later, plain, cwd } = await both();
    const threadId = '00000000-0000-7000-8000-000000000001';
    const calls: [string, object, object][] = [
      ['hooks/list', { cwds: [cwd] }, { data: [{ cwd, hooks: [], warnings: [], errors: [] }] }],
      ['plugin/installed', { cwds: [cwd] }, { marketplaces: [], marketplaceLoadErrors: [] }],
      ['thread/readState/update', { threadId }, { readState: { firstUnread: null, revision: '0' } }],
    ];
    for (const [method, params, expected] of calls) {
      expect(await result(later, method, params)).toEqual(expected);
      expect((await plain.call(method, params)).error?.message).toContain(`unknown variant \`${method}\``);
    }
  });
});
