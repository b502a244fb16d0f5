import { CodexError } from '@codex/base';
import type { ReviewRequest } from '@codex/core';
import type { ParamsOf } from '@codex/protocol';
import { type Env, runGit } from './git.ts';

type Target = ParamsOf<'review/start'>['target'];

const GIT_LIMIT_MS = 5_000;

/** What a reviewer is told and what the user reads of a target (§15.1). Throws when the target is blank. */
export async function reviewRequest(target: Target, cwd: string, env: Env): Promise<ReviewRequest> {
  switch (target.type) {
    case 'uncommittedChanges':
      return {
        hint: 'current changes',
        prompt:
          'Review the changes of this checkout that are not committed: staged, unstaged and untracked files. Report what should be fixed, most important first.',
      };
    case 'baseBranch': {
      const branch = required('branch', target.branch);
      const base = await mergeBase(branch, cwd, env);
      const how =
        base === null
          ? `Find the commit where it left that branch with \`git merge-base HEAD "$(git rev-parse --abbrev-ref "${branch}@{upstream}")"\`, or with \`git merge-base HEAD "${branch}"\` when the branch follows no other, and look at \`git diff\` against that commit.`
          : `It left that branch at ${base}; \`git diff ${base}\` shows the changes.`;
      return {
        hint: `changes against '${branch}'`,
        prompt: `Review the changes of this checkout against the branch '${branch}'. ${how} Report what should be fixed, most important first.`,
      };
    }
    case 'commit': {
      const sha = required('sha', target.sha);
      const title = target.title?.trim();
      return {
        hint: `commit ${sha.slice(0, 7)}${title ? `: ${title}` : ''}`,
        prompt: `Review the changes that the commit ${sha}${title ? ` ("${title}")` : ''} makes. Report what should be fixed, most important first.`,
      };
    }
    case 'custom': {
      const instructions = required('instructions', target.instructions);
      return { hint: instructions, prompt: instructions };
    }
  }
}

function required(field: string, value: string): string {
  const text = value.trim();
  if (text === '') throw new CodexError('invalidRequest', `${field} must not be empty`);
  return text;
}

/** Where the checkout left a branch; null when git cannot say. */
async function mergeBase(branch: string, cwd: string, env: Env): Promise<string | null> {
  const commit = await runGit(
    cwd,
    env,
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${branch}^{commit}`],
    GIT_LIMIT_MS,
  );
  const sha = commit?.trim();
  if (!sha) return null;
  return (await runGit(cwd, env, ['merge-base', 'HEAD', sha], GIT_LIMIT_MS))?.trim() || null;
}
