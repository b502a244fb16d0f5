import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultConfig } from '../src/index.ts';
import { flags, TRUSTED, world } from './setup.ts';

const WIRE_CHAT =
  '`wire_api = "chat"` is no longer supported.\nHow to fix: set `wire_api = "responses"` in your provider config.\nMore info: https://github.com/openai/codex/discussions/7782';

describe('a value that does not fit is named with file, line, column and range', () => {
  test.each<[text: string, place: string, end: string, reason: string]>([
    ['# c\nmodel = 3\n', '2:9', '2:9', 'invalid type: integer `3`, expected a string'],
    ['model = true', '1:9', '1:12', 'invalid type: boolean `true`, expected a string'],
    ['model = ["a"]', '1:9', '1:13', 'invalid type: sequence, expected a string'],
    ['[model]\na=1\n', '1:1', '1:7', 'invalid type: map, expected a string'],
    ['model_context_window = 1.5', '1:24', '1:26', 'invalid type: floating point `1.5`, expected i64'],
    ['model_context_window = "a"', '1:24', '1:26', 'invalid type: string "a", expected i64'],
    ['project_doc_max_bytes = -3', '1:25', '1:26', 'invalid value: integer `-3`, expected usize'],
    ['model_instructions_file=3', '1:25', '1:25', 'invalid type: integer `3`, expected path string'],
    ['notify = "x"', '1:10', '1:12', 'invalid type: string "x", expected a sequence'],
    ['notify = ["a", 3]', '1:16', '1:16', 'invalid type: integer `3`, expected a string'],
    ['model="""\na\n"""\nnotify=[ # ]\n "a",\n 3\n]\n', '6:2', '6:2', 'invalid type: integer `3`, expected a string'],
    [
      'sandbox_workspace_write = "x"',
      '1:27',
      '1:29',
      'invalid type: string "x", expected struct SandboxWorkspaceWrite',
    ],
    [
      '[sandbox_workspace_write]\nnetwork_access = "yes"',
      '2:18',
      '2:22',
      'invalid type: string "yes", expected a boolean',
    ],
    [
      'sandbox_workspace_write = { network_access = "yes" }',
      '1:46',
      '1:50',
      'invalid type: string "yes", expected a boolean',
    ],
    [
      'a.b.c=1\nsandbox_workspace_write.writable_roots=[1]',
      '2:41',
      '2:41',
      'invalid type: integer `1`, expected path string',
    ],
    ['[features]\ncodex_hooks="yes"', '2:13', '2:17', 'invalid type: string "yes", expected a boolean'],
    [
      'model_reasoning_effort = "zzz"',
      '1:26',
      '1:30',
      'unknown variant `zzz`, expected one of `none`, `minimal`, `low`, `medium`, `high`, `xhigh`',
    ],
    [
      'approval_policy = "zzz"',
      '1:19',
      '1:23',
      'unknown variant `zzz`, expected one of `untrusted`, `on-failure`, `on-request`, `granular`, `never`',
    ],
    ['approval_policy = 3', '1:19', '1:19', 'wanted string or table'],
    ['approval_policy={granular={sandbox_approval=true}}', '1:27', '1:49', 'missing field `rules`'],
    ['[history]\npersistence="zz"', '2:13', '2:16', 'unknown variant `zz`, expected `save-all` or `none`'],
    [
      '[projects."$CWD"]\ntrust_level = "zzz"',
      '2:15',
      '2:19',
      'unknown variant `zzz`, expected `trusted` or `untrusted`',
    ],
    ['[profiles.p]\nmodel=3', '2:7', '2:7', 'invalid type: integer `3`, expected a string'],
    [
      '[[skills.config]]\npath="x"\nenabled=true\n[[skills.config]]\npath="y"\nenabled=3',
      '6:9',
      '6:9',
      'invalid type: integer `3`, expected a boolean',
    ],
    ['[model_providers.x]\nbase_url = "http://a"', '1:1', '1:19', 'missing field `name`'],
    ['[model_providers.x]\nname="x"\nwire_api = "chat"', '3:12', '3:17', WIRE_CHAT],
    ['[model_providers.x]\nname="x"\nwire_api = "zzz"', '3:12', '3:16', 'unknown variant `zzz`, expected `responses`'],
    [
      '[model_providers.a]\nname="a"\nhttp_headers={a=1}',
      '3:17',
      '3:17',
      'invalid type: integer `1`, expected a string',
    ],
    [
      '[model_providers.a]\nname="a"\nrequest_max_retries=-1',
      '3:21',
      '3:22',
      'invalid value: integer `-1`, expected u64',
    ],
    [
      '[model_providers.openai]\nname="x"\n[model_providers.ollama]\nname="y"\n',
      '1:2',
      '1:16',
      'model_providers contains reserved built-in provider IDs: `ollama`, `openai`. Built-in providers cannot be overridden. Rename your custom provider (for example, `openai-custom`).',
    ],
    [
      '[mcp_servers.a]\nurl="http://x"\nbearer_token="t"',
      '1:1',
      '1:15',
      'bearer_token is not supported for streamable_http',
    ],
    ['[mcp_servers.a]\nurl="http://x"\ncommand="t"', '1:1', '1:15', 'url is not supported for stdio'],
    ['[mcp_servers.a]\nenabled=true', '1:1', '1:15', 'invalid transport'],
    ['[mcp_servers.a]\ncommand="t"\nstartup_timeout_sec="x"', '3:21', '3:23', 'invalid type: string "x", expected f64'],
    [
      '"ключ" = "ü" # é\nmcp_servers."a.\\u0062" = { command = "ü", args = [3] }',
      '2:51',
      '2:51',
      'invalid type: integer `3`, expected a string',
    ],
  ])('%s', async (text, place, end, reason) => {
    const w = world(text);
    const result = await w.load();
    if (result.ok) throw new Error('the configuration was accepted');
    const [line, column] = place.split(':').map(Number);
    const [endLine, endColumn] = end.split(':').map(Number);
    const path = join(w.home, 'config.toml');
    const range = { start: { line, column }, end: { line: endLine, column: endColumn } };
    expect(result.error).toMatchObject({ message: `${path}:${place}: ${reason}`, path, range, isChoice: false });
    expect(result.error.misfit?.split('\nin `')[0]).toBe(reason);
    expect(result.warnings).toEqual([
      { summary: 'Invalid configuration; using defaults.', details: `${path}:${place}: ${reason}`, path, range },
    ]);
  });

  test('also in a trusted project, and not when a stronger layer replaces the value', async () => {
    const w = world(TRUSTED, { 'project/.codex/config.toml': 'model=3\n' });
    expect(await w.error()).toBe('$CWD/.codex/config.toml:1:7: invalid type: integer `3`, expected a string');
    expect((await w.config({ overrides: flags('model=x') })).model).toBe('x');
  });
});

