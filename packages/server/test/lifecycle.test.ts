import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientMethods } from '@codex/protocol';
import { describe, expect, it } from 'vitest';
import { UndecodableMessage } from '../src/index.ts';
import { clientOn, connect, INITIALIZE, introduced, slowChannel } from './support/client.ts';
import { fakeThreads } from './support/fake-threads.ts';
import { world } from './support/server.ts';

const IR = -32600;

describe('initialize', () => {
  it('tells who the server is, in words of the connection', async () => {
    const { server } = world();
    const one = await introduced(server, { clientInfo: { name: 'one', version: '1' } });
    const two = connect(server);
    const answer = await two.call('initialize', { clientInfo: { name: 'two–2', version: '2' } });
    expect(answer.result).toEqual({
      userAgent: expect.stringMatching(/^two_2\/9\.8\.7 \(\S.* \S+; \S+\) unknown \(two_2; 2\)$/),
      platformFamily: 'unix',
      platformOs: process.platform === 'darwin' ? 'macos' : 'linux',
    });
    expect(one.log[0]?.result).toMatchObject({ userAgent: expect.stringMatching(/^one\/9\.8\.7 .* \(one; 1\)$/) });
  });

  it('lets the environment choose the originator', async () => {
    const { again } = world();
    const client = connect(again({ env: { CODEX_INTERNAL_ORIGINATOR_OVERRIDE: 'forced', TERM_PROGRAM: 'tp' } }));
    const { result } = await client.call('initialize', INITIALIZE);
    expect(result).toMatchObject({ userAgent: expect.stringMatching(/^forced\/9\.8\.7 \(.*\) tp \(test; 1\.0\)$/) });
  });

  it('is needed before anything else, and only once', async () => {
    const client = connect(world().server);
    expect((await client.call('thread/loaded/list', {})).error).toEqual({ code: IR, message: 'Not initialized' });
    expect((await client.call('no/such', {})).error?.message).toMatch(/^Invalid request: unknown variant `no\/such`/);
    expect((await client.call('thread/read', {})).error?.message).toBe('Invalid request: missing field `threadId`');
    expect((await client.call('initialize', INITIALIZE)).error).toBeUndefined();
    expect((await client.call('initialize', INITIALIZE)).error).toEqual({ code: IR, message: 'Already initialized' });
    expect((await client.call('thread/loaded/list', {})).result).toEqual({ data: [], nextCursor: null });
  });

  it('refuses a name no header can carry and may be repeated then', async () => {
    const client = connect(world().server);
    const bad = await client.call('initialize', { clientInfo: { name: 'a\nb', version: '1' } });
    expect(bad.error).toEqual({
      code: IR,
      message: "Invalid clientInfo.name: 'a\nb'. Must be a valid HTTP header value.",
    });
    expect((await client.call('initialize', INITIALIZE)).error).toBeUndefined();
  });

  it('is followed by the warnings about the configuration before anything else is served', async () => {
    const { home, cwd, server } = world();
    writeFileSync(join(home, 'config.toml'), 'model = 3\n');
    const client = connect(server);
    const [, second] = await Promise.all([
      client.call('initialize', INITIALIZE),
      client.call('thread/start', { cwd }, 'start'),
    ]);
    expect(client.log.map((message) => message.method ?? message.id)).toEqual([1000, 'configWarning', 'start']);
    expect(client.log[1]?.params).toMatchObject({
      summary: 'Invalid configuration; using defaults.',
      path: join(home, 'config.toml'),
      range: { start: { line: 1 } },
    });
    expect(second.error?.message).toMatch(/^failed to load configuration: .*config\.toml:1:/);
  });
});

describe('the experimental gate', () => {
  it('names what needs the capability', async () => {
    const { server } = world();
    const client = await introduced(server, { clientInfo: { name: 'plain', version: '1' } });
    const refusal = async (method: string, params: object) => (await client.call(method, params)).error?.message;
    expect(await refusal('mock/experimentalMethod', {})).toBe(
      'mock/experimentalMethod requires experimentalApi capability',
    );
    expect(await refusal('thread/start', { experimentalRawEvents: true })).toBe(
      'thread/start.experimentalRawEvents requires experimentalApi capability',
    );
    const open = await introduced(server);
    expect(await open.request('mock/experimentalMethod', { value: 'x' })).toEqual({ echoed: 'x' });
  });
});

