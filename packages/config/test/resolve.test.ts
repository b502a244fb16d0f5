import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FEATURES, resolveFeatures, resolveHome } from '../src/index.ts';
import { flags, world } from './setup.ts';

describe('defaults', () => {
  test('with no file at all, and nothing is created', async () => {
    const w = world();
    const config = await w.config({ home: join(w.root, 'nowhere') });
    expect(config).toMatchObject({
      model: null,
      modelProvider: 'openai',
      approvalPolicy: 'on-request',
      approvalsReviewer: 'user',
      personality: 'pragmatic',
      serviceTier: null,
      webSearch: { mode: 'cached', explicit: false, options: null },
      backgroundTerminalMaxTimeout: 300_000,
      projectDocMaxBytes: 32_768,
      projectRootMarkers: ['.git'],
      allowLoginShell: true,
      notify: null,
      history: { persistence: 'save-all', maxBytes: null },
      agents: { maxThreads: 6, maxDepth: 1, jobMaxRuntimeSeconds: null },
      skills: { bundledEnabled: true, config: [] },
      chatgptBaseUrl: 'https://chatgpt.com/backend-api/',
      cliAuthCredentialsStore: 'file',
      feedbackEnabled: true,
      analyticsEnabled: null,
      sqliteHome: join(w.root, 'nowhere'),
      logDir: join(w.root, 'nowhere/log'),
      shellEnvironmentPolicy: { inherit: 'all', ignoreDefaultExcludes: true, exclude: [], set: {}, includeOnly: [] },
    });
    expect(Object.values(config).every((value) => value !== undefined)).toBe(true);
    expect(() => Object.assign(config.agents, { maxThreads: 1 })).toThrow(TypeError);
  });

  test('questions stay open for ever unless limited', async () => {
    const limit = async (toml: string) => (await world(toml).config()).approvalTimeout;
    expect(await limit('')).toBeNull();
    expect(await limit('approval_timeout_ms = 5')).toEqual({ ms: 5, action: 'decline' });
    expect(await limit('approval_timeout_ms = 5\napproval_timeout_action = "cancel"')).toEqual({
      ms: 5,
      action: 'cancel',
    });
  });

  test('bounds and clean-up', async () => {
    const config = await world(
      'background_terminal_max_timeout = 10\nproject_doc_fallback_filenames = [" a.md ", ""]\ncompact_prompt = "  "\n',
    ).config({ env: { CODEX_SQLITE_HOME: '/db' } });
    expect(config.backgroundTerminalMaxTimeout).toBe(5000);
    expect(config.projectDocFallbackFilenames).toEqual(['a.md']);
    expect(config.compactPrompt).toBeNull();
    expect(config.sqliteHome).toBe('/db');
  });
});

describe('profiles', () => {
  const PROFILES =
    'profile = "p"\nmodel = "top"\napproval_policy = "untrusted"\n[profiles.p]\nmodel = "m"\napproval_policy = "never"\n[profiles.q]\nmodel = "q"\nweb_search = "live"\n[profiles.q.features]\nundo = true\n';

  test('a profile overrides the merged top level, flags included', async () => {
    const w = world(PROFILES);
    const config = await w.config({ overrides: flags('model=cli') });
    expect([config.model, config.approvalPolicy, config.profile]).toEqual(['m', 'never', 'p']);
  });

  test('the option beats the key, and a flag can choose as well', async () => {
    const w = world(PROFILES);
    for (const options of [{ profile: 'q' }, { overrides: flags('profile=q') }]) {
      const config = await w.config(options);
      expect([config.model, config.approvalPolicy, config.webSearch.mode]).toEqual(['q', 'untrusted', 'live']);
      expect([config.features.undo, config.featureSources.undo]).toEqual([true, 'profile']);
    }
    expect(await w.error({ profile: 'zz' })).toBe('config profile `zz` not found');
    expect(await w.error({ profile: 'constructor' })).toBe('config profile `constructor` not found');
  });

  test('typed settings beat profiles; null clears the tier only', async () => {
    const w = world(`service_tier = "fast"\n${PROFILES}`);
    const config = await w.config({
      settings: {
        model: 't',
        modelProvider: 'ollama',
        approvalPolicy: 'on-request',
        sandbox: 'workspace-write',
        serviceTier: null,
        personality: null,
      },
    });
    expect(config).toMatchObject({
      model: 't',
      modelProvider: 'ollama',
      approvalPolicy: 'on-request',
      serviceTier: null,
      personality: 'pragmatic',
    });
    expect(config.sandboxPolicy.type).toBe('workspaceWrite');
    expect(await w.error({ settings: { modelProvider: 'nobody' } })).toBe('Model provider `nobody` not found');
  });
});

