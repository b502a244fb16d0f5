import { readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve, sep } from 'node:path';
import type { ReadOnlyAccess, SandboxPolicy } from '@codex/protocol';
import { realTarget } from './real-path.ts';

/** Folders whose content steers git or Codex itself, at the top of every writable root. */
export const PROTECTED_NAMES: readonly string[] = ['.git', '.agents', '.codex'];
const GIT_POINTER_MAX = 4096;

export interface WritableRoot {
  /** Real path of an existing folder, or of a single file. */
  root: string;
  /** Real paths inside it that stay read-only and exist now; these are what an isolation has to mount read-only. */
  readOnly: string[];
}

/** A policy with its paths looked up in the file system. */
export interface ResolvedPolicy {
  type: SandboxPolicy['type'];
  cwd: string;
  /** Everything may be written; `writableRoots` is then empty. */
  fullWrite: boolean;
  writableRoots: WritableRoot[];
  readAccess: ReadOnlyAccess;
  networkAccess: boolean;
}

/** True when the command may only run behind an isolation. */
export function isConfining(policy: Pick<SandboxPolicy, 'type'>): boolean {
  return policy.type === 'readOnly' || policy.type === 'workspaceWrite';
}

export function allowsNetwork(policy: SandboxPolicy): boolean {
  switch (policy.type) {
    case 'dangerFullAccess':
      return true;
    case 'externalSandbox':
      return policy.networkAccess === 'enabled';
    case 'readOnly':
    case 'workspaceWrite':
      return policy.networkAccess;
  }
}

/**
 * What a policy means for a command in `cwd` with `env` (only TMPDIR is read). Roots that do not exist are left out.
 * CODEX_HOME/memories is the caller's to put among `writableRoots`. Spec §16.1.
 */
export function resolvePolicy(
  policy: SandboxPolicy,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): ResolvedPolicy {
  const confined = isConfining(policy);
  const readAccess: ReadOnlyAccess =
    policy.type === 'readOnly'
      ? policy.access
      : policy.type === 'workspaceWrite'
        ? policy.readOnlyAccess
        : { type: 'fullAccess' };
  const roots = policy.type === 'workspaceWrite' ? workspaceRoots(policy, cwd, env) : [];
  return {
    type: policy.type,
    cwd,
    fullWrite: !confined,
    writableRoots: roots.map((root) => ({ root, readOnly: readOnlyInside(root) })),
    readAccess,
    networkAccess: allowsNetwork(policy),
  };
}

/**
 * Whether a write to `path` (relative ones are taken from the policy's cwd) stays inside the writable set once links
 * are followed. The protected folders count as protected even before they exist. The innermost rule wins, so a root
 * given explicitly inside a protected folder is writable.
 */
export function isWritable(resolved: ResolvedPolicy, path: string): boolean {
  if (resolved.fullWrite) return true;
  if (path.includes('\0')) return false;
  const target = realTarget(isAbsolute(path) ? path : `${resolved.cwd}${sep}${path}`);
  if (target === undefined) return false;
  let allowed = -1;
  let denied = -1;
  for (const { root, readOnly } of resolved.writableRoots) {
    if (isInside(target, root)) allowed = Math.max(allowed, root.length);
    const guarded = [...readOnly, ...PROTECTED_NAMES.map((name) => join(root, name))];
    for (const guard of guarded) if (isInside(target, guard)) denied = Math.max(denied, guard.length);
  }
  return allowed >= 0 && allowed >= denied;
}

function workspaceRoots(
  policy: Extract<SandboxPolicy, { type: 'workspaceWrite' }>,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const wanted = [...policy.writableRoots.map((root) => resolve(cwd, root)), cwd];
  if (!policy.excludeSlashTmp && process.platform !== 'win32') wanted.push('/tmp');
  const tmpdir = env['TMPDIR'];
  if (!policy.excludeTmpdirEnvVar && tmpdir && isAbsolute(tmpdir)) wanted.push(tmpdir);
  const found = new Set<string>();
  for (const path of wanted) {
    const real = realRoot(path);
    if (real !== undefined) found.add(real);
  }
  return [...found];
}

function readOnlyInside(root: string): string[] {
  const found = new Set<string>();
  for (const name of PROTECTED_NAMES) {
    const path = join(root, name);
    const real = realPath(path);
    if (real === undefined) continue;
    if (name === '.git') {
      found.add(real);
      for (const folder of gitFolders(real, root)) found.add(folder);
    } else if (isFolder(real)) found.add(real);
  }
  return [...found];
}

/** The folders a `.git` file of a worktree or submodule points to: its own, and the one it shares hooks and config with. */
function gitFolders(gitFile: string, root: string): string[] {
  const gitdir = folderNamedIn(gitFile, /^gitdir:\s*(.+?)\s*$/m, root);
  if (gitdir === undefined) return [];
  const common = folderNamedIn(join(gitdir, 'commondir'), /^(.+?)\s*$/, gitdir);
  return common === undefined ? [gitdir] : [gitdir, common];
}

function folderNamedIn(file: string, pattern: RegExp, base: string): string | undefined {
  try {
    const stat = statSync(file);
    if (!stat.isFile() || stat.size > GIT_POINTER_MAX) return undefined;
    const target = pattern.exec(readFileSync(file, 'utf8'))?.[1];
    return target === undefined ? undefined : realPath(resolve(base, target));
  } catch {
    return undefined;
  }
}

function realRoot(path: string): string | undefined {
  const real = realPath(path);
  const found = real === undefined ? undefined : statSync(real, { throwIfNoEntry: false });
  return found?.isDirectory() || found?.isFile() ? real : undefined;
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

export function isInside(path: string, folder: string): boolean {
  const [inner, outer] = ignoresCase() ? [path.toLowerCase(), folder.toLowerCase()] : [path, folder];
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}

function ignoresCase(): boolean {
  return process.platform === 'darwin' || process.platform === 'win32';
}
