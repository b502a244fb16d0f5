import { describe, expect, it } from 'vitest';
import { ConnectionClosed, createClient, RpcError } from '../src/index.ts';
import { connected, delta, next, renamed, turnCompleted } from './kit.ts';

describe('requests', () => {
  it('are answered by id, in any order', async () => {
    const { client, peer } = connected();
    const first = client.request('thread/read', { threadId: 'a' });
    const second = client.request('account/logout', undefined);
    expect(await next(peer.messages)).toEqual({ id: 0, method: 'thread/read', params: { threadId: 'a' } });
    expect(await next(peer.messages)).toEqual({ id: 1, method: 'account/logout' });
    peer.send({ id: 1, result: {} });
    peer.send({ id: 0, result: { thread: 'T' } });
    expect(await second).toEqual({});
    expect(await first).toEqual({ thread: 'T' });
    await client.close();
  });

  it('reject with code, message and data of the error', async () => {
    const { client, peer } = connected();
    const asked = client.request('thread/archive', { threadId: 'a' });
    peer.send({ id: 0, error: { code: -32600, message: 'no such thread', data: { why: 1 } } });
    const error = await asked.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({ code: -32600, message: 'no such thread', data: { why: 1 } });
    await client.close();
  });

  it('reject when they are aborted, and a late answer is dropped', async () => {
    const { client, peer } = connected();
    const abort = new AbortController();
    const asked = client.request('thread/archive', { threadId: 'a' }, { signal: abort.signal });
    abort.abort();
    await expect(asked).rejects.toThrow(/abort|cancel/i);
    peer.send({ id: 0, result: {} });
    await expect(client.request('thread/archive', { threadId: 'a' }, { signal: abort.signal })).rejects.toThrow();
    await client.close();
  });

  it('reject when the connection ends, and afterwards', async () => {
    const { client, peer } = connected();
    const asked = client.request('thread/archive', { threadId: 'a' });
    peer.close();
    await expect(asked).rejects.toBeInstanceOf(ConnectionClosed);
    expect(await client.closed).toBeNull();
    await expect(client.request('thread/archive', { threadId: 'a' })).rejects.toBeInstanceOf(ConnectionClosed);
    await client.close();
  });

  it('tell what broke the connection', async () => {
    const broken = {
      send: () => {},
      close: () => {},
      messages: { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('wire cut')) }) },
    };
    const client = createClient(broken, { onQuestion: () => Promise.reject(new Error('none')) });
    const asked = client.request('thread/archive', { threadId: 'a' });
    await expect(asked).rejects.toThrow('wire cut');
    expect(await client.closed).toMatchObject({ message: 'wire cut' });
  });
});

describe('questions', () => {
  const question = {
    id: 7,
    method: 'item/fileChange/requestApproval',
    params: { threadId: 't', turnId: 'u', itemId: 'i', reason: null, grantRoot: null },
  };

  it('are answered through onQuestion', async () => {
    const seen: unknown[] = [];
    const { client, peer } = connected({
      onQuestion: (async (...asked: unknown[]) => {
        seen.push(asked);
        return { decision: 'accept' };
      }) as never,
    });
    peer.send(question);
    expect(await next(peer.messages)).toEqual({ id: 7, result: { decision: 'accept' } });
    expect(seen).toEqual([[question.method, question.params, 7]]);
    await client.close();
  });

  it.each([
    [new RpcError({ code: -32000, message: 'no', data: 1 }), { code: -32000, message: 'no', data: 1 }],
    [new Error('broken'), { code: -32603, message: 'broken' }],
  ])('answer with an error when it throws %s', async (thrown, error) => {
    const { client, peer } = connected({ onQuestion: () => Promise.reject(thrown) });
    peer.send(question);
    expect(await next(peer.messages)).toEqual({ id: 7, error });
    await client.close();
  });
});

describe('events', () => {
  it('come from the beginning and in order, and end with the connection', async () => {
    const { client, peer } = connected();
    const sent = [renamed('a'), delta('x'), turnCompleted('u')];
    for (const event of sent) peer.send(event);
    for (const odd of [null, [], 3, {}, { id: 9, result: 1 }]) peer.send(odd);
    peer.close();
    const seen = [];
    for await (const event of client.events) seen.push(event);
    expect(seen).toEqual(sent);
    expect(client.droppedEvents).toBe(0);
  });

  it('of which too many wait lose deltas first and the ends of turns last', async () => {
    const { client, peer } = connected({ maxWaitingEvents: 20 });
    for (let n = 0; n < 1000; n++) {
      peer.send(delta(`${n}`));
      if (n % 100 === 0) peer.send(renamed(`${n}`));
      if (n % 500 === 0) peer.send(turnCompleted(`${n}`));
    }
    peer.close();
    await client.closed;
    const seen = [];
    for await (const event of client.events) seen.push(event);
    expect(seen.length).toBeLessThanOrEqual(20);
    expect(client.droppedEvents).toBe(1012 - seen.length);
    const ends = seen.filter((event) => event.method === 'turn/completed').map((event) => event.params.turn.id);
    expect(ends).toEqual(['0', '500']);
    expect(seen.some((event) => event.method === 'thread/name/updated' && event.params.threadName === '900')).toBe(
      true,
    );
  });
});