describe('providers', () => {
  test('built-in ones and the environment', async () => {
    const w = world('');
    const { modelProviders } = await w.config({ env: { CODEX_OSS_PORT: '99' } });
    expect(Object.keys(modelProviders)).toEqual(['openai', 'ollama', 'lmstudio']);
    expect(modelProviders['ollama']?.baseUrl).toBe('http://localhost:99/v1');
    expect(modelProviders['openai']).toMatchObject({ baseUrl: null, requiresOpenaiAuth: true, name: 'OpenAI' });
    const env = { CODEX_OSS_BASE_URL: 'http://h/v1', OPENAI_BASE_URL: 'http://o/v1' };
    const loaded = await w.loaded({ env });
    expect(loaded.config.modelProviders['lmstudio']?.baseUrl).toBe('http://h/v1');
    expect(loaded.config.modelProviders['openai']?.baseUrl).toBe('http://o/v1');
    expect(loaded.warnings).toEqual([
      { summary: '`OPENAI_BASE_URL` is deprecated. Set `openai_base_url` in config.toml instead.', details: null },
    ]);
    const configured = await world('openai_base_url = "http://c/v1"').loaded({ env });
    expect([configured.config.openaiBaseUrl, configured.warnings]).toEqual(['http://c/v1', []]);
  });

  test('own ones with every field', async () => {
    const config = await world(
      'model_provider = "x"\n[model_providers.x]\nname = "X"\nbase_url = "http://x"\nenv_key = "K"\nenv_key_instructions = "get one"\nexperimental_bearer_token = "t"\nwire_api = "responses"\nquery_params = { a = "b" }\nhttp_headers = { h = "v" }\nenv_http_headers = { X = "UNSET" }\nstream_max_retries = 0\nrequires_openai_auth = true\nfuture = 1\n',
    ).config();
    expect(config.modelProviders['x']).toEqual({
      id: 'x',
      name: 'X',
      baseUrl: 'http://x',
      envKey: 'K',
      envKeyInstructions: 'get one',
      bearerToken: 't',
      queryParams: { a: 'b' },
      httpHeaders: { h: 'v' },
      envHttpHeaders: { X: 'UNSET' },
      requestMaxRetries: 4,
      streamMaxRetries: 0,
      streamIdleTimeoutMs: 300_000,
      requiresOpenaiAuth: true,
      supportsWebsockets: false,
    });
  });
});

