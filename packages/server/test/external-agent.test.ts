import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ExternalAgentConfigMigrationItem } from '@codex/protocol';
import { expect, test } from 'vitest';
import { type Client, introduced } from './support/client.ts';
import { world } from './support/server.ts';

function put(root: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

/** A user's folder with the home and a project in it. */
async function rig(files: Record<string, string>, config = '') {
  const { server, home, cwd } = world({ config });
  const user = dirname(home);
  put(user, files);
  const client = await introduced(server);
  const detect = async () =>
    (await client.request('externalAgentConfig/detect', { includeHome: true, cwds: [cwd] })).items;
  return { client, home, cwd, user, detect, read: (file: string) => readFileSync(file, 'utf8') };
}

const importAll = (client: Client, migrationItems: ExternalAgentConfigMigrationItem[]) =>
  client.request('externalAgentConfig/import', { migrationItems });

test('settings, skills and instructions of home and project are found, taken over, and found no more', async () => {
  const { client, home, cwd, user, detect, read } = await rig({
    '.claude/settings.json': '{"env":{"A":"1","B":2,"C":true,"D":null,"E":[]},"sandbox":{"enabled":true}}',
    '.claude/skills/greet/SKILL.md': 'Claude says hi.',
    '.claude/skills/greet/notes.md': 'claude',
    '.claude/CLAUDE.md': 'Home notes for Claude.',
    'work/CLAUDE.md': ' \n',
    'work/.claude/CLAUDE.md': 'Ask claude. See CLAUDE.md. CLAUDE_CODE, Claude Code, claude-code, claudette',
    'work/.claude/settings.json': '{"env":{"X":"y"}}',
  });
  const items = await detect();
  expect(items).toEqual([
    {
      itemType: 'CONFIG',
      description: `Migrate ${user}/.claude/settings.json into ${home}/config.toml`,
      cwd: null,
    },
    {
      itemType: 'SKILLS',
      description: `Copy skill folders from ${user}/.claude/skills to ${user}/.agents/skills`,
      cwd: null,
    },
    { itemType: 'AGENTS_MD', description: `Import ${user}/.claude/CLAUDE.md to ${home}/AGENTS.md`, cwd: null },
    { itemType: 'CONFIG', description: `Migrate ${cwd}/.claude/settings.json into ${cwd}/.codex/config.toml`, cwd },
    { itemType: 'AGENTS_MD', description: `Import ${cwd}/.claude/CLAUDE.md to ${cwd}/AGENTS.md`, cwd },
  ]);
  expect(await importAll(client, [...items, { itemType: 'MCP_SERVER_CONFIG', description: '', cwd: null }])).toEqual(
    {},
  );
  expect(read(join(home, 'AGENTS.md'))).toBe('Home notes for Codex.');
  expect(read(join(cwd, 'AGENTS.md'))).toBe('Ask Codex. See AGENTS.md. Codex, Codex, Codex, claudette');
  expect(read(join(user, '.agents/skills/greet/SKILL.md'))).toBe('Codex says hi.');
  expect(read(join(user, '.agents/skills/greet/notes.md'))).toBe('claude');
  expect(readdirSync(join(user, '.agents/skills'))).toEqual(['greet']);
  expect((await client.request('config/read', {})).config['shell_environment_policy']).toMatchObject({
    inherit: 'core',
    set: { A: '1', B: '2', C: 'true' },
  });
  expect(await detect()).toEqual([]);
});

test('what is configured already stays, comments included', async () => {
  const { client, home, detect, read } = await rig(
    { '.claude/settings.json': '{"env":{"A":"theirs","N":"new"},"sandbox":{"enabled":true}}' },
    '# mine\n[shell_environment_policy]\ninherit = "all"\nset = { A = "mine" } # kept\n',
  );
  await importAll(client, await detect());
  const text = read(join(home, 'config.toml'));
  expect(text).toContain('# mine');
  expect((await client.request('config/read', {})).config).toMatchObject({
    sandbox_mode: 'danger-full-access',
    shell_environment_policy: { inherit: 'all', set: { A: 'mine', N: 'new' } },
  });
});

test('folders that are there, files that are no folders, and empty sources are left alone', async () => {
  const { user, detect } = await rig({
    '.claude/skills/greet/SKILL.md': 'x',
    '.claude/skills/file': 'x',
    '.agents/skills/greet/other': 'x',
    '.claude/settings.json': '{"env":{},"sandbox":{"enabled":false}}',
    '.claude/CLAUDE.md': 'notes',
    'home/AGENTS.md': 'already',
  });
  expect(existsSync(join(user, '.agents/skills/greet/SKILL.md'))).toBe(false);
  expect(await detect()).toEqual([]);
});

test('a folder in a repository stands for the repository, and one that is gone for nothing', async () => {
  const { client, cwd } = await rig({ 'work/.git/HEAD': '', 'work/in/file': '', 'work/CLAUDE.md': 'notes' });
  const { items } = await client.request('externalAgentConfig/detect', { cwds: [join(cwd, 'in'), join(cwd, 'gone')] });
  expect(items.map((item) => item.cwd)).toEqual([cwd]);
  expect(await client.request('externalAgentConfig/detect', {})).toEqual({ items: [] });
});

test.each([
  ['[]', '', /^external agent settings root must be an object$/],
  ['{', '', /JSON/],
  ['{"env":{"A":"1"}}', 'model = \n[broken', /^invalid existing config\.toml: /],
])('settings %j beside config %j are refused in words', async (settings, config, message) => {
  const { client, home, detect } = await rig({ '.claude/settings.json': settings });
  if (config) writeFileSync(join(home, 'config.toml'), config);
  await expect(detect()).rejects.toThrow();
  const { error } = await client.call('externalAgentConfig/detect', { includeHome: true });
  expect(error).toMatchObject({ code: -32603, message: expect.stringMatching(message) });
});
