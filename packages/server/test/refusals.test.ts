import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, say, startMockModel } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { introduced } from './support/client.ts';
import { world } from './support/server.ts';

const UNKNOWN = '00000000-0000-7000-8000-000000000001';

describe('a refusal says what clients know', () => {
  it('when a file is none', async () => {
    const { server, home, cwd } = world();
    const client = await introduced(server);
    const isFolder = { code: -32600, message: `failed to load rollout \`${cwd}\`: Is a directory (os error 21)` };
    expect((await client.call('thread/resume', { threadId: UNKNOWN, path: cwd })).error).toEqual(isFolder);
    expect((await client.call('thread/fork', { threadId: UNKNOWN, path: cwd })).error).toEqual(isFolder);
    expect((await client.call('getConversationSummary', { rolloutPath: 'nothing' })).error).toEqual({
      code: -32603,
      message: `failed to load conversation summary from ${join(home, 'nothing')}: No such file or directory (os error 2)`,
    });
    expect((await client.call('getConversationSummary', { conversationId: 'x' })).error?.message).toBe(
      'Invalid request: data did not match any variant of untagged enum GetConversationSummaryParams',
    );
  });

  it('when a cursor is none, if there is anything to go through', async () => {
    const { server } = world();
    const client = await introduced(server);
    expect(await client.request('thread/loaded/list', { cursor: 'x' })).toEqual({ data: [], nextCursor: null });
    await client.request('thread/start', {});
    expect((await client.call('thread/loaded/list', { cursor: 'x' })).error?.message).toBe('invalid cursor: x');
  });

  it('when there is nothing to steer with, before anything else', async () => {
    const { server } = world();
    const client = await introduced(server);
    const { thread } = await client.request('thread/start', {});
    const params = { threadId: thread.id, expectedTurnId: 'x', input: [] };
    expect((await client.call('turn/steer', params)).error?.message).toBe('input must not be empty');
  });

  it('when a thread that leaves no file shall be reviewed elsewhere', async () => {
    const { server } = world();
    const client = await introduced(server);
    const { thread } = await client.request('thread/start', { ephemeral: true });
    const target = { type: 'custom', instructions: 'x' };
    expect((await client.call('review/start', { threadId: thread.id, delivery: 'detached', target })).error).toEqual({
      code: -32600,
      message: `no rollout found for thread id ${thread.id}`,
    });
  });

  it('when an MCP server is required and does not start', async () => {
    const { server } = world({ config: '[mcp_servers.broken]\ncommand = "/no/such/program"\nrequired = true\n' });
    const client = await introduced(server);
    const { error } = await client.call('thread/start', {});
    expect(error?.code).toBe(-32603);
    expect(error?.message).toMatch(/^error creating thread: required MCP servers failed to initialize: broken: /);
  });

  it('when the catalogue of models is empty', async () => {
    const { server, home } = world({ config: 'model_catalog_json = "models.json"\n' });
    writeFileSync(join(home, 'models.json'), '{ "models": [] }');
    const client = await introduced(server);
    expect((await client.call('thread/start', {})).error).toEqual({
      code: -32600,
      message: `failed to load configuration: model_catalog_json path \`${join(home, 'models.json')}\` must contain at least one model`,
    });
  });

  it.each([
    [{ type: 'object', properties: { x: { type: 'weird' } } }, 'unknown variant `weird`, expected one of '],
    [{ type: 'object', properties: { x: { type: 'array', items: { type: 3 } } } }, 'unknown variant `3`'],
    [{ type: 'object', properties: { x: { anyOf: [{ type: 'string' }, { properties: 1 }] } } }, '`properties` must be'],
    [{ type: 'string' }, '`type` must be "object"'],
  ])('when a tool takes what is no type: %j', async (inputSchema, why) => {
    const { server } = world();
    const client = await introduced(server);
    const { error } = await client.call('thread/start', {
      dynamicTools: [{ name: 'a', description: 'd', inputSchema }],
    });
    expect(error?.message).toContain(`dynamic tool input schema is not supported for a: ${why}`);
  });
});

it('an answer of a client that is no answer is told to the model as one', async () => {
  const model = await startMockModel({ steps: [[call('lookup', {})], [say('done')]] });
  const { server } = world({ model });
  const client = await introduced(server);
  const tool = { name: 'lookup', description: 'd', inputSchema: { type: ['object', 'null'] } };
  const { thread } = await client.request('thread/start', { dynamicTools: [tool] });
  const input = [{ type: 'text' as const, text: 'go', text_elements: [] }];
  await client.request('turn/start', { threadId: thread.id, input });
  const { id } = await client.untilMethod('item/tool/call');
  client.send({ id, result: { success: 'perhaps' } });
  await client.untilMethod('turn/completed');
  expect(JSON.stringify(model.requests.at(-1))).toContain('dynamic tool response was invalid');
});
