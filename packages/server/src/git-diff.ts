import { CodexError } from '@codex/base';
import { type Env, programFreeFilters, runGit } from './git.ts';

export interface RemoteDiff {
  /** The newest ancestor of HEAD that a remote has. */
  sha: string;
  /** From there to the working tree, untracked files included. */
  diff: string;
}

const LIMIT_MS = 30_000;
/** Characters; as JSON it must still be one text. */
const MAX_DIFF = 128 * 1024 * 1024;
const TOO_LARGE =
  'the diff to the remote is too large: untracked files that are not meant for git belong into .gitignore';
/** Whether a submodule has changes would be asked of a git that runs in there. */
const DIFF = ['diff', '--no-textconv', '--no-ext-diff', '--ignore-submodules=dirty', '--binary'];

/**
 * Null when `cwd` is no repository, or no remote has an ancestor of what is checked out. Throws when it is more than
 * `maxChars`.
 */
export async function diffToRemote(cwd: string, env: Env, maxChars = MAX_DIFF): Promise<RemoteDiff | null> {
  const git = (...args: string[]) => runGit(cwd, env, args, LIMIT_MS);
  const root = (await git('rev-parse', '--show-toplevel'))?.trim();
  const sha = root ? await newestKnownToRemote(git) : null;
  if (!root || sha === null) return null;
  const diffCommand = [...(await programFreeFilters(cwd, env, LIMIT_MS)), ...DIFF];
  const tracked = await git(...diffCommand, sha);
  if (tracked === null) return null;
  const untracked = await git('ls-files', '-z', '--others', '--exclude-standard', '--full-name', ':/');
  let diff = tracked;
  for (const file of untracked?.split('\0').filter(Boolean) ?? []) {
    diff += (await runGit(root, env, [...diffCommand, '--no-index', '--', '/dev/null', file], LIMIT_MS)) ?? '';
    if (diff.length > maxChars) throw new CodexError('invalidRequest', TOO_LARGE);
  }
  return { sha, diff };
}

async function newestKnownToRemote(git: (...args: string[]) => Promise<string | null>): Promise<string | null> {
  const remotes = await git('for-each-ref', '--count=1', '--format=%(refname)', 'refs/remotes');
  if (!remotes?.trim()) return null;
  // Lists what no remote has, and with a dash before them the commits this grew from.
  const local = await git('rev-list', '--boundary', '--topo-order', 'HEAD', '--not', '--remotes');
  if (local === null) return null;
  const lines = local.split('\n').filter(Boolean);
  if (lines.length === 0) return (await git('rev-parse', 'HEAD'))?.trim() ?? null;
  return lines.find((line) => line.startsWith('-'))?.slice(1) ?? null;
}
