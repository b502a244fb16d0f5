import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { layerOrigins, mergeLayers } from '../src/index.ts';
import { flags, TRUSTED, UNTRUSTED, world } from './setup.ts';

const MEMORIES = '$HOME/memories';
const workspace = (...roots: string[]) => ({
  type: 'workspaceWrite',
  writableRoots: roots,
  readOnlyAccess: { type: 'fullAccess' },
  networkAccess: false,
  excludeTmpdirEnvVar: false,
  excludeSlashTmp: false,
});
const READ_ONLY = { type: 'readOnly', access: { type: 'fullAccess' }, networkAccess: false };

describe('precedence', () => {
  const project = { 'project/.codex/config.toml': 'model = "b"\n' };

  test('session flags beat a trusted project, which beats the user, who beats the system', async () => {
    const w = world(`model = "a"\nreview_model = "a"\n${TRUSTED}`, {
      ...project,
      'etc/config.toml': 'model = "s"\nreview_model = "s"\nmodel_provider = "ollama"\n',
    });
    expect((await w.config({ overrides: flags('model=c') })).model).toBe('c');
    const config = await w.config();
    expect([config.model, config.reviewModel, config.modelProvider]).toEqual(['b', 'a', 'ollama']);
  });

  test('a project does not decide which skills are off', async () => {
    const own = '[[skills.config]]\npath = "/s/SKILL.md"\nenabled = false\n';
    const w = world(`${own}${TRUSTED}`, {
      'project/.codex/config.toml': '[skills]\nconfig = []\nbundled = { enabled = false }\n',
    });
    const { skills } = await w.config();
    expect(skills).toEqual({ bundledEnabled: false, config: [{ path: '/s/SKILL.md', enabled: false }] });
  });

  test('an untrusted project does not count, a flag still does', async () => {
    const w = world(`model = "a"\n${UNTRUSTED}`, project);
    expect((await w.config()).model).toBe('a');
    expect((await w.config({ overrides: flags('model=c') })).model).toBe('c');
  });

  test('request config beats command line, later flags beat earlier, managed file beats all', async () => {
    const w = world('');
    const overrides = flags('model=x', 'model=y');
    expect((await w.config({ overrides })).model).toBe('y');
    expect((await w.config({ overrides, requestConfig: { model: 'r' } })).model).toBe('r');
    w.write('etc/managed_config.toml', 'model = "m"');
    expect((await w.config({ overrides, requestConfig: { model: 'r' } })).model).toBe('m');
  });

  test('tables merge deeply, lists are replaced, a null of a request says nothing', async () => {
    const w = world('notify = ["a", "b"]\nmodel = "keep"\n[sandbox_workspace_write]\nexclude_slash_tmp = true\n');
    const config = await w.config({
      overrides: flags('sandbox_mode=workspace-write', 'sandbox_workspace_write.network_access=true'),
      requestConfig: { notify: ['c'], model: null },
    });
    expect(config.notify).toEqual(['c']);
    expect(config.model).toBe('keep');
    expect(config.sandboxPolicy).toMatchObject({ networkAccess: true, excludeSlashTmp: true });
  });

  test('the nearest project layer wins and markers are read outside of the project', async () => {
    const w = world(TRUSTED, {
      'project/.codex/config.toml': 'model = "root"\nreview_model = "root"\nproject_root_markers = ["x"]\n',
      'project/a/.codex/config.toml': 'model = "a"\n',
      'project/a/b/file': '',
    });
    const config = await w.config({ cwd: join(w.cwd, 'a/b') });
    expect([config.model, config.reviewModel]).toEqual(['a', 'root']);
    expect(config.projectRootMarkers).toEqual(['.git']);
  });

  test('rules and hooks come from the system, the user and trusted projects, outer folders first', async () => {
    const files = { 'project/.codex/rules/a.rules': '', 'project/a/.codex/config.toml': '' };
    const outside = ['etc/rules', 'home/rules'];
    const folders = async (user: string) => {
      const short = (path: string) => path.slice(w.root.length + 1);
      const w = world(user, files);
      const { rulesFolders, hookFiles } = await w.config({ cwd: join(w.cwd, 'a') });
      expect(hookFiles.map(short)).toEqual(rulesFolders.map((folder) => short(folder).replace(/rules$/, 'hooks.json')));
      return rulesFolders.map(short);
    };
    expect(await folders('')).toEqual(outside);
    expect(await folders(UNTRUSTED)).toEqual(outside);
    expect(await folders(TRUSTED)).toEqual([...outside, 'project/.codex/rules', 'project/a/.codex/rules']);
  });

  test('layers carry versions and origins name the winning one', async () => {
    const w = world(`model = "a"\n${TRUSTED}`, { 'project/.codex/config.toml': 'notify = ["x"]\n' });
    const { layers } = await w.loaded({ requestConfig: { 'features.undo': true } });
    expect(layers.map((layer) => layer.name.type)).toEqual(['system', 'user', 'project', 'sessionFlags']);
    expect(layers[0]?.version).toBe('sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
    expect(layers[2]?.version).toMatch(/^sha256:[0-9a-f]{64}$/);
    const origins = layerOrigins(layers);
    expect(Object.keys(origins).sort()).toEqual([
      'features.undo',
      'model',
      'notify.0',
      `projects.${w.cwd}.trust_level`,
    ]);
    expect(origins['notify.0']).toEqual({ name: layers[2]?.name, version: layers[2]?.version });
    expect(mergeLayers(layers)).toEqual({
      model: 'a',
      notify: ['x'],
      projects: { [w.cwd]: { trust_level: 'trusted' } },
      features: { undo: true },
    });
  });

  test('the version of a layer is the hash that other programs compute', async () => {
    const { layers } = await world('model = "b"\n').loaded();
    expect(layers[1]?.version).toBe('sha256:8ee01bdc7953d35f198ea5c44709cdfda45a6daa12cc49bbc0555b1814a34c45');
  });

  test('the home of codex is never a project layer', async () => {
    const w = world();
    const home = join(w.cwd, '.codex');
    w.write('project/.codex/config.toml', 'model = "u"\n');
    const { layers, config } = await w.loaded({ home });
    expect(layers.map((layer) => layer.name.type)).toEqual(['system', 'user']);
    expect(config.model).toBe('u');
  });
});

describe('trust', () => {
  test.each([
    ['no entry', '', READ_ONLY, 'on-request', null],
    ['trusted', TRUSTED, workspace(MEMORIES), 'on-request', 'trusted'],
    ['untrusted', UNTRUSTED, workspace(MEMORIES), 'untrusted', 'untrusted'],
  ])('%s: sandbox and approval', async (_, user, sandbox, approval, trust) => {
    const w = world(user);
    const config = await w.config();
    expect(JSON.parse(w.hide(JSON.stringify(config.sandboxPolicy)))).toEqual(sandbox);
    expect([config.approvalPolicy, config.projectTrust]).toEqual([approval, trust]);
  });

  test('what is configured beats what trust implies', async () => {
    const w = world(`approval_policy = "never"\nsandbox_mode = "danger-full-access"\n${UNTRUSTED}`);
    const config = await w.config();
    expect([config.approvalPolicy, config.sandboxPolicy]).toEqual(['never', { type: 'dangerFullAccess' }]);
  });

  test('an undecided project is disabled with advice', async () => {
    const w = world('', { 'project/.codex/config.toml': 'model = 3 oops' });
    const { layers, warnings, config } = await w.loaded();
    expect(config.model).toBeNull();
    const reason = 'To load config.toml, add $CWD as a trusted project in $HOME/config.toml.';
    expect(layers.map((layer) => w.hide(layer.disabledReason ?? '-'))).toEqual(['-', '-', reason]);
    expect(warnings.map((warning) => ({ ...warning, summary: w.hide(warning.summary) }))).toEqual([
      {
        summary: `Project config.toml files are disabled in the following folders. Settings in those files are ignored, but skills and exec policies still load.\n    1. $CWD/.codex\n       ${reason}\n`,
        details: null,
      },
    ]);
  });

  test('an untrusted project is disabled with its own words; a folder without config.toml needs none', async () => {
    const w = world(UNTRUSTED, { 'project/.codex/config.toml': '', 'project/a/.codex/x': '' });
    const { layers } = await w.loaded({ cwd: join(w.cwd, 'a') });
    expect(layers.slice(2).map((layer) => layer.disabledReason && w.hide(layer.disabledReason))).toEqual([
      '$CWD is marked as untrusted in $HOME/config.toml. To load config.toml, mark it trusted.',
      null,
    ]);
  });

  test('a project cannot trust itself', async () => {
    const w = world(UNTRUSTED, { 'project/.codex/config.toml': TRUSTED });
    expect((await w.config()).projectTrust).toBe('untrusted');
  });

  test('a subfolder follows its project unless it is decided on its own', async () => {
    const w = world(`${TRUSTED}[projects."$CWD/b"]\ntrust_level = "untrusted"\n`, {
      'project/a/f': '',
      'project/b/f': '',
    });
    expect((await w.config({ cwd: join(w.cwd, 'a') })).projectTrust).toBe('trusted');
    expect((await w.config({ cwd: join(w.cwd, 'b') })).projectTrust).toBe('untrusted');
  });

  test('a worktree follows the main repository, a submodule does not', async () => {
    const w = world(TRUSTED, {
      'project/.git/worktrees/w/commondir': '../..\n',
      'project/.git/modules/m/HEAD': '',
      'tree/.git': 'gitdir: $CWD/.git/worktrees/w\n',
      'tree/.codex/config.toml': 'model = "w"\n',
      'module/.git': 'gitdir: $CWD/.git/modules/m\n',
    });
    const tree = await w.config({ cwd: join(w.root, 'tree') });
    expect([tree.projectTrust, tree.model]).toEqual(['trusted', 'w']);
    expect((await w.config({ cwd: join(w.root, 'module') })).projectTrust).toBeNull();
  });

  test('a worktree that nobody decided about names the main repository', async () => {
    const w = world('', {
      'project/.git/worktrees/w/commondir': '../..\n',
      'tree/.git': 'gitdir: $CWD/.git/worktrees/w\n',
      'tree/.codex/config.toml': '',
    });
    const { layers } = await w.loaded({ cwd: join(w.root, 'tree') });
    expect(w.hide(layers.at(-1)?.disabledReason ?? '')).toContain('add $CWD as a trusted project');
  });

  test('session flags may trust', async () => {
    const w = world();
    expect((await w.config({ overrides: flags(`projects."${w.cwd}".trust_level=trusted`) })).projectTrust).toBe(
      'trusted',
    );
  });
});

describe('paths', () => {
  test('are relative to the file that defines them, flags to the working folder', async () => {
    const w = world(
      `sandbox_mode = "workspace-write"\n[sandbox_workspace_write]\nwritable_roots = ["~/x", "rel", "/abs/../b", "/abs/"]\n${TRUSTED}`,
    );
    const roots = async (options = {}) => {
      const policy = (await w.config(options)).sandboxPolicy;
      return policy.type === 'workspaceWrite' ? policy.writableRoots.map(w.hide) : policy;
    };
    expect(await roots()).toEqual(['$HOME/x', '$HOME/rel', '/b', '/abs', MEMORIES]);
    const key = 'sandbox_workspace_write.writable_roots';
    expect(await roots({ requestConfig: { [key]: ['rel'] } })).toEqual(['$CWD/rel', MEMORIES]);
    w.write('project/.codex/config.toml', '[sandbox_workspace_write]\nwritable_roots = ["rel", "../r"]\n');
    expect(await roots()).toEqual(['$CWD/.codex/rel', '$CWD/r', MEMORIES]);
    const typed = await roots({ settings: { additionalWritableRoots: ['/extra'] } });
    expect(typed).toEqual(['$CWD/.codex/rel', '$CWD/r', '/extra', MEMORIES]);
  });

  test('also in profiles, roles and lists of tables', async () => {
    const w = world(
      'profile = "p"\n[profiles.p]\nmodel_instructions_file = "i.md"\n[agents.r]\nconfig_file = "r.toml"\n[[skills.config]]\npath = "s"\nenabled = false\n',
      { 'home/i.md': ' text \n', 'home/r.toml': '' },
    );
    const config = await w.config();
    expect(config.baseInstructions).toBe('text');
    expect(config.agents.roles['r']?.configFile).toBe(join(w.home, 'r.toml'));
    expect(config.skills.config).toEqual([{ path: join(w.home, 's'), enabled: false }]);
  });
});