describe('features', () => {
  test('the table has one entry per feature of the contract', () => {
    expect(Object.keys(FEATURES)).toHaveLength(51);
    const on = Object.entries(resolveFeatures({}).flags)
      .filter(([, enabled]) => enabled)
      .map(([key]) => key);
    expect(on.filter((key) => key !== 'unified_exec')).toEqual([
      'collaboration_modes',
      'enable_request_compression',
      'fast_mode',
      'multi_agent',
      'personality',
      'shell_snapshot',
      'shell_tool',
      'skill_mcp_dependency_install',
      'sqlite',
      'steer',
    ]);
  });

  test('legacy names work and are noticed, also when they switch off', async () => {
    const { config, deprecations } = await world(
      'experimental_use_unified_exec_tool = false\n[features]\ncollab = false\nrequest_permissions = true\nweb_search_request = true\n',
    ).loaded();
    expect(config.features).toMatchObject({ unified_exec: false, multi_agent: false, exec_permission_approvals: true });
    expect(config.webSearch).toMatchObject({ mode: 'live', explicit: true });
    expect(deprecations.map((notice) => notice.summary)).toEqual([
      '`[features].collab` is deprecated. Use `[features].multi_agent` instead.',
      '`[features].experimental_use_unified_exec_tool` is deprecated. Use `[features].unified_exec` instead.',
      '`[features].request_permissions` is deprecated. Use `[features].exec_permission_approvals` instead.',
      '`[features].web_search_request` is deprecated because web search is enabled by default.',
    ]);
  });

  test('Landlock is said to have no effect, when it is asked for', async () => {
    const notices = async (text: string) => (await world(text).loaded()).deprecations;
    expect(await notices('[features]\nuse_legacy_landlock = true\n')).toEqual([
      {
        summary: '`[features].use_legacy_landlock` has no effect: Landlock is not used.',
        details: expect.stringContaining('bubblewrap'),
      },
    ]);
    expect(await notices('[features]\nuse_legacy_landlock = false\n')).toEqual([]);
  });

  test('the current name wins over its legacy name', () => {
    expect(resolveFeatures({ features: { multi_agent: false, collab: true } }).flags.multi_agent).toBe(false);
  });

  test('under development: one remark, unless suppressed; unknown: a remark', async () => {
    const text = '[features]\ncodex_hooks = true\nnope = true\n';
    const { startupWarnings, warnings } = await world(text).loaded();
    expect(startupWarnings).toHaveLength(2);
    expect(startupWarnings[0]).toContain('`nope`');
    expect(startupWarnings[1]).toMatch(/^Under-development features enabled: codex_hooks\./);
    expect(warnings).toEqual([]);
    const quiet = await world(`suppress_unstable_features_warning = true\n${text}`).loaded();
    expect(quiet.startupWarnings).toHaveLength(1);
  });

  test('dependencies', () => {
    expect(resolveFeatures({ features: { code_mode_only: true } }).flags.code_mode).toBe(true);
    const { flags: without, warnings } = resolveFeatures({ features: { js_repl_tools_only: true } });
    expect([without.js_repl_tools_only, warnings.length]).toEqual([false, 1]);
    const both = resolveFeatures({ features: { js_repl_tools_only: true, js_repl: true } });
    expect([both.flags.js_repl_tools_only, both.warnings]).toEqual([true, []]);
  });
});

describe('single keys', () => {
  test('tools, web search and approvals', async () => {
    const config = await world(
      'web_search = "disabled"\napproval_policy = { granular = { sandbox_approval = true, rules = false, mcp_elicitations = true } }\n[tools]\nview_image = false\nweb_search = { context_size = "low", allowed_domains = ["a.b"] }\n',
    ).config();
    expect(config.webSearch).toEqual({
      mode: 'disabled',
      explicit: true,
      options: { context_size: 'low', allowed_domains: ['a.b'] },
    });
    expect(config.viewImage).toBe(false);
    expect(config.approvalPolicy).toEqual({
      granular: {
        sandbox_approval: true,
        rules: false,
        skill_approval: false,
        request_permissions: false,
        mcp_elicitations: true,
      },
    });
    expect((await world('[tools]\nweb_search = true\n').config()).webSearch.options).toBeNull();
  });

  test('read-only ignores the workspace table, a deprecated file is noticed only', async () => {
    const { config, deprecations } = await world(
      'experimental_instructions_file = "nope.md"\n[sandbox_workspace_write]\nnetwork_access = true\n',
    ).loaded();
    expect(config.sandboxPolicy).toEqual({ type: 'readOnly', access: { type: 'fullAccess' }, networkAccess: false });
    expect(config.baseInstructions).toBeNull();
    expect(deprecations.map((notice) => notice.summary)).toEqual([
      '`experimental_instructions_file` is deprecated and ignored. Use `model_instructions_file` instead.',
    ]);
  });
});

describe('resolveHome', () => {
  test('the variable must name a folder, else it is .codex', () => {
    const w = world('');
    expect(resolveHome({}, '/u')).toBe('/u/.codex');
    expect(resolveHome({ CODEX_HOME: '' }, '/u')).toBe('/u/.codex');
    expect(resolveHome({ CODEX_HOME: w.home }, '/u')).toBe(w.home);
    expect(() => resolveHome({ CODEX_HOME: join(w.root, 'nope') }, '/u')).toThrow(
      /CODEX_HOME points to .* does not exist/,
    );
    mkdirSync(join(w.root, 'd'));
    expect(() => resolveHome({ CODEX_HOME: w.write('d/file', '') }, '/u')).toThrow(/not a directory/);
  });
});
