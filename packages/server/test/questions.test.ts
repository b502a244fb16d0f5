import type { Answer } from '@codex/timeline';
import { describe, expect, it } from 'vitest';
import { type Client, INITIALIZE, introduced } from './support/client.ts';
import { type FakeThread, fakeThreads } from './support/fake-threads.ts';
import { world } from './support/server.ts';

const COMMAND = 'item/commandExecution/requestApproval';
const INPUT = [{ type: 'text' as const, text: 'hi', text_elements: [] }];

async function running(followers = 2) {
  const fake = fakeThreads();
  const { server } = world({ threads: () => fake.threads });
  const clients: Client[] = [await introduced(server)];
  const { thread } = await clients[0]!.request('thread/start', {});
  for (let n = 1; n < followers; n++) {
    const client = await introduced(server);
    await client.request('thread/resume', { threadId: thread.id });
    clients.push(client);
  }
  await clients[0]!.request('turn/start', { threadId: thread.id, input: INPUT });
  const [loaded] = fake.all as [FakeThread];
  return { server, clients, loaded, threadId: thread.id };
}

const ask = (thread: FakeThread, extra: object = {}, signal = new AbortController().signal) =>
  thread.scope().ask(COMMAND, { itemId: 'c1', command: 'ls', ...extra }, signal);

describe('a question', () => {
  it('goes to all followers under one id, the first answer counts, and all hear that it is settled', async () => {
    const { clients, loaded, threadId } = await running();
    const [one, two] = clients as [Client, Client];
    const answer = ask(loaded);
    const asked = await Promise.all([one.untilMethod(COMMAND), two.untilMethod(COMMAND)]);
    expect(asked.map((request) => request.id)).toEqual([0, 0]);
    expect(asked[0]?.params).toEqual({ threadId, turnId: expect.any(String), itemId: 'c1', command: 'ls' });
    two.send({ id: 0, result: { decision: 'accept' } });
    expect(await answer).toEqual({ ok: true, result: { decision: 'accept' } });
    one.send({ id: 0, result: { decision: 'decline' } });
    for (const client of clients) {
      expect((await client.untilMethod('serverRequest/resolved')).params).toEqual({ threadId, requestId: 0 });
    }
    await one.request('thread/loaded/list', {});
    const order = one.methods().slice(-4);
    expect(order).toEqual(['thread/status/changed', COMMAND, 'serverRequest/resolved', 'thread/status/changed']);
  });

  it.each<[string, object, Answer]>([
    [
      'an error of the client',
      { error: { code: -32000, message: 'no', data: { why: 1 } } },
      { ok: false, error: { code: -32000, message: 'no', data: { why: 1 } } },
    ],
    [
      'a result of the wrong shape',
      { result: { decision: 'perhaps' } },
      { ok: false, error: { code: -32602, message: expect.stringMatching(/^unknown variant `perhaps`/) as string } },
    ],
  ])('is handed on as a refusal: %s', async (_name, reply, expected) => {
    const { clients, loaded } = await running(1);
    const answer = ask(loaded);
    await clients[0]!.untilMethod(COMMAND);
    clients[0]!.send({ id: 0, ...reply });
    expect(await answer).toEqual(expected);
  });

  it('is not settled by somebody who was not asked', async () => {
    const { server, clients, loaded } = await running(1);
    const stranger = await introduced(server);
    const answer = ask(loaded);
    await clients[0]!.untilMethod(COMMAND);
    stranger.send({ id: 0, result: { decision: 'accept' } });
    stranger.send({ id: 99, result: { decision: 'accept' } });
    await stranger.request('thread/loaded/list', {});
    clients[0]!.send({ id: 0, result: { decision: 'decline' } });
    expect(await answer).toEqual({ ok: true, result: { decision: 'decline' } });
  });

  it('waits while nobody follows the thread and is put to the next one, in order', async () => {
    const { server, clients, loaded, threadId } = await running(1);
    const first = ask(loaded);
    await clients[0]!.untilMethod(COMMAND);
    clients[0]!.hangUp();
    await clients[0]!.closed;
    const second = loaded
      .scope()
      .ask(
        'item/fileChange/requestApproval',
        { itemId: 'p1', reason: null, grantRoot: null },
        new AbortController().signal,
      );
    const late = await introduced(server);
    const joined = await late.request('thread/resume', { threadId });
    expect(joined.thread.status).toEqual({ type: 'active', activeFlags: ['waitingOnApproval'] });
    await late.untilMethod('item/fileChange/requestApproval');
    expect(late.log.slice(-3).map((each) => each.method ?? 'answer')).toEqual([
      ...['answer', COMMAND, 'item/fileChange/requestApproval'],
    ]);
    late.send({ id: 1, result: { decision: 'acceptForSession' } });
    late.send({ id: 0, result: { decision: 'cancel' } });
    expect(await second).toEqual({ ok: true, result: { decision: 'acceptForSession' } });
    expect(await first).toEqual({ ok: true, result: { decision: 'cancel' } });
  });

  it('is withdrawn when the turn is interrupted: settled before turn/completed, later answers are dropped', async () => {
    const { clients, loaded, threadId } = await running(1);
    const [client] = clients as [Client];
    const answer = ask(loaded);
    answer.catch(() => {});
    await client.untilMethod(COMMAND);
    await client.request('turn/interrupt', { threadId, turnId: 'any' });
    await client.untilMethod('turn/completed');
    await expect(answer).rejects.toThrow();
    const after = client.log.slice(client.log.findIndex((each) => each.method === COMMAND) + 1);
    expect(after.map((each) => each.method ?? 'answer')).toEqual([
      ...['answer', 'serverRequest/resolved', 'thread/status/changed', 'turn/completed'],
    ]);
    client.send({ id: 0, result: { decision: 'accept' } });
    expect(await client.request('thread/loaded/list', {})).toMatchObject({ data: [threadId] });
  });

  it('to a client tool is settled without a word', async () => {
    const { clients, loaded } = await running(1);
    const [client] = clients as [Client];
    const call = { callId: 'd1', tool: 'lookup', arguments: { id: 1 } };
    const answer = loaded.scope().ask('item/tool/call', call, new AbortController().signal);
    const request = await client.untilMethod('item/tool/call');
    expect(request.params).toMatchObject(call);
    client.send({ id: request.id, result: { contentItems: [], success: true } });
    expect(await answer).toEqual({ ok: true, result: { contentItems: [], success: true } });
    await client.request('thread/loaded/list', {});
    expect(client.methods()).not.toContain('serverRequest/resolved');
  });

  it('shows additional permissions only to clients with the capability', async () => {
    const { server, clients, loaded, threadId } = await running(1);
    const plain = await introduced(server, { ...INITIALIZE, capabilities: { experimentalApi: false } });
    await plain.request('thread/resume', { threadId });
    const additionalPermissions = { network: { enabled: true }, fileSystem: null, macos: null };
    ask(loaded, { additionalPermissions }).catch(() => {});
    expect((await clients[0]!.untilMethod(COMMAND)).params).toMatchObject({ additionalPermissions });
    const { params } = await plain.untilMethod(COMMAND);
    expect(params).toMatchObject({ command: 'ls' });
    expect(params).not.toHaveProperty('additionalPermissions');
  });
});
