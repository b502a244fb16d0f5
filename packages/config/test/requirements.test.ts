import { describe, expect, test } from 'vitest';
import {
  createConfigReader,
  type LoadOptions,
  refusedByRequirements,
  refusedEdit,
  requiredSandbox,
} from '../src/index.ts';
import { flags, type World, world } from './setup.ts';

/** A world whose administrator has written `text`. */
function required(text: string, user = '', files: Record<string, string> = {}): World {
  return world(user, { 'etc/requirements.toml': text, ...files });
}

async function refusal(text: string, user = ''): Promise<string> {
  const w = required(text, user);
  return (await w.error()).replaceAll(`${w.systemDir}/`, '');
}

/** The values in question and what the user is told of them. */
async function outcome(w: World, options: Partial<LoadOptions> = {}) {
  const { config, unheeded } = await w.loaded(options);
  return {
    approval: config.approvalPolicy,
    sandbox: config.sandboxPolicy.type,
    search: config.webSearch.mode,
    told: unheeded.map(({ summary }) => summary.replaceAll(`${w.systemDir}/`, '')),
  };
}

describe('what is configured and not allowed', () => {
  test('is replaced by the first allowed approval policy, and said', async () => {
    const w = required('allowed_approval_policies = ["on-request", "untrusted"]\n', 'approval_policy = "never"\n');
    const told = [
      'The configured value of `approval_policy` is not allowed; `on-request` is used instead. Details: invalid value for ' +
        '`approval_policy`: `never` is not in the allowed set [on-request, untrusted] (set by requirements.toml)',
    ];
    expect(await outcome(w)).toMatchObject({ approval: 'on-request', told });
    const warnings = (await w.loaded()).warnings.map(({ summary }) => summary);
    expect(warnings).toHaveLength(1);
  });

  test('is replaced wherever it comes from: profile, flag, request', async () => {
    const user = '[profiles.p]\napproval_policy = "never"\n';
    const w = required('allowed_approval_policies = ["untrusted"]\n', user);
    for (const options of [
      { profile: 'p' },
      { overrides: flags('approval_policy=never') },
      { requestConfig: { approval_policy: 'never' } },
      { settings: { approvalPolicy: 'never' } },
    ] as const) {
      const { approval, told } = await outcome(w, options);
      expect([approval, told.length]).toEqual(['untrusted', 1]);
    }
  });

  test('is nothing to speak of when nobody had chosen it', async () => {
    const w = required('allowed_approval_policies = ["never"]\nallowed_web_search_modes = []\n');
    expect(await outcome(w)).toMatchObject({ approval: 'never', search: 'disabled', told: [] });
  });

  test('becomes read-only when it is a sandbox', async () => {
    const modes = 'allowed_sandbox_modes = ["workspace-write", "read-only"]\n';
    expect(await outcome(required(modes, 'sandbox_mode = "danger-full-access"\n'))).toMatchObject({
      sandbox: 'readOnly',
    });
    expect(await outcome(required(modes, 'sandbox_mode = "workspace-write"\n'))).toMatchObject({
      sandbox: 'workspaceWrite',
      told: [],
    });
  });

  test('is a search that may not become live by itself either', async () => {
    const w = required('allowed_web_search_modes = ["cached"]\n', 'web_search = "live"\n');
    expect(await outcome(w)).toMatchObject({ search: 'cached' });
    const silent = await required('allowed_web_search_modes = ["cached"]\n').config();
    expect(silent.webSearch).toMatchObject({ mode: 'cached', explicit: true });
  });

  test('allows one granular policy and not another', async () => {
    const granular = 'sandbox_approval = true, rules = true, mcp_elicitations = true';
    const w = required(`allowed_approval_policies = [{ granular = { ${granular} } }]\n`);
    const policy = {
      sandbox_approval: true,
      rules: true,
      mcp_elicitations: true,
      skill_approval: false,
      request_permissions: false,
    };
    expect((await outcome(w)).approval).toEqual({ granular: policy });
    const other = { granular: { ...policy, rules: false } };
    const { approval, told } = await outcome(w, { settings: { approvalPolicy: other } });
    expect([approval, told.length]).toEqual([{ granular: policy }, 1]);
  });
});

describe('features', () => {
  test('are pinned above everything, by old names too', async () => {
    const w = required(
      '[features]\npersonality = false\ncollab = false\nundo = true\n',
      '[features]\npersonality = true\n',
    );
    const { config, unheeded } = await w.loaded({ overrides: flags('features.multi_agent=true') });
    expect([config.features.personality, config.features.multi_agent, config.features.undo]).toEqual([
      false,
      false,
      true,
    ]);
    expect(config.featureSources.undo).toBe('requirements');
    expect(unheeded.map(({ summary }) => summary.split(';')[0])).toEqual([
      'The configured value of `features.personality` is not allowed',
      'The configured value of `features.multi_agent` is not allowed',
    ]);
  });

  test('may stand under the older name of the table', async () => {
    expect((await required('[feature_requirements]\nundo = true\n').config()).features.undo).toBe(true);
  });
});

