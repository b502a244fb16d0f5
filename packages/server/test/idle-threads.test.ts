import { manualClock, systemClock } from '@codex/base';
import { call, gate, inputTexts, say, type Step, startMockModel } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type ServerOptions } from '../src/index.ts';
import { type Client, introduced, type Wire } from './support/client.ts';
import { type FakeThread, fakeThreads } from './support/fake-threads.ts';
import { world } from './support/server.ts';

const { unloadMs, dropMs } = DEFAULT_LIMITS;
const INPUT = [{ type: 'text' as const, text: 'hi', text_elements: [] }];
const MESSAGE = { type: 'agentMessage', id: 'm', text: 'x', phase: null } as const;

/** A thread with one turn behind it, its only client, and somebody who looks on. */
async function followed(options: Partial<ServerOptions> = {}) {
  const fake = fakeThreads();
  const clock = manualClock(1_700_000_000_000);
  const { server } = world({ threads: () => fake.threads, clock, ...options });
  const client = await introduced(server);
  const other = await introduced(server);
  const { thread } = await client.request('thread/start', {});
  const threadId = thread.id;
  const [loaded] = fake.all as [FakeThread];
  await client.request('turn/start', { threadId, input: INPUT });
  const turn = (end: boolean) => {
    loaded.scope().add(MESSAGE);
    if (end) loaded.scope().end('completed');
  };
  const leave = async () => {
    client.hangUp();
    await client.closed;
  };
  const loadedIds = async () => (await other.request('thread/loaded/list', {})).data;
  return { fake, clock, server, client, other, threadId, loaded, turn, leave, loadedIds };
}

describe('a thread whose clients went away', () => {
  it('is unloaded after a while, and everybody hears of it', async () => {
    const { clock, other, threadId, turn, leave, loadedIds } = await followed();
    turn(true);
    await leave();
    clock.advance(unloadMs - 1);
    expect(await loadedIds()).toEqual([threadId]);
    clock.advance(1);
    await other.untilMethod('thread/closed');
    expect(other.log.slice(-2)).toMatchObject([
      { method: 'thread/status/changed', params: { threadId, status: { type: 'notLoaded' } } },
      { method: 'thread/closed', params: { threadId } },
    ]);
    expect(await loadedIds()).toEqual([]);
  });

  it('finishes its turn first, with whatever that asks', async () => {
    const { clock, loaded, threadId, turn, leave, loadedIds, other } = await followed();
    turn(false);
    await leave();
    const signal = new AbortController().signal;
    const asked = loaded.scope().ask('item/tool/call', { callId: 'c', tool: 't', arguments: {} }, signal);
    clock.advance(dropMs);
    expect(await loadedIds()).toEqual([threadId]);
    await other.request('thread/resume', { threadId });
    const question = await other.untilMethod('item/tool/call');
    other.send({ id: question.id, result: { contentItems: [], success: true } });
    expect(await asked).toMatchObject({ ok: true });
    loaded.scope().end('completed');
    clock.advance(dropMs);
    expect(await loadedIds()).toEqual([threadId]);
  });

  it('waits anew after a turn that somebody else started', async () => {
    const { clock, other, threadId, turn, leave, loadedIds, loaded } = await followed();
    turn(true);
    await leave();
    clock.advance(unloadMs - 1);
    await other.request('turn/start', { threadId, input: INPUT });
    clock.advance(unloadMs);
    expect(await loadedIds()).toEqual([threadId]);
    loaded.scope().end('completed');
    clock.advance(unloadMs - 1);
    expect(await loadedIds()).toEqual([threadId]);
    clock.advance(1);
    await other.untilMethod('thread/closed');
  });

  it('stays when somebody joins in time, and when others follow it', async () => {
    const { clock, other, threadId, turn, leave, loadedIds } = await followed();
    turn(true);
    await leave();
    clock.advance(unloadMs - 1);
    await other.request('thread/resume', { threadId });
    clock.advance(dropMs);
    expect(await loadedIds()).toEqual([threadId]);
  });

  it('is kept for longer when it cannot be loaded again, having no turn', async () => {
    const fake = fakeThreads();
    const clock = manualClock();
    const { server } = world({ threads: () => fake.threads, clock });
    const client = await introduced(server);
    const { thread } = await client.request('thread/start', {});
    client.hangUp();
    await client.closed;
    const other = await introduced(server);
    clock.advance(dropMs - 1);
    const joined = await other.request('thread/resume', { threadId: thread.id });
    expect(joined.thread.turns).toEqual([]);
    other.hangUp();
    await other.closed;
    const last = await introduced(server);
    clock.advance(dropMs);
    await last.untilMethod('thread/closed');
    expect(fake.threads.list()).toEqual([]);
  });

  it('waits for its agents, which go with it', async () => {
    const { fake, clock, other, threadId, turn, leave, loadedIds } = await followed();
    const agent = fake.open(threadId);
    agent.prepareTurn({ input: [] }).run();
    turn(true);
    await leave();
    clock.advance(dropMs);
    expect((await loadedIds()).sort()).toEqual([threadId, agent.id].sort());
    agent.scope().end('completed');
    clock.advance(unloadMs);
    await other.until((each) => each.method === 'thread/closed' && each.params?.['threadId'] === threadId);
  });
});

