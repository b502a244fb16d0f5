import { mkdirSync, writeFileSync } from 'node:fs';
import { call, inputTexts, say, startMockModel } from '@codex/mock-model';
import { expect, test } from 'vitest';
import { appTool, fakeChatgpt, type FakeChatgpt, signIn } from './support/chatgpt.ts';
import { type Client, introduced } from './support/client.ts';
import { world } from './support/server.ts';

const FEATURE = '[features]\napps = true\n';
const DIRECTORY = {
  apps: [
    { id: 'connector_drive', name: 'Drive', description: 'Files' },
    { id: 'connector_mail', name: 'Mail' },
    { id: 'connector_openai_x', name: 'Hidden' },
  ],
};

/** A server whose user has connected `Mail`, and is signed in. */
async function connected(config = '', more: Parameters<typeof world>[0] = {}) {
  const chatgpt = await fakeChatgpt();
  chatgpt.answers['directory/list'] = DIRECTORY;
  chatgpt.tools = [
    appTool('mail_search', 'Mail', { readOnlyHint: true }),
    appTool('mail_wipe', 'Mail', { destructiveHint: true }),
    { name: 'orphan', inputSchema: { type: 'object' } },
  ];
  const w = world({ ...more, config: `chatgpt_base_url = "${chatgpt.url}"\n${FEATURE}${config}` });
  const token = signIn(w.home);
  return { ...w, chatgpt, token, client: await introduced(w.server) };
}

async function apps(client: Client, params = {}) {
  const { data } = await client.request('app/list', params);
  return data.map(({ id, isAccessible, isEnabled }) => [id, isAccessible, isEnabled]);
}

const countOf = ({ asked }: FakeChatgpt, path: string) => asked.filter((each) => each.includes(path)).length;

test('there are none without the feature or without a ChatGPT login, and nobody is asked', async () => {
  const chatgpt = await fakeChatgpt();
  const base = `chatgpt_base_url = "${chatgpt.url}"\n`;
  const off = world({ config: base });
  signIn(off.home);
  expect(await apps(await introduced(off.server))).toEqual([]);
  expect(await apps(await introduced(world({ config: base + FEATURE }).server))).toEqual([]);
  expect(chatgpt.asked).toEqual([]);
});

test('the directory and what is connected make one list, which is told and remembered', async () => {
  const { client, chatgpt, token } = await connected('[apps.connector_drive]\nenabled = false\n');
  const list = [
    ['connector_mail', true, true],
    ['connector_drive', false, false],
  ];
  expect(await apps(client)).toEqual(list);
  const told = await client.until(
    ({ method, params = {} }) => method === 'app/list/updated' && (params['data'] as unknown[]).length === 2,
  );
  expect(told).toMatchObject({ params: { data: [{ id: 'connector_mail' }, { id: 'connector_drive' }] } });
  expect([...chatgpt.tokens]).toEqual([`Bearer ${token}`]);
  expect(await apps(client)).toEqual(list);
  expect([countOf(chatgpt, 'directory/list'), countOf(chatgpt, 'tools/list')]).toEqual([1, 1]);
  chatgpt.tools = [];
  expect(await apps(client, { forceRefetch: true })).toEqual([
    ['connector_drive', false, false],
    ['connector_mail', false, true],
  ]);
  expect(countOf(chatgpt, 'directory/list')).toBe(2);
});

test('pages and threads are checked', async () => {
  const { client } = await connected();
  expect(await client.request('app/list', { limit: 1 })).toMatchObject({
    data: [{ id: 'connector_mail' }],
    nextCursor: '1',
  });
  for (const [params, message] of [
    [{ cursor: 'x' }, 'invalid cursor: x'],
    [{ cursor: '9' }, 'cursor 9 exceeds total apps 2'],
    [{ threadId: '00000000-0000-7000-8000-000000000000' }, 'thread not found: 00000000-0000-7000-8000-000000000000'],
  ] as const) {
    expect((await client.call('app/list', params)).error).toMatchObject({ code: -32600, message });
  }
});

test('a directory that fails is an error; connected apps that cannot be asked are none', async () => {
  const { client, chatgpt } = await connected();
  chatgpt.answers['directory/list'] = 500;
  expect((await client.call('app/list', {})).error).toMatchObject({
    ...{ code: -32603, message: 'failed to list apps: Request failed with status 500 Internal Server Error: no' },
  });
  chatgpt.answers['directory/list'] = DIRECTORY;
  chatgpt.tools = null;
  const list = [
    ['connector_drive', false, true],
    ['connector_mail', false, true],
  ];
  expect(await apps(client, { forceRefetch: true })).toEqual(list);
});