describe('a document that is no TOML', () => {
  test.each<[string, RegExp]>([
    ['model = "a"\nfoo = [1,\n', /^\$HOME\/config\.toml:\d+:\d+: ./],
    ['model = \n', /^\$HOME\/config\.toml:1:\d+: ./],
    ['model = "a"\nmodel = "b"\n', /^\$HOME\/config\.toml:2:1: ./],
  ])('%j', async (text, message) => {
    const error = await world(text).error();
    expect(error).toMatch(message);
    expect(error).not.toContain('\n');
  });

  test('broken UTF-8 has a position as well', async () => {
    const w = world('');
    writeFileSync(join(w.home, 'config.toml'), Buffer.from([0x61, 0x20, 0x0a, 0x23, 0xff, 0x0a]));
    expect(await w.error()).toBe('$HOME/config.toml:2:2: invalid UTF-8');
  });

  test('a trusted project that cannot be parsed stops, a disabled one does not', async () => {
    const files = { 'project/.codex/config.toml': 'model=\n' };
    expect(await world(TRUSTED, files).error()).toMatch(/^\$CWD\/\.codex\/config\.toml:1:\d+: /);
    expect((await world('', files).load()).ok).toBe(true);
  });

  test('a folder instead of a file', async () => {
    const w = world(undefined, { 'home/config.toml/x': '' });
    expect(await w.error()).toMatch(/^\$HOME\/config\.toml: cannot be read: /);
  });

  test('endless nesting', async () => {
    expect(await world(`a = ${'['.repeat(5000)}`).error()).toContain('config.toml');
    expect(await world(`a${'.a'.repeat(5000)} = 1`).error()).toContain('nested more than');
  });
});