describe('a requirements file that cannot be followed', () => {
  const rule = (fields: string) => `[rules]\nprefix_rules = [{ ${fields} }]\n`;
  for (const [text, message] of [
    ['x = [\n', '2:1: invalid value'],
    ['allowed_approval_policies = []\n', '1:29: field `allowed_approval_policies` cannot be empty'],
    ['x = 1\nallowed_approval_policies = ["zzz"]\n', '2:30: unknown variant `zzz`'],
    ['allowed_sandbox_modes = ["workspace-write"]\n', '1:25: `allowed_sandbox_modes` must include `read-only`'],
    ['allowed_sandbox_modes = []\n', '1:25: `allowed_sandbox_modes` must include `read-only`'],
    ['[features]\nundo = true\nzzz = true\n', '3:1: `zzz` is no feature'],
    ['enforce_residency = "eu"\n', '1:21: unknown variant `eu`, expected `us`'],
    ['[rules]\n', '1:1: missing field `prefix_rules`'],
    ['[rules]\nprefix_rules = []\n', '2:16: rules prefix_rules cannot be empty'],
    [rule('decision = "prompt"'), '2:17: missing field `pattern`'],
    [rule('pattern = [], decision = "prompt"'), '2:29: rules prefix_rule at index 0 has an empty pattern'],
    [rule('pattern = ["rm"], decision = "prompt"'), '2:30: invalid type: string "rm", expected struct'],
    [
      rule('pattern = [{ token = " " }], decision = "prompt"'),
      '2:30: rules prefix_rule at index 0 has an invalid pattern token at index 0: token cannot be empty',
    ],
    [
      rule('pattern = [{ token = "a" }, {}], decision = "prompt"'),
      '2:47: rules prefix_rule at index 0 has an invalid pattern token at index 1: set either token or any_of',
    ],
    [rule('pattern = [{ token = "a", any_of = ["b"] }], decision = "prompt"'), 'set either token or any_of, not both'],
    [rule('pattern = [{ any_of = [] }], decision = "prompt"'), 'any_of cannot be empty'],
    [rule('pattern = [{ any_of = ["a", ""] }], decision = "prompt"'), 'any_of cannot include empty tokens'],
    [rule('pattern = [{ token = "a" }], justification = " ", decision = "prompt"'), 'has an empty justification'],
    [rule('pattern = [{ token = "a" }]'), '2:17: rules prefix_rule at index 0 is missing a decision'],
    [
      rule('pattern = [{ token = "a" }], decision = "allow"'),
      "2:59: rules prefix_rule at index 0 has decision 'allow', which is not permitted in requirements.toml",
    ],
    [
      rule('pattern = [{ token = "a" }], decision = "zzz"'),
      '2:59: unknown variant `zzz`, expected one of `allow`, `prompt`, `forbidden`',
    ],
  ] as const) {
    test(message, async () => {
      const said = await refusal(text);
      expect(said).toContain(message);
      expect(said.startsWith('requirements.toml:')).toBe(true);
    });
  }

  test('leaves read-only as the only sandbox', async () => {
    const w = required('x = [\n');
    const result = await w.load();
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.requirements.sandboxModes?.values).toEqual(['read-only']);
  });

  test('is not undone by a broken config.toml', async () => {
    const result = await required('allowed_approval_policies = ["untrusted"]\n', 'model = 1\n').load();
    expect(!result.ok && result.requirements.approvalPolicies?.values).toEqual(['untrusted']);
  });
});

test('rules are handed on as they are', async () => {
  const rules =
    '{ pattern = [{ token = "rm" }, { any_of = ["-rf", "-fr"] }], decision = "forbidden", justification = "no" }';
  const config = await required(
    `[rules]\nprefix_rules = [${rules}, { pattern = [{ token = "a" }], decision = "prompt" }]\n`,
  ).config();
  expect(config.requirements.rules).toEqual([
    { pattern: ['rm', ['-rf', '-fr']], decision: 'forbidden', justification: 'no' },
    { pattern: ['a'], decision: 'prompt', justification: null },
  ]);
});

