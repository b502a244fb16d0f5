import { execFile } from 'node:child_process';

export type Env = Readonly<Record<string, string | undefined>>;

const MAX_BYTES = 256 * 1024 * 1024;

/** The output of a git command; null when it fails or takes longer than `limitMs`. */
export function runGit(cwd: string, env: Env, args: readonly string[], limitMs: number): Promise<string | null> {
  // Comparing two files ends with status 1 when they differ.
  const isFine = (code: unknown) => code === 1 && args.includes('--no-index');
  return new Promise((resolve) => {
    const child = execFile(
      'git',
      args,
      {
        cwd,
        env: { ...env, GIT_OPTIONAL_LOCKS: '0' },
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