describe('messages', () => {
  it('that are no requests get no answer, and the connection lives on', async () => {
    const client = await introduced(world().server);
    const before = client.log.length;
    for (const message of [[], 7, null, 'text', { id: 77 }, { id: 3, result: 1 }, { method: 'initialized' }, {}]) {
      client.send(message);
    }
    client.send({ id: 'x', error: { code: 'no number', message: 'm' } });
    await client.request('thread/loaded/list', {});
    expect(client.log.slice(before)).toHaveLength(1);
  });

  it('that were no JSON are passed over', async () => {
    const { channel, near } = slowChannel();
    const client = clientOn(world().server, channel, near);
    near.send(new UndecodableMessage('unexpected end'));
    expect((await client.call('initialize', INITIALIZE)).error).toBeUndefined();
    expect(client.log).toHaveLength(1);
  });

  it.each([
    [{ id: null, method: 'thread/list', params: {} }, null, /`id` to be a string or an integer/],
    [{ id: 1.5, method: 'thread/list', params: {} }, null, /floating point `1.5`/],
    [{ id: 2 ** 53, method: 'thread/list', params: {} }, null, /integer `9007199254740992`, .* up to 2\^53/],
    [{ id: { a: 1 }, method: 'thread/list', params: {} }, null, /invalid type: map/],
    [{ id: 5, method: 'thread/list', params: {}, trace: 'x' }, 5, /`trace` to be an object/],
    [{ id: 'b', method: 'thread/list', params: {}, trace: { traceparent: 4 } }, 'b', /`trace.traceparent`/],
  ])('that are requests nobody can serve are refused: %j', async (message, id, text) => {
    const client = await introduced(world().server);
    client.send(message);
    const answer = await client.until((each) => each.error !== undefined);
    expect(answer).toEqual({ id, error: { code: IR, message: expect.stringMatching(text) } });
  });

  it.each([
    ['thread/read', { threadId: 7 }, 'threadId', /invalid type: integer `7`/],
    ['turn/start', { threadId: 't', input: [{ type: 'text', text: null }] }, 'input[0].text', /invalid type: null/],
    ['thread/list', { limit: -1 }, 'limit', /expected u32/],
    ['thread/read', undefined, 'params', /missing field `params`/],
  ])('with wrong params are refused with the name of the field: %s %j', async (method, params, field, text) => {
    const client = await introduced(world().server);
    const { error } = await client.call(method, params);
    expect(error).toEqual({ code: IR, message: expect.stringMatching(text), data: { field } });
  });

  it('may carry a trace and unknown members', async () => {
    const client = await introduced(world().server);
    client.send({
      jsonrpc: '2.0',
      id: 'traced',
      method: 'thread/loaded/list',
      params: { more: 1 },
      trace: { traceparent: 'garbage', tracestate: null },
    });
    expect((await client.until((message) => message.id === 'traced')).result).toBeDefined();
  });

  it('with the same id both get their answer', async () => {
    const client = await introduced(world().server);
    await Promise.all([
      client.call('thread/loaded/list', {}, 'same'),
      client.call('mock/experimentalMethod', {}, 'same'),
    ]);
    await client.until(() => client.log.filter((message) => message.id === 'same').length === 2);
  });

  it('that make a handler fail are answered with an internal error', async () => {
    const fake = fakeThreads();
    fake.onClean = () => Promise.reject(new Error('broken'));
    const { server } = world({ threads: () => fake.threads });
    const client = await introduced(server);
    const { thread } = await client.request('thread/start', {});
    const answer = await client.call('thread/backgroundTerminals/clean', { threadId: thread.id });
    expect(answer.error).toEqual({ code: -32603, message: 'internal error: broken' });
  });
});

describe('every method of the protocol', () => {
  it('is answered, for an ill-formed thread id by name', async () => {
    const client = await introduced(world().server);
    const params = {
      ...{ threadId: 'not-a-uuid', numTurns: 1, name: 'n', target: { type: 'uncommittedChanges' }, input: [] },
      ...{
        expectedTurnId: 't',
        turnId: 't',
        prompt: 'p',
        text: 't',
        audio: { data: '', sampleRate: 1, numChannels: 1 },
      },
    };
    for (const method of Object.keys(clientMethods)) {
      const { error } = await client.call(method, params);
      if (!/^(thread|turn|review)\/(?!start$|list$|loaded)/.test(method) && method !== 'turn/start') continue;
      expect([method, error?.message]).toEqual([
        method,
        'invalid thread id: invalid character: expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-], found `n` at 1',
      ]);
    }
  });
});
