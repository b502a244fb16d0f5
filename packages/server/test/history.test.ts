import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gate, inputTexts, say, type Step, startMockModel } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { type Client, introduced, type Wire } from './support/client.ts';
import { world } from './support/server.ts';

const UNKNOWN = '00000000-0000-7000-8000-000000000001';
const input = (text: string) => [{ type: 'text' as const, text, text_elements: [] }];

async function withModel(steps: Step[]) {
  const model = await startMockModel({ steps });
  const made = world({ model });
  return { ...made, model, client: await introduced(made.server) };
}

async function turn(client: Client, threadId: string, text: string): Promise<void> {
  const { turn: started } = await client.request('turn/start', { threadId, input: input(text) });
  await client.until((each) => ended(each, started.id));
}

const ended = (each: Wire, id: string) =>
  each.method === 'turn/completed' && (each.params?.['turn'] as { id?: string } | undefined)?.id === id;
const about = (client: Client, threadId: string) =>
  client.log.filter((each) => each.method && each.params?.['threadId'] === threadId).map((each) => each.method);
const refusal = async (client: Client, method: string, params: object) => (await client.call(method, params)).error;

describe('thread/fork', () => {
  it('answers with the history, and announces the fork with it', async () => {
    const { client, model } = await withModel([say('1'), say('2'), say('3')]);
    const { thread } = await client.request('thread/start', {});
    await turn(client, thread.id, 'one');
    await client.request('thread/name/set', { threadId: thread.id, name: 'Trunk' });
    const fork = await client.request('thread/fork', { threadId: thread.id, model: 'gpt-5.4' });
    expect(fork).toMatchObject({ model: 'gpt-5.4', thread: { name: null, preview: 'one', status: { type: 'idle' } } });
    expect(fork.thread.turns).toHaveLength(1);
    const told = await client.until((each) => JSON.stringify(each.params?.['thread'] ?? {}).includes(fork.thread.id));
    expect(told).toMatchObject({ method: 'thread/started', params: { thread: fork.thread } });
    const answer = client.log.findIndex((each) => JSON.stringify(each.result ?? {}).includes(fork.thread.id));
    expect(client.log.indexOf(told)).toBeGreaterThan(answer);
    await turn(client, fork.thread.id, 'two');
    expect(inputTexts(model.calls[1]!).filter((text) => !text.startsWith('<'))).toEqual(['one', '1', 'two']);
    const { data } = await client.request('thread/list', {});
    expect(data.map(({ id, name }) => [id, name])).toEqual([
      [fork.thread.id, null],
      [thread.id, 'Trunk'],
    ]);
    const byPath = await client.request('thread/fork', { threadId: 'any', path: fork.thread.path!, ephemeral: true });
    expect(byPath.thread).toMatchObject({ ephemeral: true, path: null });
    expect(byPath.thread.turns).toHaveLength(2);
  });

  it('works while the source runs, and without it being loaded', async () => {
    const { client, model, again } = await withModel([say('1'), [gate('go'), say('2')], say('3')]);
    const { thread } = await client.request('thread/start', {});
    await turn(client, thread.id, 'one');
    const { turn: running } = await client.request('turn/start', { threadId: thread.id, input: input('two') });
    await model.waitForCalls(2);
    const fork = await client.request('thread/fork', { threadId: thread.id });
    expect(fork.thread.turns.map(({ status }) => status)).toEqual(['completed', 'interrupted']);
    model.open('go');
    expect(await client.until((each) => ended(each, running.id))).toMatchObject({
      params: { turn: { status: 'completed' } },
    });
    const other = await introduced(again());
    expect((await other.request('thread/fork', { threadId: thread.id })).thread.turns).toHaveLength(2);
    expect((await other.request('thread/loaded/list', {})).data).toHaveLength(1);
  });

  it('refuses what has no file', async () => {
    const { client, home } = await withModel([]);
    const { thread } = await client.request('thread/start', {});
    const none = (id: string) => ({ code: -32600, message: `no rollout found for thread id ${id}` });
    for (const threadId of [thread.id, UNKNOWN])
      expect(await refusal(client, 'thread/fork', { threadId })).toEqual(none(threadId));
    const path = join(home, 'none.jsonl');
    const missing = `failed to load rollout \`${path}\`: No such file or directory (os error 2)`;
    expect(await refusal(client, 'thread/fork', { threadId: 'x', path })).toEqual({ code: -32600, message: missing });
    writeFileSync(path, 'nonsense\n');
    expect((await refusal(client, 'thread/fork', { threadId: 'x', path }))?.message).toMatch(/^failed to load rollout/);
  });
});

describe('thread/rollback', () => {
  it('answers with the turns that are left, and leaves the status alone', async () => {
    const { client, model } = await withModel([say('1'), say('2'), [gate('go'), say('3')]]);
    const { thread } = await client.request('thread/start', {});
    const threadId = thread.id;
    const { message } = (await refusal(client, 'thread/rollback', { threadId, numTurns: 1 }))!;
    expect(message).toContain('for rollback replay: No such file');
    await turn(client, threadId, 'one');
    await turn(client, threadId, 'two');
    const answer = await client.request('thread/rollback', { threadId, numTurns: 1 });
    expect(answer.thread.turns.map(({ items }) => items.length)).toEqual([2]);
    const { turn: running } = await client.request('turn/start', { threadId, input: input('three') });
    await model.waitForCalls(3);
    const refused = { code: -32600, message: 'Cannot rollback while a turn is in progress.' };
    expect(await refusal(client, 'thread/rollback', { threadId, numTurns: 1 })).toEqual(refused);
    model.open('go');
    await client.until((each) => ended(each, running.id));
    const states = client.log.flatMap((each) =>
      each.method === 'thread/status/changed' ? [(each.params!['status'] as { type: string }).type] : [],
    );
    expect(states).toEqual(['active', 'idle', 'active', 'idle', 'active', 'idle']);
    expect((await client.request('thread/read', { threadId, includeTurns: true })).thread.turns).toHaveLength(2);
    const zero = { code: -32600, message: 'numTurns must be >= 1' };
    expect(await refusal(client, 'thread/rollback', { threadId, numTurns: 0 })).toEqual(zero);
    expect((await refusal(client, 'thread/rollback', { threadId: UNKNOWN, numTurns: 1 }))?.message).toBe(
      `thread not found: ${UNKNOWN}`,
    );
  });
});

