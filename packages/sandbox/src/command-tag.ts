import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type Clock, type Logger, systemIds, toMessage } from '@codex/base';
import type { Launch } from './child.ts';

/**
 * A number that marks everything a command starts, however far it detaches itself: new sessions, lost parents, closed
 * descriptors and an emptied environment do not remove it. It is the limit of file locks, which every process inherits,
 * everybody may read in /proc, and Linux has not looked at since 2.4.
 */
export type CommandTag = number;

/** How a process with a tag shows it in /proc/PID/limits, as a basic regular expression. */
export const TAG_LINE = (tag: CommandTag | string): string => `^Max file locks  *${tag} `;

export interface Tagger {
  /** Makes the trial for commands without settings for the loader, so that nobody waits for it. */
  prepare(): void;
  /** The same launch, tagged; as it came where this system has no means (`prlimit` of util-linux, Linux). */
  tag(launch: Launch): Promise<{ launch: Launch; tag?: CommandTag }>;
}

/** Never looked up along PATH, which is the command's. */
const PROGRAMS = ['/usr/bin/prlimit', '/bin/prlimit', '/run/current-system/sw/bin/prlimit'];
const TRIAL_TIMEOUT_MS = 5000;

/** A trial decides whether tags work; it is repeated only when the loader's settings differ from the last time. */
export function createTagger(deps: { clock: Clock; log: Logger }): Tagger {
  const ids = systemIds(deps.clock);
  const program = process.platform === 'linux' ? PROGRAMS.find((path) => existsSync(path)) : undefined;
  let tried: { loader: string; works: Promise<boolean> } | undefined;

  const works = (by: string, env: Launch['env']): Promise<boolean> => {
    const settings = Object.entries(env).filter(([name]) => name.startsWith('LD_'));
    const loader = JSON.stringify(settings);
    if (tried?.loader !== loader) tried = { loader, works: tryOut(by, Object.fromEntries(settings), deps.log) };
    return tried.works;
  };
  return {
    prepare() {
      if (program) void works(program, {});
    },
    async tag(launch) {
      if (!program || !(await works(program, launch.env))) return { launch };
      const tag = ids.integer(1, 2 ** 47);
      return { launch: { ...launch, program, args: [...limit(tag), launch.program, ...launch.args] }, tag };
    },
  };
}

/**
 * Tells of the processes that have the tag, zombies too: the youngest first, and each as soon as it is found: one
 * that starts another and ends is gone when the whole list has been read.
 */
export function findTagged(tag: CommandTag, found: (pid: number) => void): void {
  const line = new RegExp(TAG_LINE(tag), 'm');
  const pids = readdirSync('/proc').map(Number).filter(Boolean);
  for (const pid of pids.sort((a, b) => b - a)) {
    try {
      if (line.test(readFileSync(`/proc/${pid}/limits`, 'latin1'))) found(pid);
    } catch {
      // Gone meanwhile.
    }
  }
}

/** Only the soft limit: whoever wants another one may still set it. */
function limit(tag: CommandTag): string[] {
  return [`--locks=${tag}:`, '--'];
}

function tryOut(program: string, env: Launch['env'], log: Logger): Promise<boolean> {
  const show = ['/bin/sh', '-c', 'while read -r line; do echo "$line"; done </proc/self/limits'];
  return new Promise((resolve) => {
    execFile(program, [...limit(4711), ...show], { cwd: '/', env, timeout: TRIAL_TIMEOUT_MS }, (error, stdout) => {
      const seen = !error && new RegExp(TAG_LINE(4711), 'm').test(stdout);
      if (!seen) log.info({ error: toMessage(error) }, 'commands cannot be tagged; some may outlive an interrupt');
      resolve(seen);
    });
  });
}
