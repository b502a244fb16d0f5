import { describe, expect, it } from 'vitest';
import { INITIALIZE, introduced } from './support/client.ts';
import { type FakeThread, fakeThreads } from './support/fake-threads.ts';
import { world } from './support/server.ts';

const message = (id: string, text = '') => ({ type: 'agentMessage', id, text, phase: null }) as const;
const INPUT = [{ type: 'text' as const, text: 'hi', text_elements: [] }];

async function twoClients() {
  const fake = fakeThreads();
  const { server } = world({ threads: () => fake.threads });
  const one = await introduced(server);
  const two = await introduced(server);
  const { thread } = await one.request('thread/start', {});
  const [loaded] = fake.all as [FakeThread];
  return { fake, server, one, two, loaded, threadId: thread.id };
}

describe('thread/start', () => {
  it('answers, then announces the thread to everybody, and subscribes the caller alone', async () => {
    const { one, two, loaded, threadId } = await twoClients();
    await one.request('turn/start', { threadId, input: INPUT });
    loaded.scope().add(message('m1', 'hello'));
    await one.untilMethod('item/completed');
    expect(one.log.map((each) => each.method ?? 'answer')).toEqual([
      ...['answer', 'answer', 'thread/started', 'answer', 'thread/status/changed', 'turn/started'],
      ...['item/started', 'item/completed'],
    ]);
    await two.untilMethod('thread/status/changed');
    expect(two.methods()).toEqual(['thread/started', 'thread/status/changed']);
  });
});

describe('a turn started by somebody who does not follow the thread', () => {
  it('is answered and brings only what everybody gets', async () => {
    const { one, two, loaded, threadId } = await twoClients();
    const { turn } = await two.request('turn/start', { threadId, input: INPUT });
    loaded.scope().end('completed');
    await one.untilMethod('turn/completed');
    expect(turn.status).toBe('inProgress');
    await two.request('thread/loaded/list', {});
    expect(two.methods()).toEqual(['thread/started', 'thread/status/changed', 'thread/status/changed']);
  });
});

describe('thread/resume of a running thread', () => {
  it('shows everything so far and then everything that follows, once', async () => {
    const { one, two, loaded, threadId } = await twoClients();
    await one.request('turn/start', { threadId, input: INPUT });
    const open = loaded.scope().start(message('m1'));
    open.delta({ kind: 'text', text: 'before ' });
    const joining = two.request('thread/resume', { threadId, model: 'ignored' });
    open.delta({ kind: 'text', text: 'while ' });
    const joined = await joining;
    const item = joined.thread.turns[0]?.items[0];
    if (item?.type !== 'agentMessage') throw new Error('a message was expected');
    open.delta({ kind: 'text', text: 'after' });
    open.complete(message('m1', 'before while after'));
    await two.untilMethod('item/completed');
    const heard = two.log.flatMap((each) =>
      each.method === 'item/agentMessage/delta' ? [each.params?.['delta']] : [],
    );
    expect([item.text, ...heard].join('')).toBe('before while after');
    expect(joined.thread.status).toEqual({ type: 'active', activeFlags: [] });
    expect(joined.model).toBe('m');
  });

  it('refuses what does not fit to a loaded thread', async () => {
    const { two, threadId, loaded } = await twoClients();
    const history = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'x' }] }];
    expect((await two.call('thread/resume', { threadId, history })).error?.message).toBe(
      `cannot resume thread ${threadId} with history while it is already running`,
    );
    expect((await two.call('thread/resume', { threadId, path: '/other.jsonl' })).error?.message).toBe(
      `cannot resume running thread ${threadId} with mismatched path: requested \`/other.jsonl\`, active \`${loaded.header.path}\``,
    );
  });
});