/** A real thread that has answered once and is left alone; `unload` lets it be unloaded. */
async function left(steps: Step[], options: Partial<ServerOptions> = {}) {
  const model = await startMockModel({ steps });
  const clock = manualClock(Date.UTC(2026, 10, 1));
  const { server, home } = world({ model, clock, ...options });
  const client = await introduced(server);
  const { thread } = await client.request('thread/start', {});
  const threadId = thread.id;
  await turn(client, threadId, 'first');
  const other = await introduced(server);
  return {
    clock,
    client,
    other,
    threadId,
    home,
    model,
    path: thread.path ?? '',
    unload: () => clock.advance(unloadMs),
  };
}

const isIdle = (params: Record<string, unknown> | undefined) =>
  (params?.['status'] as { type: string } | undefined)?.type === 'idle';

async function turn(client: Client, threadId: string, text: string): Promise<void> {
  const { turn: started } = await client.request('turn/start', {
    threadId,
    input: [{ type: 'text', text, text_elements: [] }],
  });
  await client.until(
    ({ method, params }) =>
      method === 'turn/completed' && (params?.['turn'] as { id: string } | undefined)?.id === started.id,
  );
}

describe('joining a thread while it is being unloaded', () => {
  it.each(['by id', 'by path'])('finds it whole: %s', async (how) => {
    const { client, other, threadId, unload, model, path } = await left([[say('one')], [say('two', { id: 'm2' })]]);
    client.hangUp();
    await client.closed;
    unload();
    const joined = await other.request('thread/resume', how === 'by id' ? { threadId } : { threadId: 'x', path });
    expect(joined.thread).toMatchObject({ id: threadId, status: { type: 'idle' }, turns: [{ status: 'completed' }] });
    await turn(other, threadId, 'second');
    expect(inputTexts(model.calls[1]!)).toEqual(expect.arrayContaining(['first', 'one', 'second']));
    const { thread } = await other.request('thread/read', { threadId, includeTurns: true });
    expect(thread.turns).toHaveLength(2);
  });

  it('by a turn that comes before it keeps it, by one that comes after it is told that it is not there', async () => {
    const { client, other, threadId, unload, model } = await left([
      [say('one')],
      [gate('go'), say('two', { id: 'm2' })],
    ]);
    client.hangUp();
    await client.closed;
    await other.request('turn/start', { threadId, input: INPUT });
    unload();
    model.open('go');
    await other.until(({ method, params }) => method === 'thread/status/changed' && isIdle(params));
    // Only now it is idle again.
    await other.request('thread/read', { threadId });
    unload();
    const late = await other.call('turn/start', { threadId, input: INPUT });
    expect(late.error?.message).toBe(`thread not found: ${threadId}`);
    expect(other.methods().at(-1)).toBe('thread/closed');
    expect((await other.request('thread/resume', { threadId })).thread.turns).toHaveLength(2);
  });

  it('right after the last one left gets it whole, however the two requests come', async () => {
    const { client, threadId } = await left([[say('one')], [gate('never'), say('half')]]);
    for (let round = 0; round < 5; round++) {
      const [gone, back] = await Promise.all([
        client.request('thread/unsubscribe', { threadId }),
        client.request('thread/resume', { threadId }),
      ]);
      expect(gone).toEqual({ status: 'unsubscribed' });
      expect(back.thread).toMatchObject({ status: { type: 'idle' }, turns: [{ status: 'completed' }] });
    }
  });
});

describe('unloading', () => {
  it('ends the terminals that a turn left running, and writes that down', async () => {
    const steps = [[call('exec_command', { cmd: 'echo pid-$$; sleep 600', yield_time_ms: 300 })], [say('it runs')]];
    const { client, other, threadId } = await left(steps, { clock: systemClock, limits: { unloadMs: 1 } });
    const printed = ({ method, params }: Wire) =>
      method === 'item/commandExecution/outputDelta' ? /pid-(\d+)/.exec(String(params?.['delta'])) : null;
    const pid = Number(printed(await client.until((message) => printed(message) !== null))?.[1]);
    expect(() => process.kill(pid, 0)).not.toThrow();
    client.hangUp();
    await other.untilMethod('thread/closed');
    expect(() => process.kill(pid, 0)).toThrow();
    const { thread } = await other.request('thread/read', { threadId, includeTurns: true });
    expect(thread.turns[0]?.items[1]).toMatchObject({ type: 'commandExecution', status: 'failed' });
  });

  it('leaves names and facts about git to be set and read', async () => {
    const { client, other, threadId, unload } = await left([[say('one')]]);
    client.hangUp();
    await client.closed;
    unload();
    await other.untilMethod('thread/closed');
    await other.request('thread/name/set', { threadId, name: 'Beans' });
    await other.request('thread/metadata/update', { threadId, gitInfo: { branch: 'b' } });
    expect((await other.request('thread/resume', { threadId })).thread).toMatchObject({
      name: 'Beans',
      gitInfo: { branch: 'b' },
    });
  });
});
