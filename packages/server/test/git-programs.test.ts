import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { diffToRemote } from '../src/git-diff.ts';

const env = {
  PATH: process.env['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'T',
  GIT_AUTHOR_EMAIL: 't@example.com',
  GIT_COMMITTER_NAME: 'T',
  GIT_COMMITTER_EMAIL: 't@example.com',
};

/** A repository whose configuration names a program wherever git would run one for a diff. */
function trap() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'git-programs-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [cwd, mark] = [join(root, 'work'), join(root, 'mark')];
  const git = (...args: string[]) => execFileSync('git', args, { cwd, env });
  execFileSync('git', ['init', '-q', '-b', 'main', cwd], { env });
  writeFileSync(join(cwd, '.gitattributes'), '*.txt filter=trap diff=trap\n');
  writeFileSync(join(cwd, 'a.txt'), 'old\n');
  git('add', '.');
  git('commit', '-q', '-m', 'one');
  git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  writeFileSync(join(cwd, 'a.txt'), 'new\n');
  writeFileSync(join(cwd, 'b.txt'), 'untracked\n');
  const program = join(root, 'program');
  writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> ${mark}\ncat\n`, { mode: 0o755 });
  const settings = [
    'core.fsmonitor',
    'filter.trap.clean',
    'filter.trap.process',
    'diff.trap.textconv',
    'diff.external',
  ];
  for (const setting of [...settings, 'diff.trap.command']) git('config', setting, program);
  git('config', 'filter.trap.required', 'true');
  return { cwd, mark };
}

test('a repository cannot name programs that a diff runs', async () => {
  const { cwd, mark } = trap();
  const found = await diffToRemote(cwd, env);
  expect(existsSync(mark)).toBe(false);
  expect(found?.diff).toContain('-old\n+new\n');
  expect(found?.diff).toContain('+untracked\n');
  // The trap is one.
  spawnSync('git', ['diff', 'HEAD'], { cwd, env });
  expect(existsSync(mark)).toBe(true);
});
