import { readFileSync } from 'node:fs';
import { call, reasoning, say, startMockModel } from '@codex/mock-model';
import { expect, it } from 'vitest';
import { clientOn, INITIALIZE, introduced, slowChannel, type Wire } from './support/client.ts';
import { fakeThreads, type FakeThread } from './support/fake-threads.ts';
import { world } from './support/server.ts';

const input = [{ type: 'text' as const, text: 'hi', text_elements: [] }];

it('the end of an item and of a turn is in the file before a client is told of it', async () => {
  const steps = [[reasoning('Hm'), call('exec_command', { cmd: 'true' })], [say('done')]];
  const { server } = world({ model: await startMockModel({ steps }) });
  const { channel, near } = slowChannel();
  const send = channel.sendText?.bind(channel);
  const told: (string | boolean)[][] = [];
  let path = '';
  channel.sendText = (text) => {
    const { method, params } = JSON.parse(text) as Wire;
    const { item } = (params ?? {}) as { item?: { id: string; type: string } };
    const file = () => (path ? readFileSync(path, 'utf8') : '');
    if (method === 'item/completed' && item) told.push([item.type, file().includes(`"${item.id}"`)]);
    if (method === 'turn/completed') told.push(['turn', file().includes('"task_complete"')]);
    send?.(text);
  };
  const client = clientOn(server, channel, near);
  await client.call('initialize', INITIALIZE);
  const { thread } = await client.request('thread/start', {});
  path = thread.path ?? '';
  await client.request('turn/start', { threadId: thread.id, input });
  await client.untilMethod('turn/completed');
  expect(told).toEqual(
    ['userMessage', 'reasoning', 'commandExecution', 'agentMessage', 'turn'].map((kind) => [kind, true]),
  );
});

it('nothing overtakes what waits for the file, and pieces stay as they are', async () => {
  const fake = fakeThreads();
  const client = await introduced(world({ threads: () => fake.threads }).server);
  const { thread } = await client.request('thread/start', {});
  await client.request('turn/start', { threadId: thread.id, input });
  await client.untilMethod('turn/started');
  const [loaded] = fake.all as [FakeThread];
  let written = () => {};
  loaded.flush = () => new Promise((resolve) => (written = resolve));
  const message = (id: string) => ({ type: 'agentMessage', id, text: '', phase: null }) as const;
  loaded.scope().add(message('a'));
  const second = loaded.scope().start(message('b'));
  second.delta({ kind: 'text', text: 'x' });
  second.delta({ kind: 'text', text: 'y' });
  const answer = client.request('thread/loaded/list', {});
  await client.untilMethod('item/started');
  await new Promise((resolve) => setImmediate(resolve));
  const before = client.methods();
  written();
  await answer;
  expect(before.at(-1)).toBe('item/started');
  expect(client.methods().slice(before.length)).toEqual([
    ...['item/completed', 'item/started', 'item/agentMessage/delta', 'item/agentMessage/delta'],
  ]);
});
