import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readRegularFile } from '@codex/base';
import type { GitFacts } from '@codex/core';
import { type Env, runGit } from './git.ts';

const LIMIT_MS = 5000;
/** Of one file; the list of packed refs may be long. */
const MAX_BYTES = 64 * 1024 * 1024;
const HASH = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/**
 * What git says of a folder; null when it is no repository (core specification §21). Ordinary repositories and
 * worktrees are read from their files, which costs nothing; git itself is asked only about what these do not tell.
 */
export async function readGitFacts(cwd: string, env: Env): Promise<GitFacts | null> {
  const gitDir = env['GIT_DIR'] ? null : await findGitDir(cwd);
  const facts = gitDir === null ? null : await readFiles(gitDir);
  if (facts) return facts;
  return gitDir === null && !env['GIT_DIR'] ? null : askGit(cwd, env);
}

/** The folder with HEAD, following the `.git` file of a worktree or submodule; null outside of repositories. */
async function findGitDir(cwd: string): Promise<string | null> {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const path = join(folder, '.git');
    const info = await stat(path).catch(() => null);
    if (info?.isDirectory()) return path;
    if (info?.isFile()) {
      const target = /^gitdir:\s*(.+?)\s*$/m.exec((await readText(path)) ?? '')?.[1];
      return target === undefined ? null : resolve(folder, target);
    }
    if (dirname(folder) === folder) return null;
  }
}

/** Null when the files are not of the plain kind: another ref format, included configuration, a broken HEAD. */
async function readFiles(gitDir: string): Promise<GitFacts | null> {
  const commonText = await readText(join(gitDir, 'commondir'));
  const common = commonText === null ? gitDir : resolve(gitDir, commonText.trim());
  const [head, config] = await Promise.all([readText(join(gitDir, 'HEAD')), readText(join(common, 'config'))]);
  if (head === null || config === null || /^\s*\[include|refstorage|insteadof/im.test(config)) return null;
  const repositoryUrl = originUrl(config);
  const ref = /^ref:\s*refs\/heads\/(.+?)\s*$/.exec(head)?.[1];
  if (ref === undefined) {
    const hash = head.trim();
    return HASH.test(hash) ? { commitHash: hash, branch: null, repositoryUrl } : null;
  }
  const commitHash = await resolveRef(gitDir, common, `refs/heads/${ref}`);
  // A branch without a commit is not a branch to git either.
  return { commitHash, branch: commitHash === null ? null : ref, repositoryUrl };
}

async function resolveRef(gitDir: string, common: string, ref: string): Promise<string | null> {
  for (const folder of new Set([gitDir, common])) {
    const hash = (await readText(join(folder, ref)))?.trim();
    if (hash !== undefined && HASH.test(hash)) return hash;
  }
  const packed = (await readText(join(common, 'packed-refs'))) ?? '';
  for (const line of packed.split('\n')) if (line.endsWith(` ${ref}`)) return line.slice(0, line.indexOf(' '));
  return null;
}

function originUrl(config: string): string | null {
  const section = /^\s*\[remote\s+"origin"\]\s*$([^[]*)/m.exec(config)?.[1];
  return /^\s*url\s*=\s*"?(.+?)"?\s*$/m.exec(section ?? '')?.[1] ?? null;
}

async function readText(path: string): Promise<string | null> {
  try {
    const read = await readRegularFile(path, MAX_BYTES);
    return 'bytes' in read ? read.bytes.toString('utf8') : null;
  } catch {
    return null;
  }
}

async function askGit(cwd: string, env: Env): Promise<GitFacts | null> {
  const ask = async (...args: string[]) => (await runGit(cwd, env, args, LIMIT_MS))?.trim() || null;
  const [commitHash, branch, repositoryUrl] = await Promise.all([
    ask('rev-parse', 'HEAD'),
    ask('rev-parse', '--abbrev-ref', 'HEAD'),
    ask('remote', 'get-url', 'origin'),
  ]);
  if (commitHash === null && branch === null && repositoryUrl === null) return null;
  return { commitHash, branch: branch === 'HEAD' ? null : branch, repositoryUrl };
}
