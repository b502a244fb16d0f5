import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { call, inputTexts, say, startMockModel } from '@codex/mock-model';
import { expect, test } from 'vitest';
import { type Client, introduced } from './support/client.ts';
import { fakeChatgpt, signIn } from './support/chatgpt.ts';
import { world } from './support/server.ts';

const MARKETPLACE = '.agents/plugins/marketplace.json';
const ON = '[features]\nplugins = true\n';
/** An MCP server with one tool, in the plugin's folder. */
const SERVER = `
import { createInterface } from 'node:readline';
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  const results = {
    initialize: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } },
    'tools/list': { tools: [{ name: 'where', description: 'Tells where', inputSchema: { type: 'object', properties: {} } }] },
    'tools/call': { content: [{ type: 'text', text: process.cwd() }] },
  };
  if (id !== undefined) process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result: results[method] ?? {} }) + '\\n');
});
`;
const KIT = {
  '.codex-plugin/plugin.json': { name: 'kit', description: 'A kit\n of tools.', interface: { displayName: 'Kit' } },
  'skills/saw/SKILL.md': '---\nname: saw\ndescription: Saws.\n---\nSaw.\n',
  '.mcp.json': { mcpServers: { bench: { command: process.execPath, args: ['server.mjs'], cwd: '.' } } },
  'server.mjs': SERVER,
  '.app.json': { apps: { mail: { id: 'connector_mail' } } },
};

function put(folder: string, files: Readonly<Record<string, unknown>>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
}

/** A marketplace `shop` in a folder with the plugin `kit`; returns the path of its file. */
function shop(folder: string, name = 'shop'): string {
  const plugins = [{ name: 'kit', source: { source: 'local', path: './kit' } }];
  put(folder, { [MARKETPLACE]: { name, plugins } });
  put(join(folder, 'kit'), KIT);
  return join(folder, MARKETPLACE);
}

async function turn(client: Client, threadId: string, text: string): Promise<void> {
  const input = [{ type: 'text' as const, text, text_elements: [] }];
  const { turn: begun } = await client.request('turn/start', { threadId, input });
  await client.until(
    ({ method, params = {} }) => method === 'turn/completed' && (params['turn'] as { id: string }).id === begun.id,
  );
}

test('a plugin is found, read, installed and removed; config.toml says so and keeps the rest', async () => {
  const { server, home, cwd } = world({ config: `# mine\n${ON}` });
  const client = await introduced(server);
  const marketplacePath = shop(cwd);
  const states = async () => {
    const { marketplaces, remoteSyncError } = await client.request('plugin/list', { cwds: [cwd] });
    expect(remoteSyncError).toBeNull();
    return marketplaces.flatMap(({ plugins }) => plugins.map(({ id, installed, enabled }) => [id, installed, enabled]));
  };
  expect(await states()).toEqual([['kit@shop', false, false]]);
  const { plugin } = await client.request('plugin/read', { marketplacePath, pluginName: 'kit' });
  expect(plugin).toMatchObject({
    ...{ marketplaceName: 'shop', marketplacePath, description: 'A kit\n of tools.', mcpServers: ['bench'] },
    summary: { id: 'kit@shop', interface: { displayName: 'Kit' } },
    apps: [{ id: 'connector_mail', name: 'connector_mail', description: null }],
    skills: [{ name: 'kit:saw', shortDescription: null, path: join(cwd, 'kit/skills/saw/SKILL.md') }],
  });
  expect(await client.request('plugin/install', { marketplacePath, pluginName: 'kit' })).toEqual({
    ...{ authPolicy: 'ON_INSTALL', appsNeedingAuth: [] },
  });
  expect(await states()).toEqual([['kit@shop', true, true]]);
  const text = () => readFileSync(join(home, 'config.toml'), 'utf8');
  expect(text()).toContain('# mine');
  expect(text()).toContain('[plugins."kit@shop"]\nenabled = true');
  await client.request('config/value/write', {
    ...{ keyPath: 'plugins.kit@shop.enabled', value: false, mergeStrategy: 'replace' },
  });
  expect(await states()).toEqual([['kit@shop', true, false]]);
  expect(await client.request('plugin/uninstall', { pluginId: 'kit@shop' })).toEqual({});
  expect(await client.request('plugin/uninstall', { pluginId: 'kit@shop' })).toEqual({});
  expect(await states()).toEqual([['kit@shop', false, false]]);
  expect(text()).not.toContain('kit');
});

test('what cannot be is refused in words', async () => {
  const { server, cwd } = world();
  const client = await introduced(server);
  const marketplacePath = shop(cwd);
  const error = async (...args: Parameters<typeof client.call>) => (await client.call(...args)).error;
  for (const method of ['plugin/read', 'plugin/install'] as const) {
    expect(await error(method, { marketplacePath, pluginName: 'none' })).toMatchObject({
      ...{ code: -32600, message: 'plugin `none` was not found in marketplace `shop`' },
    });
    expect(await error(method, { marketplacePath: `${cwd}/none.json`, pluginName: 'kit' })).toMatchObject({
      ...{ code: -32600, message: `marketplace file \`${cwd}/none.json\` does not exist` },
    });
  }
  expect(await error('plugin/uninstall', { pluginId: 'nonsense' })).toMatchObject({
    ...{ code: -32600, message: 'invalid plugin key `nonsense`; expected <plugin>@<marketplace>' },
  });
});