describe('leaving', () => {
  it('by thread/unsubscribe closes the thread with the last subscriber, after the answer', async () => {
    const { one, two, fake, threadId } = await twoClients();
    await two.request('thread/resume', { threadId });
    expect(await two.request('thread/unsubscribe', { threadId })).toEqual({ status: 'unsubscribed' });
    expect(await two.request('thread/unsubscribe', { threadId })).toEqual({ status: 'notSubscribed' });
    expect(fake.threads.list()).toHaveLength(1);
    const seen = one.log.length;
    const left = await one.request('thread/unsubscribe', { threadId });
    await one.untilMethod('thread/closed');
    expect(left).toEqual({ status: 'unsubscribed' });
    expect(one.log.slice(seen).map((each) => each.method ?? 'answer')).toEqual([
      ...['answer', 'thread/status/changed', 'thread/closed'],
    ]);
    await two.untilMethod('thread/closed');
    expect(two.methods().slice(-2)).toEqual(['thread/status/changed', 'thread/closed']);
    expect(await one.request('thread/unsubscribe', { threadId })).toEqual({ status: 'notLoaded' });
    expect(await one.request('thread/loaded/list', {})).toEqual({ data: [], nextCursor: null });
  });

  it('by disconnecting keeps the thread loaded and its turn running', async () => {
    const { one, two, fake, threadId } = await twoClients();
    await one.request('turn/start', { threadId, input: INPUT });
    one.hangUp();
    await one.closed;
    expect(fake.all[0]?.state.active).not.toBeNull();
    const joined = await two.request('thread/resume', { threadId });
    expect(joined.thread.turns[0]?.status).toBe('inProgress');
  });

  it('while a thread is being started for the connection leaves nobody subscribed', async () => {
    const fake = fakeThreads();
    let release = () => {};
    let reach = () => {};
    const reached = new Promise<void>((resolve) => {
      reach = resolve;
    });
    fake.threads.start = async () => {
      reach();
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return fake.open();
    };
    const { server } = world({ threads: () => fake.threads });
    const gone = await introduced(server);
    const stays = await introduced(server);
    gone.send({ id: 1, method: 'thread/start', params: {} });
    await reached;
    gone.hangUp();
    release();
    await gone.closed;
    const [loaded] = fake.all as [FakeThread];
    expect(await stays.request('thread/unsubscribe', { threadId: loaded.id })).toEqual({ status: 'notSubscribed' });
  });
});

describe('threads of agents', () => {
  it('are followed by who follows the thread that spawned them', async () => {
    const { fake, one, two, threadId } = await twoClients();
    const child = fake.open(threadId);
    child.prepareTurn({ input: [] }).run();
    await one.untilMethod('turn/started');
    await two.request('thread/loaded/list', {});
    const about = (client: typeof one) =>
      client.log.filter((each) => each.params?.['threadId'] === child.id).map((each) => each.method);
    expect(about(one)).toEqual(['thread/status/changed', 'thread/status/changed', 'turn/started']);
    expect(about(two)).toEqual(['thread/status/changed', 'thread/status/changed']);
  });
});

describe('optOutNotificationMethods', () => {
  it('silences exactly what it names, for this connection', async () => {
    const fake = fakeThreads();
    const { server } = world({ threads: () => fake.threads });
    const quiet = await introduced(server, {
      ...INITIALIZE,
      capabilities: { optOutNotificationMethods: ['thread/started', 'turn/*', 'no/such'] },
    });
    const other = await introduced(server);
    const { thread } = await quiet.request('thread/start', {});
    await quiet.request('turn/start', { threadId: thread.id, input: INPUT });
    await quiet.untilMethod('turn/started');
    expect(quiet.methods()).toEqual(['thread/status/changed', 'turn/started']);
    await other.untilMethod('thread/status/changed');
    expect(other.methods()).toEqual(['thread/started', 'thread/status/changed']);
  });
});

describe('raw events', () => {
  it('reach followers of a thread that was started with them', async () => {
    const fake = fakeThreads();
    const { server } = world({ threads: () => fake.threads });
    const client = await introduced(server);
    for (const experimentalRawEvents of [false, true]) {
      const { thread } = await client.request('thread/start', { experimentalRawEvents });
      await client.request('turn/start', { threadId: thread.id, input: INPUT });
    }
    for (const thread of fake.all) {
      thread.scope().appendContext([{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'x' }] }]);
      thread.scope().end('completed');
    }
    await client.until(() => client.methods().filter((name) => name === 'turn/completed').length === 2);
    const raw = client.log.filter((each) => each.method === 'rawResponseItem/completed');
    expect(raw.map((each) => each.params?.['threadId'])).toEqual([fake.all[1]?.id]);
  });
});
