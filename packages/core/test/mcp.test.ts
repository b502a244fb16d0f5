import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { call, inputItems, say } from '@codex/mock-model';
import { describe, expect, it } from 'vitest';
import { rig, type Talk } from './harness.ts';

const SCRIPT = createRequire(import.meta.url).resolve('@codex/mock-mcp/server.mjs');
/** One server by the name of `tiny`. */
const tiny = (more: Record<string, unknown> = {}) => ({
  mcp_servers: { tiny: { command: process.execPath, args: [SCRIPT], ...more } },
});
const items = (talk: Talk) =>
  talk.all('item.completed').flatMap(({ item }) => (item.type === 'mcpToolCall' ? [item] : []));
const outputs = (request: Parameters<typeof inputItems>[0]) =>
  inputItems(request).flatMap((item) => (item['type'] === 'function_call_output' ? [item['output']] : []));
const toolNames = (request: Parameters<typeof inputItems>[0]) =>
  (request.body['tools'] as { name?: string }[]).map(({ name }) => name);

describe('tools of MCP servers', () => {
  it('are offered and called, and every call is an item with the names of the server', async () => {
    const { start, model } = await rig([
      call('mcp__tiny__echo', { text: 'hi' }),
      call('mcp__tiny__fail', {}, 'call-2'),
      call('mcp__tiny__data', {}, 'call-3'),
      call('mcp__tiny__nope', {}, 'call-4'),
      call('mcp__tiny__refuse', {}, 'call-5'),
      say('done'),
    ]);
    const talk = await start(tiny());
    await talk.turn('use them');
    const offered = toolNames(model.requests[0]!);
    expect(offered).toContain('mcp__tiny__echo');
    expect(offered.slice(2, 6)).toEqual([
      'list_mcp_resources',
      'list_mcp_resource_templates',
      'read_mcp_resource',
      'update_plan',
    ]);
    expect(items(talk).map(({ tool, status, error }) => [tool, status, error?.message])).toEqual([
      ['echo', 'completed', undefined],
      ['fail', 'failed', undefined],
      ['data', 'completed', undefined],
      [
        'refuse',
        'failed',
        expect.stringMatching(/^tool call failed for `tiny\/refuse`\n\nCaused by:\n {4}.*no such thing/),
      ],
    ]);
    expect(items(talk)[0]).toMatchObject({
      server: 'tiny',
      arguments: { text: 'hi' },
      result: { content: [{ type: 'text', text: '{"text":"hi"}' }], structuredContent: null },
    });
    expect(outputs(model.requests.at(-1)!)).toEqual([
      '[{"type":"text","text":"{\\"text\\":\\"hi\\"}"}]',
      '[{"type":"text","text":"it failed"}]',
      '{"a":1}',
      'unsupported call: mcp__tiny__nope',
      expect.stringMatching(/^tool call error: tool call failed for `tiny\/refuse`/),
    ]);
  });

  it('are not there when a server fails, and the turn goes on', async () => {
    const { start, model } = await rig([say('done'), say('done')]);
    const talk = await start({ mcp_servers: { gone: { command: '/no/such/program' } } });
    expect(await talk.turn('hello')).toMatchObject({ status: 'completed' });
    expect(toolNames(model.requests[0]!)).toContain('read_mcp_resource');
    await talk.turn('again');
    expect(talk.all('notice').map(({ message }) => message)).toEqual([
      expect.stringMatching(/^MCP client for `gone` failed to start/),
    ]);
  });

  it('take no process before the first turn', async () => {
    const { start, cwd } = await rig([say('done')]);
    const talk = await start(tiny({ env: { MARK: path.join(cwd, 'started') } }));
    expect(existsSync(path.join(cwd, 'started'))).toBe(false);
    await talk.turn('hello');
    expect(existsSync(path.join(cwd, 'started'))).toBe(true);
  });

  it('that must be there refuse the thread when they fail', async () => {
    const { start } = await rig([]);
    await expect(start({ mcp_servers: { must: { command: '/no/such/program', required: true } } })).rejects.toThrow(
      /^required MCP servers failed to initialize: must: MCP client for `must` failed to start/,
    );
  });

  it('list and read resources', async () => {
    const { start, model } = await rig([
      call('list_mcp_resources', {}),
      call('list_mcp_resources', { server: 'zz' }, 'call-2'),
      call('read_mcp_resource', { server: 'tiny', uri: 'memo://one' }, 'call-3'),
      say('done'),
    ]);
    const talk = await start(tiny());
    await talk.turn('read');
    expect(outputs(model.requests.at(-1)!)).toEqual([
      '{"resources":[{"server":"tiny","uri":"memo://one","name":"one"}]}',
      "resources/list failed: unknown MCP server 'zz'",
      '{"server":"tiny","uri":"memo://one","contents":[{"uri":"memo://one","text":"content"}]}',
    ]);
    expect(items(talk).map(({ server, tool, status }) => [server, tool, status])).toEqual([
      ['codex', 'list_mcp_resources', 'completed'],
      ['zz', 'list_mcp_resources', 'failed'],
      ['tiny', 'read_mcp_resource', 'completed'],
    ]);
  });

  it('end when the turn is interrupted, and the server hears of it', async () => {
    const { start } = await rig([call('mcp__tiny__hang', {}), call('mcp__tiny__cancelled', {}), say('done')]);
    const talk = await start(tiny());
    const id = talk.begin('go');
    await talk.until('item.delta', ({ delta }) => delta.kind === 'mcpProgress');
    await talk.thread.interrupt();
    expect(await talk.ended(id)).toMatchObject({ status: 'interrupted' });
    expect(items(talk).map(({ status }) => status)).toEqual(['failed']);
    await talk.turn('and now');
    expect(items(talk)[1]?.result?.content).toEqual([{ type: 'text', text: '1' }]);
  });

  it('change with the configuration of the next turn', async () => {
    const { start, model, config } = await rig([say('1'), say('2')]);
    const talk = await start(tiny());
    await talk.turn('one');
    const next = await config({ mcp_servers: { other: { command: process.execPath, args: [SCRIPT] } } });
    talk.thread.renewMcpServers(next.mcpServers);
    await talk.turn('two');
    expect(toolNames(model.requests[1]!)).toContain('mcp__other__echo');
    expect(toolNames(model.requests[1]!)).not.toContain('mcp__tiny__echo');
  });
});

