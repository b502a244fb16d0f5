import { spawnSync } from 'node:child_process';
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { toMessage } from '@codex/base';
import { isVariableName } from '../env.ts';
import { SpawnError } from '../spawn-error.ts';
import { mountArgs, type MountRequest, type ProcMount } from './mounts.ts';
import { type NamelessFile, namelessFile } from './nameless-file.ts';

/** A bubblewrap that was seen to confine a command here. */
export interface Bwrap {
  program: string;
  proc: ProcMount;
}

export type Probe = { ok: true; bwrap: Bwrap } | { ok: false; reason: string };

export interface ConfinedCommand extends Omit<MountRequest, 'proc'> {
  argv: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  /** The seccomp program. */
  filter: Uint8Array;
  /** Puts the command into a network namespace that is there already, see `NetworkRoom`. */
  enter?: readonly string[];
}

export interface Launchable {
  argv: string[];
  /** The process number of the sandbox's first process, as soon as it has one. */
  firstPid(): number | undefined;
  close(): void;
}

const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';
/** Where bubblewrap gives up; what it is given otherwise, outside the file, is less than the rest. */
const MAX_WORDS = 9000 - 50;
const PROBE_TIMEOUT_MS = 10_000;
const MODE_WRITABLE_BY_OTHERS = 0o022;

/**
 * The files are opened by number so that the command line holds neither settings nor secrets; bubblewrap closes them
 * before it starts the command.
 */
const LAUNCHER = `exec 7>"$1" 8<"$2" 9<"$3"; shift 3; exec "$@"`;

/**
 * Signals of the terminal and a polite end are for the command, not for bubblewrap around it, which would take the
 * command down without grace.
 */
const TRAP = `trap '' INT QUIT TERM; `;
const UNTRAP = ['/usr/bin/env', '--default-signal=INT,QUIT,TERM'];

/** Variables the launching shell sets by itself. */
const SHELL_VARIABLES = ['OLDPWD', 'SHLVL', '_'];

/** Succeeds only inside a working filter. */
const PROBE_SCRIPT = `
seccomp=; privileges=
while read -r name value; do
  case $name in Seccomp:) seccomp=$value ;; NoNewPrivs:) privileges=$value ;; esac
done </proc/self/status
[ "$seccomp" = 2 ] && [ "$privileges" = 1 ] && : >/dev/null`;

/**
 * Where a program such as bubblewrap is along a PATH, as real paths. What others may replace is left out, and what root owns comes first:
 * whoever can change the program decides what the sandbox is worth.
 */
export function findTrusted(name: string, searchPath: string | undefined): string[] {
  const found = new Set<string>();
  for (const folder of (searchPath ?? DEFAULT_PATH).split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    try {
      const path = realpathSync(join(folder, name));
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile() && safety(path) !== 'unsafe') found.add(path);
    } catch {
      // Not here.
    }
  }
  const paths = [...found];
  return [...paths.filter((path) => safety(path) === 'system'), ...paths.filter((path) => safety(path) !== 'system')];
}

