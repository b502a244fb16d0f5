import { execFile } from 'node:child_process';
import type { GitFacts } from '@codex/core';

const LIMIT_MS = 5000;

/** Asks git about a folder; null when it is no repository or git cannot be run (core specification §21). */
export async function readGitFacts(
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<GitFacts | null> {
  const ask = (...args: string[]) => git(cwd, env, args);
  const [commitHash, branch, repositoryUrl] = await Promise.all([
    ask('rev-parse', 'HEAD'),
    ask('rev-parse', '--abbrev-ref', 'HEAD'),
    ask('remote', 'get-url', 'origin'),
  ]);
  if (commitHash === null && branch === null && repositoryUrl === null) return null;
  return { commitHash, branch: branch === 'HEAD' ? null : branch, repositoryUrl };
}

function git(cwd: string, env: Readonly<Record<string, string | undefined>>, args: string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(
      'git',
      args,
      { cwd, env: { ...env, GIT_OPTIONAL_LOCKS: '0' }, timeout: LIMIT_MS, encoding: 'utf8', windowsHide: true },
      (error, stdout) => resolve(error ? null : stdout.trim() || null),
    );
  });
}
