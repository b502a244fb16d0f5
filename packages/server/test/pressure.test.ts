import { type Logger, nullLogger } from '@codex/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientOn, connect, INITIALIZE, introduced, slowChannel, type Wire } from './support/client.ts';
import { type FakeThread, fakeThreads } from './support/fake-threads.ts';
import { world } from './support/server.ts';

const INPUT = [{ type: 'text' as const, text: 'hi', text_elements: [] }];
const message = (id: string, text = '') => ({ type: 'agentMessage', id, text, phase: null }) as const;

async function slowReader(limits: object = {}) {
  const fake = fakeThreads();
  const errors: string[] = [];
  const log: Logger = {
    ...nullLogger,
    error: (fields) => void errors.push(String((fields as { reason?: string }).reason)),
    child: () => log,
  };
  const { server } = world({ threads: () => fake.threads, log, limits: { highWaterBytes: 100, ...limits } });
  const slow = slowChannel();
  const client = clientOn(server, slow.channel, slow.near);
  await client.call('initialize', INITIALIZE);
  const { thread } = await client.request('thread/start', {});
  await client.request('turn/start', { threadId: thread.id, input: INPUT });
  await client.untilMethod('turn/started');
  const [loaded] = fake.all as [FakeThread];
  return { server, slow, client, loaded, threadId: thread.id, errors };
}

const isDelta = (each: Wire) => each.method === 'item/agentMessage/delta';