/** Whether our user could put another program in the place of this one. */
export function isReplaceable(program: string): boolean {
  return [program, ...foldersAbove(program)].some((path) => {
    try {
      accessSync(path, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The command line that runs a command confined. `close` gives the files back. Throws when they cannot be made, a SpawnError for too many words. */
export function launchable(bwrap: Bwrap, command: ConfinedCommand, options: { untrap: boolean }): Launchable {
  const { argv, cwd, env, resolved, filter, enter } = command;
  const args = [
    '--unshare-user',
    '--unshare-pid',
    '--unshare-ipc',
    ...(resolved.networkAccess || enter ? [] : ['--unshare-net']),
    '--die-with-parent',
    '--cap-drop',
    'ALL',
    ...mountArgs({ ...command, proc: bwrap.proc }),
    ...SHELL_VARIABLES.filter((name) => env[name] === undefined).flatMap((name) => ['--unsetenv', name]),
    ...Object.entries(env).flatMap(([name, value]) => (isVariableName(name) ? ['--setenv', name, value] : [])),
    '--chdir',
    cwd,
  ];
  if (args.length + argv.length > MAX_WORDS) {
    const reason = `Argument list too long: the sandbox takes ${MAX_WORDS} words, three for each variable`;
    throw new SpawnError({ reason, errno: 'E2BIG', subject: 'arguments' });
  }
  const files: NamelessFile[] = [];
  const close = () => {
    for (const file of files) file.close();
  };
  try {
    const status = namelessFile(new Uint8Array());
    files.push(status);
    for (const content of [Buffer.from(`${args.join('\0')}\0`), filter]) files.push(namelessFile(content));
    // env would take a program with a "=" for a variable.
    const trap = options.untrap && !argv[0]?.includes('=');
    return {
      argv: [
        ...['/bin/sh', '-c', trap ? TRAP + LAUNCHER : LAUNCHER, 'codex-sandbox', ...files.map(({ path }) => path)],
        ...(enter ?? []),
        ...[bwrap.program, '--json-status-fd', '7', '--args', '8', '--seccomp', '9', '--'],
        ...(trap ? UNTRAP : []),
        ...argv,
      ],
      firstPid() {
        const pid = /"child-pid":\s*(\d+)/.exec(status.read())?.[1];
        return pid === undefined ? undefined : Number(pid);
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** Whether `env` of this system can hand signals back to the command; without it they end the sandbox as a whole. */
export function canUntrap(): boolean {
  const [program = '', ...args] = UNTRAP;
  return (
    spawnSync(program, [...args, '/bin/sh', '-c', ':'], { stdio: 'ignore', timeout: PROBE_TIMEOUT_MS }).status === 0
  );
}

/** Runs a command in the real sandbox. Blocks for some 20 ms. */
export function probe(program: string, filter: Uint8Array): Probe {
  const first = tryProbe({ program, proc: 'fresh' }, filter);
  if (first.ok || !/mount proc/i.test(first.reason)) return first;
  const second = tryProbe({ program, proc: 'shared' }, filter);
  return second.ok ? second : first;
}

function tryProbe(bwrap: Bwrap, filter: Uint8Array): Probe {
  let command: Launchable;
  try {
    command = launchable(
      bwrap,
      {
        argv: ['/bin/sh', '-c', PROBE_SCRIPT],
        cwd: '/',
        env: {},
        filter,
        special: new Map(),
        resolved: {
          type: 'readOnly',
          cwd: '/',
          fullWrite: false,
          writableRoots: [],
          readAccess: { type: 'fullAccess' },
          networkAccess: false,
        },
      },
      { untrap: false },
    );
  } catch (error) {
    return { ok: false, reason: `${program(bwrap)} cannot be started: ${toMessage(error)}` };
  }
  try {
    const [file = '', ...args] = command.argv;
    const { status, signal, stderr, error } = spawnSync(file, args, {
      cwd: '/',
      env: {},
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: PROBE_TIMEOUT_MS,
      killSignal: 'SIGKILL',
      encoding: 'utf8',
    });
    if (status === 0) return { ok: true, bwrap };
    const said = stderr?.trim() || (error ? toMessage(error) : `it ended with ${signal ?? `code ${status}`}`);
    return { ok: false, reason: `${program(bwrap)} does not work here: ${said}; ${remedy(said)}` };
  } finally {
    command.close();
  }
}

function program({ program: path }: Bwrap): string {
  return `bubblewrap (${path})`;
}

function remedy(said: string): string {
  if (/unknown option/i.test(said)) return 'install bubblewrap 0.5 or later';
  if (/mount proc/i.test(said)) return 'let this container mount /proc, or run it with a less restrictive profile';
  return 'allow unprivileged user namespaces (user.max_user_namespaces, and AppArmor or the container profile)';
}

/** `system`: only root can change it. `unsafe`: others than root and its owner can. */
function safety(path: string): 'system' | 'owner' | 'unsafe' {
  const stats = [path, ...foldersAbove(path)].map((at) => statSync(at));
  if (stats.some(({ mode }) => (mode & MODE_WRITABLE_BY_OTHERS) !== 0)) return 'unsafe';
  return stats.every(({ uid }) => uid === 0) ? 'system' : 'owner';
}

function foldersAbove(path: string): string[] {
  const above = dirname(path);
  return above === path ? [] : [above, ...foldersAbove(above)];
}