describe('values of flags and requests are named by their key', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ model: 3 }, 'invalid type: integer `3`, expected a string\nin `model`\n'],
    [{ model: 1.5 }, 'invalid type: floating point `1.5`, expected a string\nin `model`\n'],
    [{ notify: ['a', 3] }, 'invalid type: integer `3`, expected a string\nin `notify`\n'],
    [
      { model_context_window: 1e30 },
      'invalid type: floating point `1000000000000000000000000000000.0`, expected i64\nin `model_context_window`\n',
    ],
    [
      { sandbox_workspace_write: { network_access: 'x' } },
      'invalid type: string "x", expected a boolean\nin `sandbox_workspace_write.network_access`\n',
    ],
    [
      { model_reasoning_effort: 'gigantic' },
      'unknown variant `gigantic`, expected one of `none`, `minimal`, `low`, `medium`, `high`, `xhigh`\nin `model_reasoning_effort`\n',
    ],
    [
      { 'model_providers.openai': { name: 'x' } },
      'model_providers contains reserved built-in provider IDs: `openai`. Built-in providers cannot be overridden. Rename your custom provider (for example, `openai-custom`).\nin `model_providers`\n',
    ],
    [{ 'model_providers.x': {} }, 'missing field `name`\nin `model_providers.x`\n'],
    [{ approval_timeout_ms: 0 }, 'approval_timeout_ms must be at least 1'],
    [{ 'agents.max_threads': 0 }, 'agents.max_threads must be at least 1'],
  ])('%j', async (requestConfig, message) => {
    const w = world('');
    expect(await w.error({ requestConfig })).toBe(message);
  });

  test('the same for -c', async () => {
    const error = await world('').error({ overrides: flags('model_reasoning_effort=zzz') });
    expect(error).toMatch(/^unknown variant `zzz`, expected one of .*\nin `model_reasoning_effort`\n$/);
  });

  test('nothing is wrong with odd keys, nested too deep is refused', async () => {
    const w = world('');
    const odd = { 'a..b': 1, '': 2, __proto__: 3, 'constructor.x': 4, 'features.no_such_feature': true };
    expect(
      (await w.load({ requestConfig: JSON.parse(JSON.stringify(odd)) as object as Record<string, unknown> })).ok,
    ).toBe(true);
    let deep: unknown = 1;
    for (let i = 0; i < 2000; i++) deep = { a: deep };
    expect(await w.error({ requestConfig: { deep } })).toBe('`deep` is nested too deep');
  });
});

describe('rules between keys', () => {
  test.each<[string, string]>([
    ['model_provider = "nope"', 'Model provider `nope` not found'],
    ['model_provider = "constructor"', 'Model provider `constructor` not found'],
    ['profile = "zz"', 'config profile `zz` not found'],
    ['[agents]\nmax_threads = 0', 'agents.max_threads must be at least 1'],
    ['[agents]\nmax_depth = 0', 'agents.max_depth must be at least 1'],
    ['[agents]\nmax_depth = -1', 'agents.max_depth must be at least 1'],
    [
      'model_provider = "ollama-chat"',
      '`ollama-chat` is no longer supported.\nHow to fix: replace `ollama-chat` with `ollama` in `model_provider`, `oss_provider`, or `--local-provider`.\nMore info: https://github.com/openai/codex/discussions/7782',
    ],
    [
      'model_instructions_file = "nope.md"',
      'failed to read model instructions file $HOME/nope.md: No such file or directory (os error 2)',
    ],
    ['model_instructions_file = "config.md"', 'model instructions file is empty: $HOME/config.md'],
    [
      'experimental_compact_prompt_file = "nope.md"',
      'failed to read experimental compact prompt file $HOME/nope.md: No such file or directory (os error 2)',
    ],
    [
      'model_catalog_json = "c.json"',
      'failed to read model catalog $HOME/c.json: No such file or directory (os error 2)',
    ],
  ])('%s', async (text, message) => {
    const w = world(text, { 'home/config.md': ' \n' });
    expect(await w.error()).toBe(message);
    const result = await w.load();
    expect(result.warnings.map((warning) => Object.keys(warning))).toEqual([['summary', 'details']]);
  });

  test('a role whose file is missing is left out with a warning', async () => {
    const w = world('[agents.rev]\ndescription = "x"\nconfig_file = "nope.toml"\n[agents.ok]\ndescription = "y"\n');
    const { config, warnings } = await w.loaded();
    expect(Object.keys(config.agents.roles)).toEqual(['ok']);
    expect(warnings.map((warning) => w.hide(warning.summary))).toEqual([
      'Ignoring malformed agent role definition: agents.rev.config_file must point to an existing file at $HOME/nope.toml: No such file or directory (os error 2)',
    ]);
  });

  test('the defaults stand when nothing can be read', () => {
    const config = defaultConfig('/home/none', '/project', {});
    expect(config).toMatchObject({ model: null, modelProvider: 'openai', approvalPolicy: 'on-request' });
    expect(config.sandboxPolicy.type).toBe('readOnly');
    expect(Object.isFrozen(config)).toBe(true);
  });
});

test.each([
  ['model\n', '1:6', 'key with no value, expected `=`'],
  ['[a\n', '1:3', 'unclosed table, expected `]`'],
  ['model =\n', '1:8', 'string values must be quoted, expected literal string'],
  ['model = "a\n', '1:11', 'invalid basic string, expected `"`'],
  ['a = tru\n', '1:5', 'invalid boolean, expected `true`'],
  ['a = 1\na = 2\n', '2:1', 'duplicate key'],
])('a file that is no TOML is refused in the words users know: %j', async (text, place, reason) => {
  expect(await world(text).error()).toBe(`$HOME/config.toml:${place}: ${reason}`);
});