describe('thread/compact/start', () => {
  it('is answered at once; what happens is a turn', async () => {
    const { client, model } = await withModel([say('1'), [gate('go'), say('gist')]]);
    const { thread } = await client.request('thread/start', {});
    const threadId = thread.id;
    await turn(client, threadId, 'one');
    const before = about(client, threadId).length;
    expect(await client.request('thread/compact/start', { threadId })).toEqual({});
    await model.waitForCalls(2);
    const refused = { code: -32600, message: 'Cannot compact while a turn is in progress.' };
    expect(await refusal(client, 'thread/compact/start', { threadId })).toEqual(refused);
    model.open('go');
    await client.until(() => about(client, threadId).lastIndexOf('turn/completed') >= before);
    expect(about(client, threadId).slice(before)).toEqual([
      ...['thread/status/changed', 'turn/started', 'item/started', 'thread/tokenUsage/updated', 'item/completed'],
      ...['thread/compacted', 'thread/tokenUsage/updated', 'thread/status/changed', 'turn/completed'],
    ]);
  });
});

describe('thread/metadata/update', () => {
  it('changes what is named, and is there after a restart', async () => {
    const { client, again } = await withModel([say('1')]);
    const { thread } = await client.request('thread/start', {});
    const threadId = thread.id;
    await turn(client, threadId, 'one');
    const set = (gitInfo: object | null, on = client) => on.call('thread/metadata/update', { threadId, gitInfo });
    const gitOf = async (answer: Promise<Wire>) =>
      ((await answer).result as { thread: { gitInfo: unknown } }).thread.gitInfo;
    expect(await gitOf(set({ sha: ' abc ', branch: 'b', originUrl: 'o' }))).toEqual({
      sha: 'abc',
      branch: 'b',
      originUrl: 'o',
    });
    expect(await gitOf(set({ sha: null, branch: 'c' }))).toEqual({ sha: null, branch: 'c', originUrl: 'o' });
    const gitInfo = { sha: null, branch: 'c', originUrl: 'o' };
    expect((await client.request('thread/read', { threadId })).thread.gitInfo).toEqual(gitInfo);
    expect((await client.request('thread/list', {})).data[0]?.gitInfo).toEqual(gitInfo);

    const other = await introduced(again());
    expect((await other.request('thread/read', { threadId })).thread.gitInfo).toEqual(gitInfo);
    expect((await other.request('thread/resume', { threadId })).thread.gitInfo).toEqual(gitInfo);
    await other.request('thread/archive', { threadId });
    expect(await gitOf(set({ branch: null, originUrl: null }, other))).toBeNull();
    expect((await other.request('thread/unarchive', { threadId })).thread.gitInfo).toBeNull();
  });

  it('refuses nothing, blanks, and threads that keep nothing', async () => {
    const { client } = await withModel([]);
    const { thread } = await client.request('thread/start', {});
    const brief = await client.request('thread/start', { ephemeral: true });
    const said = async (threadId: string, gitInfo?: object) =>
      (await refusal(client, 'thread/metadata/update', { threadId, gitInfo }))?.message;
    expect(await said(thread.id)).toBe('gitInfo must include at least one field');
    expect(await said(thread.id, {})).toBe('gitInfo must include at least one field');
    expect(await said(thread.id, { branch: ' ' })).toBe('gitInfo.branch must not be empty');
    expect(await said(UNKNOWN, { branch: 'b' })).toBe(`thread not found: ${UNKNOWN}`);
    const { id } = brief.thread;
    expect(await said(id, { branch: 'b' })).toBe(`ephemeral thread does not support metadata updates: ${id}`);
    // A thread that has no file yet keeps what is set.
    expect(await said(thread.id, { branch: 'b' })).toBeUndefined();
    expect((await client.request('thread/read', { threadId: thread.id })).thread.gitInfo?.branch).toBe('b');
  });
});

describe('thread/archive of a running thread', () => {
  it('interrupts it first and says once that it is gone', async () => {
    const { client, model } = await withModel([[gate('never')]]);
    const { thread } = await client.request('thread/start', {});
    const threadId = thread.id;
    await client.request('turn/start', { threadId, input: input('go') });
    await model.waitForCalls(1);
    await client.untilMethod('item/completed');
    const before = client.log.length;
    await client.request('thread/archive', { threadId });
    await client.untilMethod('thread/archived');
    const news = client.log.slice(before).filter(({ method }) => method !== 'account/rateLimits/updated');
    const told = news.map(({ method, params }) => {
      const { status, turn: of } = (params ?? {}) as { status?: { type: string }; turn?: { status: string } };
      return [method ?? 'answer', status?.type ?? of?.status].filter(Boolean).join(' ');
    });
    expect(told).toEqual([
      ...['thread/status/changed idle', 'turn/completed interrupted', 'thread/status/changed notLoaded'],
      ...['answer', 'thread/archived'],
    ]);
  });
});