test('an active plugin is in new threads: its skills, its server, and a note when it is asked for', async () => {
  const model = await startMockModel({ steps: [call('mcp__bench__where', {}), say('1'), say('2')] });
  const { server, home, cwd } = world({ config: ON, model });
  const client = await introduced(server);
  await client.request('plugin/install', { marketplacePath: shop(cwd), pluginName: 'kit' });
  const installed = join(home, 'plugins/cache/shop/kit/local');
  const { data } = await client.request('skills/list', {});
  expect(data[0]?.skills.find(({ name }) => name === 'kit:saw')).toMatchObject({
    ...{ scope: 'user', path: join(installed, 'skills/saw/SKILL.md') },
  });
  const { thread } = await client.request('thread/start', {});
  await turn(client, thread.id, 'hello');
  const first = model.calls[0]!;
  const told = inputTexts(first, 'developer').find((text) => text.startsWith('<plugins_instructions>'));
  expect(told).toContain('- `kit`: A kit of tools.\n');
  const tools = first.body['tools'] as { name?: string; description?: string }[];
  expect(tools.find(({ name }) => name === 'mcp__bench__where')?.description).toBe(
    'Tells where. This tool is part of plugin `kit`.',
  );
  expect(JSON.stringify(model.calls[1]!.body['input'])).toContain(installed);
  await turn(client, thread.id, 'use [@Kit](plugin://kit@shop) and [@other](plugin://other@shop)');
  const notes = inputTexts(model.calls[2]!, 'developer').filter((text) => text.includes('plugin `kit`'));
  expect(notes).toHaveLength(1);
  expect(notes[0]).toContain('`kit:`');
  expect(notes[0]).toContain('MCP servers: `bench`');
});

test('without the feature nothing of a plugin is in a thread', async () => {
  const model = await startMockModel({ steps: [say('1')] });
  const { server, cwd } = world({ model });
  const client = await introduced(server);
  await client.request('plugin/install', { marketplacePath: shop(cwd), pluginName: 'kit' });
  const { thread } = await client.request('thread/start', {});
  await turn(client, thread.id, 'use [@Kit](plugin://kit@shop)');
  expect(JSON.stringify(model.calls[0]!.body)).not.toMatch(/kit:saw|mcp__bench|plugins_instructions/);
});

test('an administrator decides about servers of plugins as about others', async () => {
  const { server, home, cwd } = world({ config: ON, systemDir: '/nonexistent' });
  const client = await introduced(server);
  await client.request('plugin/install', { marketplacePath: shop(cwd), pluginName: 'kit' });
  const names = async (of: Client) => {
    const { data } = await of.request('mcpServerStatus/list', {});
    return data.map(({ name, tools }) => [name, Object.keys(tools)]);
  };
  expect(await names(client)).toEqual([['bench', ['where']]]);
  const systemDir = join(home, 'etc');
  put(systemDir, { 'requirements.toml': '[mcp_servers.other.identity]\ncommand = "x"\n' });
  const governed = world({ config: ON, systemDir });
  const other = await introduced(governed.server);
  await other.request('plugin/install', { marketplacePath: join(cwd, MARKETPLACE), pluginName: 'kit' });
  expect(await names(other)).toEqual([['bench', []]]);
});

test('plugins of the ChatGPT account are taken over when that is asked for', async () => {
  const chatgpt = await fakeChatgpt();
  const { server, home } = world({ config: `chatgpt_base_url = "${chatgpt.url}"\n${ON}` });
  const client = await introduced(server);
  const sync = async () => {
    const { marketplaces, remoteSyncError } = await client.request('plugin/list', { forceRemoteSync: true });
    return {
      plugins: marketplaces.flatMap(({ plugins }) => plugins.map(({ installed }) => installed)),
      remoteSyncError,
    };
  };
  expect((await sync()).remoteSyncError).toBe('chatgpt authentication required to sync remote plugins');
  signIn(home);
  chatgpt.answers['plugins/list'] = 500;
  expect((await sync()).remoteSyncError).toMatch(/plugins\/list failed with status 500 Internal Server Error: no$/);
  chatgpt.answers['plugins/list'] = [{ name: 'kit', enabled: true }];
  expect((await sync()).remoteSyncError).toBe('local curated marketplace is not available');
  shop(join(home, '.tmp/plugins'), 'openai-curated');
  writeFileSync(join(home, '.tmp/plugins.sha'), '0123456789abcdef0123456789abcdef01234567\n');
  expect(await sync()).toEqual({ plugins: [true], remoteSyncError: null });
  expect(readFileSync(join(home, 'config.toml'), 'utf8')).toContain('[plugins."kit@openai-curated"]\nenabled = true');
  chatgpt.answers['plugins/list'] = [];
  expect(await sync()).toEqual({ plugins: [false], remoteSyncError: null });
  expect(readFileSync(join(home, 'config.toml'), 'utf8')).not.toContain('kit');
});
