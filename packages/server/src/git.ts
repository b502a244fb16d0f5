import { spawn } from 'node:child_process';
import { type Clock, systemClock } from '@codex/base';

export type Env = Readonly<Record<string, string | undefined>>;

const MAX_BYTES = 256 * 1024 * 1024;

/** Programs that the configuration of a repository, which may come from anywhere, could name. */
const NO_PROGRAMS = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
/** Objects of a partial clone stay missing: fetching them runs what the configuration names as transport. */
const NO_FETCHES = { GIT_NO_LAZY_FETCH: '1', GIT_ALLOW_PROTOCOL: '' };

/**
 * The output of a git command; null when it fails or takes longer than `limitMs`, and is ended then with all it started.
 * Nothing that the repository names is run; commands that read files of the checkout need `programFreeFilters` too.
 */
export function runGit(
  cwd: string,
  env: Env,
  args: readonly string[],
  limitMs: number,
  clock: Clock = systemClock,
): Promise<string | null> {
  // Comparing two files ends with status 1 when they differ.
  const isFine = (code: number | null) => code === 0 || (code === 1 && args.includes('--no-index'));
  return new Promise((resolve) => {
    const child = spawn('git', [...NO_PROGRAMS, ...args], {
      cwd,
      env: { ...env, ...NO_FETCHES, GIT_OPTIONAL_LOCKS: '0' },
      // Git takes a file called `-` for its input, and would wait for it.
      stdio: ['ignore', 'pipe', 'ignore'],
      // A group of its own can be ended as a whole, and has no terminal to ask for passwords on.
      detached: true,
      windowsHide: true,
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = (output: string | null) => {
      stop();
      resolve(output);
    };
    const giveUp = () => {
      if (child.pid !== undefined) killGroup(child.pid);
      child.stdout.destroy();
      end(null);
    };
    const stop = clock.timer(limitMs, giveUp);
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) giveUp();
      else chunks.push(chunk);
    });
    child.once('error', () => end(null));
    child.once('close', (code) => end(isFine(code) ? Buffer.concat(chunks).toString() : null));
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
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
