import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { introduced, type Client } from './support/client.ts';
import { world } from './support/server.ts';

const write = (client: Client, keyPath: string, value: unknown, more: object = {}) =>
  client.call('config/value/write', { keyPath, value, mergeStrategy: 'replace', ...more });

async function refusal(answer: ReturnType<typeof write>): Promise<unknown[]> {
  const { error } = await answer;
  return [
    error?.code,
    error?.message,
    (error?.data as Record<string, unknown> | undefined)?.['config_write_error_code'],
  ];
}

async function userVersion(client: Client): Promise<string | undefined> {
  const { layers } = await client.request('config/read', { includeLayers: true });
  return layers?.find(({ name }) => name.type === 'user')?.version;
}

test('a value is written, read back, and the rest of the file stays', async () => {
  const { server, home } = world({ config: '# keep me\n[tui] # and me\ntheme = "dark"\n' });
  const client = await introduced(server);
  const file = join(home, 'config.toml');
  const before = readFileSync(file, 'utf8');
  const answer = await client.request('config/value/write', {
    keyPath: 'model',
    value: 'gpt-new',
    mergeStrategy: 'replace',
  });
  expect(answer).toEqual({
    status: 'ok',
    version: await userVersion(client),
    filePath: file,
    overriddenMetadata: null,
  });
  expect(readFileSync(file, 'utf8')).toBe(before.replace('"gpt-5.2-codex"', '"gpt-new"'));
  expect((await client.request('config/read', {})).config.model).toBe('gpt-new');
});

test('what cannot be written is refused with a code, and nothing is', async () => {
  const { server, home } = world();
  const client = await introduced(server);
  const file = join(home, 'config.toml');
  const before = readFileSync(file, 'utf8');
  expect(await refusal(write(client, 'model', 'x', { filePath: '/etc/other.toml' }))).toEqual([
    -32600,
    'Only writes to the user config are allowed',
    'configLayerReadonly',
  ]);
  expect(await refusal(write(client, 'model', 'x', { expectedVersion: 'sha256:0' }))).toEqual([
    -32600,
    'Configuration was modified since last read. Fetch latest version and retry.',
    'configVersionConflict',
  ]);
  expect(await refusal(write(client, ' ', 'x'))).toEqual([
    -32600,
    'keyPath must not be empty',
    'configValidationError',
  ]);
  expect(await refusal(write(client, 'audio.x', null))).toEqual([-32600, 'Path not found', 'configPathNotFound']);
  expect(await refusal(write(client, 'approval_policy', 'whenever'))).toEqual([
    -32600,
    expect.stringMatching(/^Invalid configuration: unknown variant `whenever`, .*\nin `approval_policy`\n$/),
    'configValidationError',
  ]);
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect(readdirSync(home)).toEqual(['config.toml']);
});

test('what is chosen may be defined afterwards, and can be read meanwhile', async () => {
  const { server } = world();
  const client = await introduced(server);
  await write(client, 'model_provider', 'mine');
  await write(client, 'profile', 'fast');
  expect((await client.request('config/read', {})).config).toMatchObject({ model_provider: 'mine', profile: 'fast' });
  expect((await client.call('thread/start', {})).error?.message).toMatch(/^failed to load configuration: /);
  await write(client, 'model_providers.mine', { name: 'Mine', base_url: 'http://127.0.0.1:9/v1' });
  await write(client, 'profiles.fast.model', 'quick');
  expect(await client.request('thread/start', {})).toMatchObject({ modelProvider: 'mine', model: 'quick' });
});

test('a value that does not fit is named by its key', async () => {
  const { server } = world({ config: 'review_model = 3\n' });
  const client = await introduced(server);
  expect((await client.call('config/read', {})).error).toEqual({
    code: -32603,
    message: 'invalid configuration: invalid type: integer `3`, expected a string\nin `review_model`\n',
  });
  const { error } = await write(client, 'features.apps', 'yes');
  expect(error?.message).toMatch(/in `(review_model|features)`\n$/);
});

