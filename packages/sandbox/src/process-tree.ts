import { readdirSync, readFileSync } from 'node:fs';
import { type Clock, type Logger, systemCode } from '@codex/base';
import { type CommandTag, findTagged } from './command-tag.ts';

const GRACE_MS = 500;
const LAST_WAIT_MS = 1000;

interface Stat {
  pid: number;
  state: string;
  group: number;
  /** With the pid it names a process for good, even when the pid is used again. */
  startedAt: string;
}

/** Sends `signal` to the group led by `pid`; false when nobody is left to receive it. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  // Groups 0 and 1 would mean ourselves and everybody.
  if (pid <= 1) return false;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

/** A command whose processes are to be ended. */
export interface Ending {
  /** The leader of its group. */
  pid: number;
  /** Finds those that left the group and lost their parents. */
  tag: CommandTag | undefined;
  /** Whether the leader itself has been seen to end. */
  exited: () => boolean;
}

/**
 * Ends a command's group and what left it (Linux): descendants and whoever has the tag. SIGTERM first, SIGKILL for what is
 * still there after a grace period. Resolves when all are gone, at the latest about 1.5 s later.
 */
export async function endTree(command: Ending, deps: { clock: Clock; log: Logger }): Promise<void> {
  const { pid: root, tag, exited } = command;
  const strays = new Map<number, Stat>();
  const look = (found: (stray: Stat) => void = () => {}) => {
    const meet = (stat: Stat | undefined) => {
      if (!stat || stat.group === root) return;
      strays.set(stat.pid, stat);
      found(stat);
    };
    for (const stat of descendants([root, ...strays.keys()])) meet(stat);
    if (tag !== undefined) findTagged(tag, (pid) => meet(readStat(pid)));
  };
  const send = (signal: NodeJS.Signals) => {
    const sent = new Set<number>();
    const hit = (stray: Stat) => {
      const target = strays.has(stray.group) ? -stray.group : stray.pid;
      if (!sent.has(target) && isAlive(stray)) signalTarget(target, signal);
      sent.add(target);
    };
    // Before the group: children of those that end have other parents afterwards.
    look(hit);
    for (const stray of strays.values()) hit(stray);
    signalGroup(root, signal);
  };
  const noneSeen = () => exited() && !groupAlive(root) && ![...strays.values()].some(isAlive);
  // One that was being started while we looked shows at the second look.
  const gone = () => {
    if (!noneSeen()) return false;
    look();
    return noneSeen();
  };
  send('SIGTERM');
  if (await becomes(gone, GRACE_MS, deps.clock)) return;
  const killed = () => {
    send('SIGKILL');
    return gone();
  };
  if (await becomes(killed, LAST_WAIT_MS, deps.clock)) return;
  deps.log.warn({ pid: root }, 'a command cannot be ended');
}

/** Waits for the end of a process that is ending already, at most a second; false when it is still there. */
export async function processEnds(pid: number, clock: Clock): Promise<boolean> {
  const ended = () => isDead(readStat(pid)?.state ?? 'X');
  for (let waited = 0; waited < LAST_WAIT_MS; waited++) {
    if (ended()) return true;
    await clock.sleep(1);
  }
  return ended();
}

async function becomes(condition: () => boolean, withinMs: number, clock: Clock): Promise<boolean> {
  let step = 2;
  for (let waited = 0; waited < withinMs; waited += step) {
    if (condition()) return true;
    step = Math.min(50, step * 2);
    await clock.sleep(step);
  }
  return condition();
}

function signalTarget(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch {
    // Gone meanwhile, or not ours to signal.
  }
}

/** Children of children, as far as /proc tells; nothing elsewhere. */
function descendants(roots: readonly number[]): Stat[] {
  const found: Stat[] = [];
  const seen = new Set(roots);
  const todo = [...roots];
  for (let pid = todo.pop(); pid !== undefined; pid = todo.pop()) {
    for (const child of childrenOf(pid)) {
      if (seen.has(child)) continue;
      seen.add(child);
      todo.push(child);
      const stat = readStat(child);
      if (stat) found.push(stat);
    }
  }
  return found;
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name before the last bracket may contain anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { pid, state: fields[0] ?? '', group: Number(fields[2]), startedAt: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

function isDead(state: string): boolean {
  return state === 'Z' || state === 'X';
}

function isAlive(process: Stat): boolean {
  const now = readStat(process.pid);
  return now !== undefined && now.startedAt === process.startedAt && !isDead(now.state);
}

/** Zombies do not count: where nobody reaps orphans they would stay for ever. */
function groupAlive(group: number): boolean {
  if (!signalGroup(group, 0)) return false;
  if (process.platform !== 'linux') return true;
  return readdirSync('/proc').some((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid)) return false;
    const stat = readStat(pid);
    return stat?.group === group && !isDead(stat.state);
  });
}
