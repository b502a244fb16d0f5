import { execFile } from 'node:child_process';

export type Env = Readonly<Record<string, string | undefined>>;

const MAX_BYTES = 256 * 1024 * 1024;

/** Programs that the configuration of a repository, which may come from anywhere, could name. */
const NO_PROGRAMS = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
/** Objects of a partial clone stay missing: fetching them runs what the configuration names as transport. */
const NO_FETCHES = { GIT_NO_LAZY_FETCH: '1', GIT_ALLOW_PROTOCOL: '' };

/**
 * The output of a git command; null when it fails or takes longer than `limitMs`. Nothing that the repository names is
 * run; commands that read files of the checkout need `programFreeFilters` too.
 */
export function runGit(cwd: string, env: Env, args: readonly string[], limitMs: number): Promise<string | null> {
  // Comparing two files ends with status 1 when they differ.
  const isFine = (code: unknown) => code === 1 && args.includes('--no-index');
  return new Promise((resolve) => {
    const child = execFile(
      'git',
      [...NO_PROGRAMS, ...args],
      {
        cwd,
        env: { ...env, ...NO_FETCHES, GIT_OPTIONAL_LOCKS: '0' },
        timeout: limitMs,
        maxBuffer: MAX_BYTES,
        encoding: 'utf8',
        windowsHide: true,
      },
      (error, stdout) => resolve(error && !isFine(error.code) ? null : stdout),
    );
    // Git takes a file called `-` for its input, and would wait for it.
    child.stdin?.end();
  });
}

/** Options for `git` that switch off the filters of the repository's own configuration; those of the user stay. */
export async function programFreeFilters(cwd: string, env: Env, limitMs: number): Promise<string[]> {
  const command = ['config', '--local', '--includes', '-z', '--name-only', '--get-regexp', '^filter[.]'];
  const keys = ((await runGit(cwd, env, command, limitMs)) ?? '').split('\0').filter(Boolean);
  const filters = new Set(keys.map((key) => key.slice(0, key.lastIndexOf('.'))));
  return [...filters].flatMap((filter) => {
    const off = ['clean=', 'smudge=', 'process=', 'required=false'];
    return off.flatMap((setting) => ['-c', `${filter}.${setting}`]);
  });
}