describe('approval of MCP calls', () => {
  const POLICY = { approval_policy: 'on-request' };

  it('is given or wanted by the configuration of a tool or its server', async () => {
    const { start } = await rig([call('mcp__tiny__wipe', {}), call('mcp__tiny__echo', {}, 'call-2'), say('done')]);
    const modes = { default_tools_approval_mode: 'prompt', tools: { wipe: { approval_mode: 'approve' } } };
    const talk = await start({ ...POLICY, ...tiny(modes) });
    const id = talk.begin('go');
    const question = await talk.question();
    expect(question.params).toMatchObject({ itemId: 'call-2' });
    talk.thread.answer(question.id, { ok: false, error: { code: -32600, message: 'no' } });
    await talk.ended(id);
    expect(items(talk).map(({ tool, status, error }) => [tool, status, error?.message])).toEqual([
      ['wipe', 'completed', undefined],
      ['echo', 'failed', expect.stringContaining('nobody here can give it')],
    ]);
  });

  it('is asked for what destroys, once more for each call unless for the session', async () => {
    const { start, model } = await rig([
      call('mcp__tiny__wipe', { what: 'disk' }),
      call('mcp__tiny__wipe', {}, 'call-2'),
      call('mcp__tiny__wipe', {}, 'call-3'),
      call('mcp__tiny__wipe', {}, 'call-4'),
      say('done'),
    ]);
    const talk = await start({ ...POLICY, ...tiny() });
    const id = talk.begin('wipe');
    for (const [n, label] of [
      [1, 'Cancel'],
      [2, 'Allow'],
      [3, 'Allow for this session'],
    ] as const) {
      const question = await talk.question(n);
      expect(question.method).toBe('item/tool/requestUserInput');
      talk.thread.answer(question.id, {
        ok: true,
        result: { answers: { [`mcp_tool_call_approval_call-${n}`]: { answers: [label] } } },
      });
    }
    await talk.ended(id);
    expect(items(talk).map(({ status, error }) => [status, error?.message])).toEqual([
      ['failed', 'user cancelled MCP tool call'],
      ['completed', undefined],
      ['completed', undefined],
      ['completed', undefined],
    ]);
    expect(outputs(model.requests.at(-1)!)[0]).toBe('[{"type":"text","text":"user cancelled MCP tool call"}]');
  });

  it('is not asked for where nothing is ever asked and nothing confined', async () => {
    const { start } = await rig([call('mcp__tiny__wipe', {}), say('done')]);
    const talk = await start(tiny());
    await talk.turn('wipe');
    expect(items(talk).map(({ status }) => status)).toEqual(['completed']);
  });

  it('a question of the server reaches the user, and the answer the server', async () => {
    const question = { message: 'Name?', requestedSchema: { type: 'object', properties: { n: { type: 'string' } } } };
    const { start } = await rig([call('mcp__tiny__ask', question), say('done')]);
    const talk = await start({ ...POLICY, ...tiny() });
    const id = talk.begin('ask');
    const asked = await talk.question();
    expect(asked).toMatchObject({
      method: 'mcpServer/elicitation/request',
      params: { serverName: 'tiny', mode: 'form', _meta: null, ...question },
    });
    talk.thread.answer(asked.id, { ok: true, result: { action: 'accept', content: { n: 'Ada' }, _meta: null } });
    await talk.ended(id);
    expect(items(talk)[0]?.result?.content).toEqual([
      { type: 'text', text: '{"action":"accept","content":{"n":"Ada"}}' },
    ]);
  });

  it('a question of the server is declined where nobody is asked', async () => {
    const question = { message: 'Name?', requestedSchema: { type: 'object', properties: {} } };
    const { start } = await rig([call('mcp__tiny__ask', question), say('done')]);
    const talk = await start(tiny());
    await talk.turn('ask');
    expect(items(talk)[0]?.result?.content).toEqual([{ type: 'text', text: '{"action":"decline"}' }]);
  });
});

it('no server is left when the thread is closed', async () => {
  const { start, cwd } = await rig([say('done')]);
  const mark = path.join(cwd, 'started');
  const talk = await start(tiny({ env: { MARK: mark } }));
  await talk.turn('hello');
  const pid = readFileSync(mark, 'utf8');
  expect(readdirSync('/proc')).toContain(pid);
  await talk.thread.close();
  expect(readdirSync('/proc')).not.toContain(pid);
});
