import { describe, expect, it, test } from 'vitest';
import { world } from './setup.ts';

const profile = (lines: string) => `default_permissions = "dev"\n[permissions.dev.filesystem]\n${lines}\n`;
const hidden = (w: ReturnType<typeof world>, value: unknown): unknown => JSON.parse(w.hide(JSON.stringify(value)));
const WRITE = {
  ...{ type: 'workspaceWrite', writableRoots: ['$HOME/memories'], readOnlyAccess: { type: 'fullAccess' } },
  ...{ networkAccess: false, excludeTmpdirEnvVar: true, excludeSlashTmp: true },
};

describe('the files of a permission profile', () => {
  it.each<[string, object]>([
    ['":root" = "read"', { type: 'readOnly', access: { type: 'fullAccess' }, networkAccess: false }],
    [
      '":minimal" = "read"\n"/srv/data" = "read"\n":slash_tmp" = "read"\n"/srv/secret" = "none"',
      {
        ...{ type: 'readOnly', networkAccess: false },
        access: { type: 'restricted', includePlatformDefaults: true, readableRoots: ['/srv/data', '/tmp'] },
      },
    ],
    ['":root" = "read"\n":project_roots" = "write"', WRITE],
    [
      '":root" = "read"\n":cwd" = { "." = "write", "docs" = "write" }',
      { ...WRITE, writableRoots: ['$CWD/docs', '$HOME/memories'] },
    ],
    ['":root" = "read"\n":cwd" = "write"\n":tmpdir" = "write"', { ...WRITE, excludeTmpdirEnvVar: false }],
    [
      '":root" = "read"\n":cwd" = "write"\n"~/out" = "write"',
      { ...WRITE, writableRoots: ['/people/ann/out', '$HOME/memories'] },
    ],
    ['":root" = "write"\n[permissions.dev.network]\nenabled = true', { type: 'dangerFullAccess' }],
    [
      '":minimal" = "read"\n":project_roots" = { "." = "write" }',
      { ...WRITE, readOnlyAccess: { type: 'restricted', includePlatformDefaults: true, readableRoots: [] } },
    ],
  ])('become a sandbox: %j', async (lines, expected) => {
    const w = world(profile(lines));
    const { sandboxPolicy } = await w.config({ env: { HOME: '/people/ann' } });
    expect(hidden(w, sandboxPolicy)).toEqual(expected);
  });

  it.each([
    ['":root" = "read"\n"/etc" = "none"', 'keeps from reading /etc'],
    ['":root" = "write"', 'keeps from the network and from no file'],
    ['":root" = "read"\n":cwd" = { "." = "write", "docs" = "read" }', 'keeps from writing to $CWD/docs'],
    ['":root" = "read"\n"/srv" = "write"', 'requests filesystem writes outside the workspace root'],
    ['":root" = "read"\n":slash_tmp" = "write"', 'requests filesystem writes outside the workspace root'],
    ['":cwd" = { "../x" = "write" }', '`../x` leads outside'],
    ['":cwd" = "all"', 'unknown variant `all`'],
  ])('are refused where no sandbox can do that: %j', async (lines, message) => {
    expect(await world(profile(lines)).error()).toContain(message);
  });

  test('give way to the sandbox of a command line, and to an administrator', async () => {
    const toml = profile('":root" = "read"\n":cwd" = "write"');
    const typed = await world(toml).config({ settings: { sandbox: 'read-only' } });
    expect(typed.sandboxPolicy.type).toBe('readOnly');
    const w = world(toml, { 'etc/requirements.toml': 'allowed_sandbox_modes = ["read-only"]\n' });
    const { config, unheeded } = await w.loaded();
    expect(config.sandboxPolicy.type).toBe('readOnly');
    expect(unheeded.map(({ summary }) => summary).join()).toContain('`read-only` is used instead');
  });

  test('take the place of older settings, which is said', async () => {
    const toml = `sandbox_mode = "danger-full-access"\n${profile('":root" = "read"')}[sandbox_workspace_write]\n`;
    const { config, warnings } = await world(toml).loaded();
    expect(config.sandboxPolicy.type).toBe('readOnly');
    expect(warnings.map(({ summary }) => summary.split(' has no effect')[0])).toEqual([
      '`sandbox_mode`',
      '`sandbox_workspace_write`',
    ]);
  });

  test('with a word that means nothing are warned about', async () => {
    const { warnings } = await world(profile('":root" = "read"\n":moon" = "write"')).loaded();
    expect(warnings.map(({ summary }) => summary).join()).toContain('`:moon`, which means nothing here');
  });
});