test('the managed file of old prescribes what it sets, where requirements do not', async () => {
  const managed = { 'etc/managed_config.toml': 'approval_policy = "untrusted"\nsandbox_mode = "workspace-write"\n' };
  const { requirements } = await world('', managed).config();
  expect(requirements.approvalPolicies?.values).toEqual(['untrusted']);
  expect(requirements.sandboxModes?.values).toEqual(['read-only', 'workspace-write']);
  const own = await required('allowed_approval_policies = ["never"]\n', '', managed).config();
  expect([own.approvalPolicy, own.sandboxPolicy.type]).toEqual(['never', 'workspaceWrite']);
});

describe('a later change', () => {
  const text =
    'allowed_approval_policies = ["untrusted"]\nallowed_sandbox_modes = ["read-only"]\nallowed_web_search_modes = []\n' +
    '[features]\nundo = true\n';

  test('is refused with what is allowed and where that stands', async () => {
    const w = required(text);
    const { requirements } = createConfigReader().requirements({ env: {}, systemDir: w.systemDir });
    const source = `${w.systemDir}/requirements.toml`;
    const asked = (wanted: Parameters<typeof refusedByRequirements>[1]) => refusedByRequirements(requirements, wanted);
    expect(asked({ approvalPolicy: 'never' })).toBe(
      `invalid value for \`approval_policy\`: \`never\` is not in the allowed set [untrusted] (set by ${source})`,
    );
    expect(asked({ sandbox: requiredSandbox({ type: 'externalSandbox' }) })).toContain('`external-sandbox` is not');
    expect(asked({ webSearch: 'live' })).toContain('[disabled]');
    expect(asked({ features: { undo: false } })).toContain(
      '`features.undo=false` is not in the allowed set [undo=true]',
    );
    expect(asked({ approvalPolicy: 'untrusted', sandbox: 'read-only', webSearch: 'disabled' })).toBeNull();
  });

  test('of config.toml is refused for what it sets, not for what stood there', async () => {
    const w = required(text, 'approval_policy = "never"\n');
    const { config } = await w.loaded();
    const edited = (user: string, ...path: string[]) => {
      w.write('home/config.toml', user);
      return w.loaded().then(({ layers }) => {
        const table = layers.find(({ name }) => name.type === 'user')?.config ?? {};
        return refusedEdit([{ path, value: 'x', merge: 'replace' }], table, config.requirements);
      });
    };
    expect(await edited('approval_policy = "never"\n', 'approval_policy')).toContain('`never`');
    expect(await edited('approval_policy = "never"\nmodel = "x"\n', 'model')).toBeNull();
    expect(await edited('[features]\nundo = false\n', 'features', 'undo')).toContain('features.undo=false');
    expect(await edited('[features]\nundo = false\nshell_tool = false\n', 'features', 'shell_tool')).toBeNull();
  });
});

test('what asks for something that is not here is told of', async () => {
  const toml = 'zsh_path = "/bin/zsh"\n[memories]\n[features]\nundo = true\nmemories = false\nshell_tool = true\n';
  const { unheeded } = await world(toml).loaded({ overrides: flags('features.js_repl=true') });
  expect(unheeded.map(({ summary }) => /^`[^`]+` has no effect/.exec(summary)?.[0])).toEqual([
    '`memories` has no effect',
    '`zsh_path` has no effect',
    '`features.js_repl` has no effect',
    '`features.undo` has no effect',
  ]);
});

test('a reviewer nobody serves is told of', async () => {
  const { unheeded } = await world('approvals_reviewer = "guardian_subagent"\n').loaded();
  expect(unheeded.map(({ summary }) => summary)).toEqual([expect.stringContaining('approvals are asked of the user')]);
});

test('only MCP servers that are listed, and are what the list says, stay on', async () => {
  const list = '[mcp_servers.docs.identity]\ncommand = "docs"\n[mcp_servers.web.identity]\nurl = "https://a/mcp"\n';
  const user =
    '[mcp_servers.docs]\ncommand = "docs"\n[mcp_servers.web]\nurl = "https://b/mcp"\n[mcp_servers.own]\ncommand = "own"\n';
  const { config, unheeded } = await required(list, user).loaded();
  const enabled = Object.entries(config.mcpServers).map(([name, server]) => [name, server.enabled ?? true]);
  expect(enabled).toEqual([
    ['docs', true],
    ['web', false],
    ['own', false],
  ]);
  expect(unheeded.map(({ summary }) => summary.split(' (')[0])).toEqual([
    'The MCP server `web` is switched off: it is another one than the list says',
    'The MCP server `own` is switched off: it is not in the list',
  ]);
  expect(await refusal('[mcp_servers.a.identity]\ncommand = "a"\nurl = "b"\n')).toContain('set exactly one of');
});
