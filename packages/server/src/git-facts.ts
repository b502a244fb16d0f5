import type { GitFacts } from '@codex/core';
import { type Env, runGit } from './git.ts';

const LIMIT_MS = 5000;

/** What git says of a folder; null when it is no repository or git cannot be run (core specification §21). */
export async function readGitFacts(cwd: string, env: Env): Promise<GitFacts | null> {
  const ask = async (...args: string[]) => (await runGit(cwd, env, args, LIMIT_MS))?.trim() || null;
  const [commitHash, branch, repositoryUrl] = await Promise.all([
    ask('rev-parse', 'HEAD'),
    ask('rev-parse', '--abbrev-ref', 'HEAD'),
    ask('remote', 'get-url', 'origin'),
  ]);
  if (commitHash === null && branch === null && repositoryUrl === null) return null;
  return { commitHash, branch: branch === 'HEAD' ? null : branch, repositoryUrl };
}
