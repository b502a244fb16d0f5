import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxPolicy } from '@codex/protocol';
import { describe, expect, test } from 'vitest';
import { isWritable, resolvePolicy } from '../src/index.ts';
import { testFolder } from './support.ts';

function workspace(more: Partial<Extract<SandboxPolicy, { type: 'workspaceWrite' }>> = {}): SandboxPolicy {
  return {
    type: 'workspaceWrite',
    writableRoots: [],
    readOnlyAccess: { type: 'fullAccess' },
    networkAccess: false,
    excludeSlashTmp: true,
    excludeTmpdirEnvVar: true,
    ...more,
  };
}

describe('writable roots', () => {
  test('configured ones, cwd, /tmp and TMPDIR, each once and only when they exist', () => {
    const base = testFolder();
    for (const name of ['extra', 'cwd', 'tmp']) mkdirSync(join(base, name));
    writeFileSync(join(base, 'file'), '');
    symlinkSync('extra', join(base, 'link'));
    const roots = (policy: SandboxPolicy, tmp = join(base, 'tmp')) =>
      resolvePolicy(policy, join(base, 'cwd'), { TMPDIR: tmp }).writableRoots.map(({ root }) => root);
    const writableRoots = [join(base, 'link'), join(base, 'extra'), join(base, 'none'), join(base, 'file')];
    const own = [join(base, 'extra'), join(base, 'file'), join(base, 'cwd')];
    expect(roots(workspace({ writableRoots }))).toEqual(own);
    expect(roots(workspace({ writableRoots, excludeSlashTmp: false }))).toEqual([...own, realpathSync('/tmp')]);
    expect(roots(workspace({ writableRoots, excludeTmpdirEnvVar: false }))).toEqual([...own, join(base, 'tmp')]);
    expect(roots(workspace({ writableRoots, excludeTmpdirEnvVar: false }), 'tmp')).toEqual(own);
  });

  test('protected folders inside are listed when they exist', () => {
    const cwd = testFolder();
    const gitdir = join(testFolder(), 'repo/.git/worktrees/w');
    mkdirSync(gitdir, { recursive: true });
    mkdirSync(join(cwd, '.codex'));
    writeFileSync(join(cwd, '.agents'), 'a file');
    writeFileSync(join(cwd, '.git'), `gitdir: ${gitdir}\n`);
    expect(resolvePolicy(workspace(), cwd, {}).writableRoots).toEqual([
      { root: cwd, readOnly: [join(cwd, '.git'), gitdir, join(cwd, '.codex')] },
    ]);
  });

  test.each<[SandboxPolicy, boolean, boolean]>([
    [{ type: 'dangerFullAccess' }, true, true],
    [{ type: 'externalSandbox', networkAccess: 'restricted' }, true, false],
    [{ type: 'externalSandbox', networkAccess: 'enabled' }, true, true],
    [{ type: 'readOnly', access: { type: 'fullAccess' }, networkAccess: false }, false, false],
    [workspace({ networkAccess: true }), false, true],
  ])('%j', (policy, fullWrite, networkAccess) => {
    expect(resolvePolicy(policy, testFolder(), {})).toMatchObject({ type: policy.type, fullWrite, networkAccess });
  });
});

describe('isWritable', () => {
  const cwd = () => {
    const base = testFolder();
    for (const name of ['work/.git', 'work/sub', 'other']) mkdirSync(join(base, name), { recursive: true });
    symlinkSync('../other', join(base, 'work/out'));
    symlinkSync('../other/missing', join(base, 'work/dangling'));
    symlinkSync('.git/config', join(base, 'work/hidden'));
    symlinkSync('loop', join(base, 'work/loop'));
    symlinkSync('work', join(base, 'alias'));
    return base;
  };

  test.each([
    ['work/new', true],
    ['work/sub/deep/er/new', true],
    ['work', true],
    ['work/sub/../x', true],
    ['alias/new', true],
    ['other/new', false],
    ['work/../other/new', false],
    ['work-sibling', false],
    ['work/out/new', false],
    ['work/out/../work/new', true],
    ['work/dangling', false],
    ['work/loop', false],
    ['work/.git', false],
    ['work/.git/hooks/new', false],
    ['work/hidden', false],
    ['work/.codex/config.toml', false],
    ['work/.agents', false],
    ['work/.gitignore', true],
    ['work/sub/.git/x', true],
    ['work/a\0b', false],
  ])('%j: %s', (path, expected) => {
    const base = cwd();
    const resolved = resolvePolicy(workspace(), join(base, 'work'), {});
    expect(isWritable(resolved, `${base}/${path}`)).toBe(expected);
  });

  test('relative paths are taken from the cwd', () => {
    const base = cwd();
    const resolved = resolvePolicy(workspace(), join(base, 'work'), {});
    expect([isWritable(resolved, 'new'), isWritable(resolved, '../new')]).toEqual([true, false]);
  });

  test('a wider root does not open a protected folder, a root given inside one does', () => {
    const base = cwd();
    const wide = resolvePolicy(workspace({ writableRoots: [realpathSync(tmpdir())] }), join(base, 'work'), {});
    expect(isWritable(wide, join(base, 'other/new'))).toBe(true);
    expect(isWritable(wide, join(base, 'work/.git/new'))).toBe(false);
    const inner = resolvePolicy(workspace({ writableRoots: [join(base, 'work/.git')] }), join(base, 'work'), {});
    expect(isWritable(inner, join(base, 'work/.git/new'))).toBe(true);
  });

  test('all or nothing under the other policies', () => {
    const folder = testFolder();
    const readOnly: SandboxPolicy = { type: 'readOnly', access: { type: 'fullAccess' }, networkAccess: false };
    expect(isWritable(resolvePolicy(readOnly, folder, {}), join(folder, 'x'))).toBe(false);
    expect(isWritable(resolvePolicy({ type: 'dangerFullAccess' }, folder, {}), '/etc/x')).toBe(true);
  });
});