test('a thread has the tools of connected apps under their names, as far as they are allowed', async () => {
  const model = await startMockModel({
    steps: [call('mcp__codex_apps__mail_wipe', {}), call('mcp__codex_apps__mail_search', {}, 'call-2'), say('done')],
  });
  const { client, chatgpt } = await connected('[apps.connector_mail.tools.mail_search]\nenabled = false\n', { model });
  const { thread } = await client.request('thread/start', { approvalPolicy: 'on-request', sandbox: 'read-only' });
  await client.request('turn/start', { threadId: thread.id, input: [{ type: 'text', text: 'go', text_elements: [] }] });
  const asked = await client.untilMethod('item/tool/requestUserInput');
  const [question] = (asked.params ?? {})['questions'] as { id: string; question: string }[];
  expect(question?.question).toBe('Allow Mail to run tool "mail_wipe"?');
  client.send({ id: asked.id, result: { answers: { [question!.id]: { answers: ['Allow'] } } } });
  await client.untilMethod('turn/completed');
  const tools = (model.calls[0]!.body['tools'] as { name?: string }[]).flatMap(({ name }) => name ?? []);
  expect(tools.filter((name) => name.startsWith('mcp__'))).toEqual(['mcp__codex_apps__mail_wipe']);
  expect(inputTexts(model.calls[0]!, 'developer').some((text) => text.startsWith('<apps_instructions>'))).toBe(true);
  expect(JSON.stringify(model.calls[2]!.body['input'])).toContain('unsupported call: mcp__codex_apps__mail_search');
  expect(countOf(chatgpt, 'tools/call')).toBe(1);
});

test('nobody else is given the name of the server of apps, nor the login', async () => {
  const chatgpt = await fakeChatgpt();
  const w = world({ config: `[mcp_servers.codex_apps]\nurl = "${chatgpt.url}/evil"\n` });
  signIn(w.home);
  const client = await introduced(w.server);
  expect((await client.request('mcpServerStatus/list', {})).data).toEqual([]);
  expect(chatgpt.asked).toEqual([]);
});

test('a plugin that brings apps tells which of them are not connected yet', async () => {
  const { client, cwd } = await connected();
  const put = (name: string, value: unknown) => {
    mkdirSync(`${cwd}/${name.slice(0, name.lastIndexOf('/'))}`, { recursive: true });
    writeFileSync(`${cwd}/${name}`, JSON.stringify(value));
  };
  const marketplacePath = `${cwd}/.agents/plugins/marketplace.json`;
  put('.agents/plugins/marketplace.json', {
    ...{ name: 'shop', plugins: [{ name: 'kit', source: { source: 'local', path: './kit' } }] },
  });
  put('kit/.codex-plugin/plugin.json', { name: 'kit' });
  const ids = ['connector_mail', 'connector_drive', 'connector_else'];
  put('kit/.app.json', { apps: Object.fromEntries(ids.map((id) => [id, { id }])) });
  const { plugin } = await client.request('plugin/read', { marketplacePath, pluginName: 'kit' });
  expect(plugin.apps.map(({ name }) => name)).toEqual(['Drive', 'Mail', 'connector_else']);
  const { appsNeedingAuth } = await client.request('plugin/install', { marketplacePath, pluginName: 'kit' });
  expect(appsNeedingAuth).toEqual([
    {
      id: 'connector_drive',
      name: 'Drive',
      description: 'Files',
      installUrl: 'https://chatgpt.com/apps/drive/connector_drive',
    },
    expect.objectContaining({ id: 'connector_else' }),
  ]);
});

test('the catalogue of remote skills is listed for a ChatGPT login', async () => {
  const chatgpt = await fakeChatgpt();
  const { server, home } = world({ config: `chatgpt_base_url = "${chatgpt.url}"\n` });
  const client = await introduced(server);
  const error = async (method: string, params: object) => (await client.call(method, params)).error;
  const signedOut = 'chatgpt authentication required for hazelnut scopes';
  expect(await error('skills/remote/list', {})).toMatchObject({
    ...{ code: -32603, message: `failed to list remote skills: ${signedOut}` },
  });
  expect(await error('skills/remote/export', { hazelnutId: 'a' })).toMatchObject({
    ...{ code: -32603, message: `failed to download remote skill: ${signedOut}` },
  });
  signIn(home);
  chatgpt.answers['/hazelnuts'] = { hazelnuts: [{ id: 'a', name: 'A', description: 'Does a.', more: 1 }] };
  expect(await client.request('skills/remote/list', { hazelnutScope: 'personal', enabled: true })).toEqual({
    data: [{ id: 'a', name: 'A', description: 'Does a.' }],
  });
  expect(chatgpt.asked).toEqual(['GET /backend-api/hazelnuts?product_surface=codex&scope=personal&enabled=true']);
  expect((await error('skills/remote/export', { hazelnutId: 'a' }))?.message).toContain('does not unpack');
  chatgpt.answers['/hazelnuts'] = { hazelnuts: [{ id: 'a' }] };
  expect((await error('skills/remote/list', {}))?.message).toBe(
    'failed to list remote skills: Failed to parse skills response',
  );
  chatgpt.answers['/hazelnuts'] = 500;
  expect((await error('skills/remote/list', {}))?.message).toBe(
    `failed to list remote skills: Request failed with status 500 Internal Server Error from ${chatgpt.url}/hazelnuts: no`,
  );
});