test('members of tables are there whether they are set or not, unknown keys are not', async () => {
  const { server } = world();
  const client = await introduced(server);
  await write(client, 'approval_policy', { granular: { sandbox_approval: true, rules: true, mcp_elicitations: true } });
  await write(client, 'history', { persistence: 'none' });
  await write(client, 'mcp_servers.a', { command: 'x' });
  await write(client, 'apps.x', { enabled: false });
  await write(client, 'somebody_elses', 1);
  await write(client, 'approval_timeout_ms', 1000);
  const { config } = await client.request('config/read', {});
  expect(config).toMatchObject({
    approval_policy: { granular: { skill_approval: false, request_permissions: false } },
    history: { persistence: 'none', max_bytes: null },
    mcp_servers: { a: { command: 'x', args: [], enabled: true, tool_timeout_sec: null } },
    apps: { x: { enabled: false, tools: null } },
    approval_timeout_ms: 1000,
  });
  expect(config).not.toHaveProperty('somebody_elses');
});

test('a batch is written as a whole or not at all', async () => {
  const { server, home } = world();
  const client = await introduced(server);
  const file = join(home, 'config.toml');
  const before = readFileSync(file, 'utf8');
  const edit = (keyPath: string, value: unknown) => ({ keyPath, value, mergeStrategy: 'upsert' as const });
  const failed = await client.call('config/batchWrite', { edits: [edit('model', 'a'), edit('sandbox_mode', 'none')] });
  expect(failed.error).toBeDefined();
  expect(readFileSync(file, 'utf8')).toBe(before);
  const expectedVersion = await userVersion(client);
  const edits = [edit('model', 'b'), edit('tools', { view_image: false }), edit('tools', { web_search: true })];
  expect(await client.request('config/batchWrite', { edits, expectedVersion, reloadUserConfig: true })).toMatchObject({
    status: 'ok',
  });
  const { config } = await client.request('config/read', {});
  expect([config.model, config.tools]).toEqual(['b', { view_image: false, web_search: null }]);
  expect(await client.request('config/batchWrite', { edits: [] })).toMatchObject({ status: 'ok' });
});

test('a value that a stronger layer hides is written, and that is said', async () => {
  const { server, home } = world({ overrides: [{ path: ['model'], value: 'from-flags' }] });
  const client = await introduced(server);
  expect((await write(client, 'model', 'mine')).result).toMatchObject({
    status: 'okOverridden',
    overriddenMetadata: {
      message: 'Overridden by session flags',
      overridingLayer: { name: { type: 'sessionFlags' } },
      effectiveValue: 'from-flags',
    },
  });
  expect(readFileSync(join(home, 'config.toml'), 'utf8')).toContain('model = "mine"');
  expect((await write(client, 'model', 'from-flags')).result).toMatchObject({ status: 'ok' });
});

test('writes at the same time follow one another', async () => {
  const { server } = world();
  const client = await introduced(server);
  const names = Array.from({ length: 20 }, (_, n) => `n${n}`);
  const answers = await Promise.all(names.map((name) => write(client, `notice.${name}`, true)));
  expect(answers.every(({ result }) => (result as { status: string }).status === 'ok')).toBe(true);
  const { config } = await client.request('config/read', {});
  expect(Object.keys(config['notice'] as object)).toEqual(expect.arrayContaining(names));
});

test('mode and link of the file stay, a broken file is left alone', async () => {
  const { server, home } = world();
  const client = await introduced(server);
  const file = join(home, 'config.toml');
  const real = join(home, 'dotfiles', 'codex.toml');
  mkdirSync(join(home, 'dotfiles'));
  renameSync(file, real);
  symlinkSync(real, file);
  chmodSync(real, 0o640);
  await write(client, 'model', 'linked');
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(statSync(real).mode & 0o777).toBe(0o640);
  expect(readFileSync(real, 'utf8')).toContain('model = "linked"');
  writeFileSync(real, 'model = ');
  expect((await write(client, 'model', 'x')).error).toMatchObject({
    code: -32603,
    message: expect.stringMatching(/^failed to load configuration: .*config.toml:1:9: /) as string,
  });
  expect(readFileSync(real, 'utf8')).toBe('model = ');
});