describe('a reader that is too slow', () => {
  it('gets pieces of one text as one, in order with everything else', async () => {
    const { slow, client, loaded } = await slowReader();
    slow.shut();
    const first = loaded.scope().start(message('a'));
    const second = loaded.scope().start(message('b'));
    for (let n = 0; n < 1000; n++) first.delta({ kind: 'text', text: `${n} ` });
    second.delta({ kind: 'text', text: 'x' });
    for (let n = 0; n < 1000; n++) first.delta({ kind: 'text', text: `${n} ` });
    first.complete(message('a', 'all'));
    loaded.scope().end('completed');
    slow.open();
    await client.untilMethod('turn/completed');
    const deltas = client.log.filter(isDelta);
    expect(deltas.length).toBeLessThan(10);
    const numbers = Array.from({ length: 1000 }, (_, n) => `${n} `).join('');
    const textOf = (itemId: string) =>
      deltas.flatMap((each) => (each.params?.['itemId'] === itemId ? [each.params['delta']] : [])).join('');
    expect(textOf('a')).toBe(numbers + numbers);
    expect(textOf('b')).toBe('x');
    expect(client.methods().slice(-4)).toEqual([
      ...['item/completed', 'item/completed', 'thread/status/changed', 'turn/completed'],
    ]);
  });

  it('gets no message of more than some 64 KiB made of pieces', async () => {
    const { slow, client, loaded } = await slowReader();
    slow.shut();
    const item = loaded.scope().start(message('a'));
    const piece = 'x'.repeat(8192);
    for (let n = 0; n < 100; n++) item.delta({ kind: 'text', text: piece });
    loaded.scope().end('completed');
    slow.open();
    await client.untilMethod('turn/completed');
    const sizes = client.log.filter(isDelta).map((each) => String(each.params?.['delta']).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(819_200);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(64 * 1024 + 8192);
  });

  it('still gets every question and answer', async () => {
    const { slow, client, loaded } = await slowReader();
    slow.shut();
    const item = loaded.scope().start(message('a'));
    for (let n = 0; n < 500; n++) item.delta({ kind: 'text', text: 'word ' });
    const answer = loaded
      .scope()
      .ask(
        'item/fileChange/requestApproval',
        { itemId: 'p', reason: null, grantRoot: null },
        new AbortController().signal,
      );
    const listed = client.call('thread/loaded/list', {});
    slow.open();
    const asked = await client.untilMethod('item/fileChange/requestApproval');
    expect((await listed).result).toMatchObject({ nextCursor: null });
    client.send({ id: asked.id, result: { decision: 'accept' } });
    expect(await answer).toEqual({ ok: true, result: { decision: 'accept' } });
  });

  it.each([
    ['messages', { queuedMessages: 50 }],
    ['bytes', { queuedBytes: 5000 }],
  ])('is disconnected, and only he, when too many %s wait', async (_name, limits) => {
    const { server, slow, client, loaded, threadId, errors } = await slowReader(limits);
    const other = await introduced(server);
    await other.request('thread/resume', { threadId });
    slow.shut();
    for (let n = 0; n < 100; n++) loaded.scope().add(message(`m${n}`, 'some text of a length that fills the queue'));
    loaded.scope().end('completed');
    await client.closed;
    expect(slow.closedWith()).toMatch(/^the peer reads too slowly: \d+ messages, \d+ bytes are waiting$/);
    expect(errors).toEqual([slow.closedWith()]);
    await other.untilMethod('turn/completed');
  });

  it('loses nothing, whatever comes when (property)', async () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('delta' as const),
        item: fc.constantFrom(0, 1),
        text: fc.string({ maxLength: 20 }),
      }),
      fc.record({ kind: fc.constantFrom('shut' as const, 'open' as const, 'add' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { slow, client, loaded } = await slowReader();
        const items = [0, 1].map((n) => loaded.scope().start(message(`item${n}`)));
        const said = ['', ''];
        let added = 0;
        for (const each of steps) {
          if (each.kind === 'delta') {
            items[each.item]?.delta({ kind: 'text', text: each.text });
            said[each.item] += each.text;
          } else if (each.kind === 'shut') slow.shut();
          else if (each.kind === 'open') slow.open();
          else loaded.scope().add(message(`m${added++}`));
        }
        loaded.scope().end('completed');
        slow.open();
        await client.untilMethod('turn/completed');
        const heard = ['', ''];
        for (const { params } of client.log.filter(isDelta)) {
          heard[Number(String(params?.['itemId']).slice(-1))] += String(params?.['delta']);
        }
        expect(heard).toEqual(said);
        const completed = client.log.filter((each) => each.method === 'item/completed');
        expect(completed).toHaveLength(added + 2);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a channel that takes text', () => {
  it('gets each notification written once for all receivers', async () => {
    const fake = fakeThreads();
    const { server } = world({ threads: () => fake.threads });
    const [one, two] = [slowChannel(), slowChannel()];
    const clients = [one, two].map((each) => clientOn(server, each.channel, each.near));
    for (const client of clients) await client.call('initialize', INITIALIZE);
    const { thread } = await clients[0]!.request('thread/start', {});
    await clients[1]!.request('thread/resume', { threadId: thread.id });
    await clients[0]!.request('turn/start', { threadId: thread.id, input: INPUT });
    let written = 0;
    const counting = Object.assign(message('m'), {
      toJSON: () => message('m', `written ${++written}`),
    });
    fake.all[0]?.scope().start(message('m')).complete(counting);
    await clients[1]!.untilMethod('item/completed');
    const last = [one, two].map((each) => each.texts.at(-1));
    expect(last[0]).toContain('written 1');
    expect(last[0]).toBe(last[1]);
    expect(written).toBe(1);
  });
});

describe('requests', () => {
  it('about one thread are served in order, those about others beside them (property)', async () => {
    const runs = fc.array(fc.record({ thread: fc.nat(2), ticks: fc.nat(4) }), { minLength: 1, maxLength: 24 });
    await fc.assert(
      fc.asyncProperty(runs, async (jobs) => {
        const fake = fakeThreads();
        const { server } = world({ threads: () => fake.threads });
        const client = await introduced(server);
        for (let n = 0; n < 3; n++) await client.request('thread/start', {});
        const queue = fake.all.map((_thread, index) => jobs.filter((job) => job.thread === index));
        const running = new Set<FakeThread>();
        fake.onClean = async (thread) => {
          expect(running.has(thread)).toBe(false);
          running.add(thread);
          const { ticks } = queue[fake.all.indexOf(thread)]!.shift()!;
          for (let n = 0; n < ticks; n++) await Promise.resolve();
          running.delete(thread);
        };
        const answered: number[] = [];
        const calls = jobs.map(async (job, index) => {
          const threadId = fake.all[job.thread]!.id;
          const { error } = await client.call('thread/backgroundTerminals/clean', { threadId }, index);
          expect(error).toBeUndefined();
          answered.push(index);
        });
        await Promise.all(calls);
        for (const [index] of fake.all.entries()) {
          const mine = answered.filter((job) => jobs[job]!.thread === index);
          expect(mine).toEqual(mine.toSorted((a, b) => a - b));
        }
      }),
      { numRuns: 20 },
    );
  });

  it('that wait for a slow one of another thread do not wait at all', async () => {
    const fake = fakeThreads();
    const { server } = world({ threads: () => fake.threads });
    const client = await introduced(server);
    for (let n = 0; n < 2; n++) await client.request('thread/start', {});
    let finish = () => {};
    fake.onClean = (thread) =>
      thread === fake.all[0]
        ? new Promise((resolve) => {
            finish = resolve;
          })
        : Promise.resolve();
    const [slow, quick] = fake.all.map(({ id }) => client.call('thread/backgroundTerminals/clean', { threadId: id }));
    expect((await quick)?.result).toEqual({});
    finish();
    expect((await slow)?.result).toEqual({});
  });

  it('beyond the limit wait unread and are all answered', async () => {
    const fake = fakeThreads();
    const { server } = world({ threads: () => fake.threads, limits: { requestsInFlight: 2 } });
    const client = await introduced(server);
    for (let n = 0; n < 6; n++) await client.request('thread/start', {});
    let running = 0;
    let most = 0;
    let begun = 0;
    let bothRun = () => {};
    const both = new Promise<void>((resolve) => {
      bothRun = resolve;
    });
    fake.onClean = async () => {
      most = Math.max(most, ++running);
      if (++begun === 2) bothRun();
      await both;
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    const calls = fake.all.map(({ id }) => client.call('thread/backgroundTerminals/clean', { threadId: id }));
    expect((await Promise.all(calls)).every((answer) => answer.error === undefined)).toBe(true);
    expect(most).toBe(2);
  });

  it('that were read before the end of the input are answered, then the channel is closed', async () => {
    const { channel, near, texts, closedWith } = slowChannel();
    const { server } = world();
    const client = clientOn(server, channel, near);
    near.send({ id: 1, method: 'initialize', params: INITIALIZE });
    near.send({ id: 2, method: 'thread/start', params: {} });
    near.send({ id: 3, method: 'model/list', params: {} });
    near.close();
    await client.closed;
    const ids = texts.map((text) => (JSON.parse(text) as Wire).id);
    expect(ids.toSorted()).toEqual([1, 2, 3]);
    expect(closedWith()).toBe('the input has ended');
  });
});

describe('the end of a server', () => {
  it('waits for running turns, serving requests meanwhile, and can be hurried', async () => {
    const { server, client, loaded, threadId } = await slowReader();
    expect(server.runningTurns).toBe(1);
    const hurry = new AbortController();
    const given = server.drain(hurry.signal);
    hurry.abort(new Error('second signal'));
    await expect(given).rejects.toThrow('second signal');
    let drained = false;
    const draining = server.drain().then(() => {
      drained = true;
    });
    expect(await client.request('thread/loaded/list', {})).toEqual({ data: [threadId], nextCursor: null });
    expect(drained).toBe(false);
    loaded.scope().end('completed');
    await draining;
    expect(server.runningTurns).toBe(0);
    await server.close();
    await client.closed;
    await server.close();
    expect(loaded.state.closed).toBe(true);
  });

  it('ends a connection that comes too late', async () => {
    const { server } = world();
    await server.close();
    const client = connect(server);
    await client.closed;
    expect(client.log).toEqual([]);
  });

  it('needs no engine when nobody used one', async () => {
    const { server } = world({
      threads: () => {
        throw new Error('not needed');
      },
    });
    const client = await introduced(server);
    expect(await client.request('thread/loaded/list', {})).toEqual({ data: [], nextCursor: null });
    await server.drain();
    await server.close();
    await client.closed;
  });
});
