import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ConfigWarningNotification } from '@codex/protocol';
import { expect, test } from 'vitest';
import { type Client, introduced } from './support/client.ts';
import { world, type World } from './support/server.ts';

/** A server whose administrator has written `text`. */
function governed(text: string, config = ''): World {
  const w = world({ config });
  put(w, 'etc/requirements.toml', text);
  return { ...w, server: w.again({ systemDir: join(w.cwd, 'etc') }) };
}

function put({ cwd }: World, path: string, text: string): string {
  const file = join(cwd, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const warnings = (client: Client) =>
  client.log
    .filter(({ method }) => method === 'configWarning')
    .map(({ params }) => params as ConfigWarningNotification);
const INPUT = [{ type: 'text' as const, text: 'hi', text_elements: [] }];
const NEVER = 'allowed_approval_policies = ["never"]\nallowed_sandbox_modes = ["read-only"]\n';

test('what is prescribed is shown', async () => {
  const { server } = governed(
    `${NEVER}allowed_web_search_modes = ["cached"]\nenforce_residency = "us"\n[features]\nundo = true\n`,
  );
  const client = await introduced(server);
  expect(await client.request('configRequirements/read', undefined)).toEqual({
    requirements: {
      allowedApprovalPolicies: ['never'],
      allowedSandboxModes: ['read-only'],
      allowedWebSearchModes: ['cached', 'disabled'],
      featureRequirements: { undo: true },
      enforceResidency: 'us',
      network: null,
    },
  });
});

test('nothing prescribed is shown as nothing', async () => {
  const client = await introduced(governed('').server);
  expect(await client.request('configRequirements/read', undefined)).toEqual({ requirements: null });
});

test('a broken file is told with its place, and no thread starts', async () => {
  const w = governed('[rules]\nprefix_rules = [{ pattern = [{ token = "a" }], decision = "allow" }]\n');
  const client = await introduced(w.server);
  const path = join(w.cwd, 'etc/requirements.toml');
  await expect
    .poll(() => warnings(client))
    .toMatchObject([
      { summary: 'Invalid configuration; using defaults.', path, range: { start: { line: 2, column: 59 } } },
    ]);
  for (const [method, params] of [
    ['thread/start', {}],
    ['configRequirements/read', undefined],
  ] as const) {
    const { error } = await client.call(method, params);
    expect(error?.message).toContain(`${path}:2:59: rules prefix_rule at index 0 has decision 'allow'`);
  }
  const { error } = await client.call('command/exec', {
    command: ['true'],
    sandboxPolicy: { type: 'dangerFullAccess' },
  });
  expect(error?.message).toContain('is not in the allowed set [read-only]');
});

test('a thread starts with what is allowed, and its client is told once', async () => {
  const { server } = governed(NEVER);
  const client = await introduced(server);
  const started = await client.request('thread/start', { approvalPolicy: 'untrusted' });
  expect([started.approvalPolicy, started.sandbox.type]).toEqual(['never', 'readOnly']);
  await client.request('thread/start', { approvalPolicy: 'untrusted' });
  await expect.poll(() => warnings(client).length).toBe(2);
  expect(warnings(client).map(({ summary }) => summary.split(';')[0])).toEqual([
    'The configured value of `sandbox_mode` is not allowed',
    'The configured value of `approval_policy` is not allowed',
  ]);
});

test('what a client asks for later is refused with what is allowed and where it says so', async () => {
  const w = governed(NEVER);
  const client = await introduced(w.server);
  const { thread } = await client.request('thread/start', {});
  const source = join(w.cwd, 'etc/requirements.toml');
  const turn = (more: object) => client.call('turn/start', { threadId: thread.id, input: INPUT, ...more });
  expect((await turn({ approvalPolicy: 'untrusted' })).error).toMatchObject({
    code: -32600,
    message: `invalid value for \`approval_policy\`: \`untrusted\` is not in the allowed set [never] (set by ${source})`,
  });
  expect((await turn({ sandboxPolicy: { type: 'dangerFullAccess' } })).error?.message).toContain(
    '`danger-full-access` is not in the allowed set [read-only]',
  );
  expect((await turn({ approvalPolicy: 'never' })).error).toBeUndefined();
  const write = (keyPath: string, value: unknown) =>
    client.call('config/value/write', { keyPath, value, mergeStrategy: 'replace' });
  expect((await write('sandbox_mode', 'workspace-write')).error).toMatchObject({
    data: { config_write_error_code: 'configValidationError' },
  });
  expect((await write('model', 'x')).error).toBeUndefined();
});

test('broken rules of a project are told to whoever opens a thread there, once', async () => {
  const w = world();
  put(w, 'p/.git/HEAD', '');
  const file = put(w, 'p/.codex/rules/a.rules', 'prefix_rule(pattern=["a"])\nfoo(\n');
  const project = join(w.cwd, 'p');
  writeFileSync(
    join(w.home, 'config.toml'),
    `model_provider = "mock"\n[model_providers.mock]\nname = "Mock"\nbase_url = "http://127.0.0.1:9/v1"\n[projects."${project}"]\ntrust_level = "trusted"\n`,
  );
  const client = await introduced(w.server);
  const bystander = await introduced(w.server);
  await client.request('thread/start', { cwd: w.cwd });
  expect(warnings(client)).toEqual([]);
  const { thread } = await client.request('thread/start', { cwd: project });
  await client.request('thread/start', { cwd: project });
  await expect
    .poll(() => warnings(client))
    .toMatchObject([
      { summary: 'Error parsing rules; custom rules not applied.', path: file, range: { start: { line: 3 } } },
    ]);
  expect(warnings(bystander)).toEqual([]);
  await bystander.request('thread/resume', { threadId: thread.id });
  await expect.poll(() => warnings(bystander).length).toBe(1);
  writeFileSync(file, 'bar(\n');
  await client.request('thread/start', { cwd: project });
  await expect.poll(() => warnings(client).length).toBe(2);
});

test('a reviewer that nobody serves is said to be none', async () => {
  const client = await introduced(world().server);
  const { thread } = await client.request('thread/start', {});
  await client.request('turn/start', { threadId: thread.id, input: INPUT, approvalsReviewer: 'guardian_subagent' });
  await expect
    .poll(() => warnings(client).map(({ summary }) => summary))
    .toEqual([expect.stringContaining('approvals are asked of the user')]);
});
