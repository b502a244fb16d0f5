import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { readGitFacts } from '../src/git-facts.ts';

const env = {
  PATH: process.env['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'T',
  GIT_AUTHOR_EMAIL: 't@example.com',
  GIT_COMMITTER_NAME: 'T',
  GIT_COMMITTER_EMAIL: 't@example.com',
};
const folders: string[] = [];
const folder = () => {
  const made = realpathSync(mkdtempSync(join(tmpdir(), 'git-facts-')));
  folders.push(made);
  return made;
};
const git = (cwd: string, ...args: string[]) => execFileSync('git', args, { cwd, env, encoding: 'utf8' }).trim();

function repository(): string {
  const cwd = folder();
  git(cwd, 'init', '-q', '-b', 'main');
  git(cwd, 'commit', '-q', '--allow-empty', '-m', 'one');
  git(cwd, 'remote', 'add', 'origin', 'https://example.com/a.git');
  return cwd;
}

afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

describe('git facts', () => {
  test('agree with git for a branch, packed refs, a subfolder and a detached head', async () => {
    const cwd = repository();
    const head = git(cwd, 'rev-parse', 'HEAD');
    const facts = { commitHash: head, branch: 'main', repositoryUrl: 'https://example.com/a.git' };
    expect(await readGitFacts(cwd, env)).toEqual(facts);
    git(cwd, 'pack-refs', '--all');
    execFileSync('mkdir', ['-p', join(cwd, 'a/b')]);
    expect(await readGitFacts(join(cwd, 'a/b'), env)).toEqual(facts);
    git(cwd, 'checkout', '-q', '--detach');
    expect(await readGitFacts(cwd, env)).toEqual({ ...facts, branch: null });
  });

  test('of a worktree name its own branch and the shared remote', async () => {
    const cwd = repository();
    const tree = join(folder(), 'tree');
    git(cwd, 'worktree', 'add', '-q', '-b', 'side', tree);
    expect(await readGitFacts(tree, env)).toEqual({
      commitHash: git(tree, 'rev-parse', 'HEAD'),
      branch: 'side',
      repositoryUrl: 'https://example.com/a.git',
    });
  });

  test('ask git where the files do not tell everything', async () => {
    const cwd = repository();
    git(cwd, 'config', 'url.https://mirror.example.com/.insteadOf', 'https://example.com/');
    expect((await readGitFacts(cwd, env))?.repositoryUrl).toBe('https://mirror.example.com/a.git');
  });

  test('are null outside of repositories and empty in one without a commit', async () => {
    expect(await readGitFacts(folder(), env)).toBeNull();
    const cwd = folder();
    git(cwd, 'init', '-q', '-b', 'main');
    expect(await readGitFacts(cwd, env)).toEqual({ commitHash: null, branch: null, repositoryUrl: null });
  });

  test('do not wait for pipes in the place of their files', async () => {
    const cwd = repository();
    const path = join(cwd, '.git', 'HEAD');
    rmSync(path);
    execFileSync('mkfifo', [path]);
    // A git that waits for the pipe is ended by its limit; none that finds anything is needed.
    const facts = await readGitFacts(cwd, { ...env, PATH: '/nowhere' });
    expect(facts).toBeNull();
  });
});
