import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Logger, systemCode, toMessage } from '@codex/base';
import { PROTECTED_NAMES } from '../policy.ts';
import { realTarget } from '../real-path.ts';
import type { MountMode } from './mounts.ts';

/**
 * A mount needs something to be mounted on, so a protected name that does not exist is given an empty folder while
 * commands run. Every process using that folder keeps an empty folder of its own inside: as long as one is left, the
 * file system itself refuses to remove the placeholder, whoever tries. Git does not see empty folders.
 */
export interface Guards {
  /** Protects the protected names at the top of each root that is a folder. Throws the system's error when one cannot be protected. */
  hold(roots: readonly string[]): Hold;
}

export interface Hold {
  /** What to mount where. */
  mounts: Map<string, MountMode>;
  /** Empty folders to remove, each with its parent, if nobody calls `release`. */
  litter: string[];
  /** Nothing will change when it is released. */
  isEmpty: boolean;
  /** To be called when no command can use the mounts any more. */
  release(): void;
}

/** Tells a placeholder from an empty folder of the user's: nobody makes a private folder sticky. */
const PLACEHOLDER_MODE = 0o1700;
const OWNER_PREFIX = 'in-use-by-';
const ATTEMPTS = 100;

interface Placeholder {
  users: number;
  mark: string;
}

export function createGuards(log: Logger): Guards {
  const held = new Map<string, Placeholder>();
  const space = processSpace();

  /** Makes and keeps the placeholder; undefined when something real is there. */
  const take = (path: string): string | undefined => {
    const known = held.get(path);
    if (known && isFolder(known.mark)) {
      known.users += 1;
      return known.mark;
    }
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const mark = join(path, `${OWNER_PREFIX}${space}-${process.pid}-${attempt}`);
      if (!makePlaceholder(path) && !isPlaceholder(path)) return undefined;
      try {
        mkdirSync(mark);
      } catch (error) {
        // Another process gave the placeholder up in between, or another user of ours has this mark.
        if (['ENOENT', 'EEXIST'].includes(systemCode(error) ?? '')) continue;
        throw error;
      }
      removeStale(path, space);
      held.set(path, { users: (known?.users ?? 0) + 1, mark });
      return mark;
    }
    throw new Error(`no protection for ${path}: it keeps changing`);
  };

  const give = (path: string) => {
    const placeholder = held.get(path);
    if (!placeholder || --placeholder.users > 0) return;
    held.delete(path);
    removeEmpty(placeholder.mark);
    removeStale(path, space);
    // Somebody outside put something in meanwhile: it is theirs now.
    if (!removeEmpty(path) && isRealFolder(path)) chmodSync(path, 0o755);
  };

  return {
    hold(roots) {
      const mounts = new Map<string, MountMode>();
      const taken: string[] = [];
      const litter: string[] = [];
      const links: { path: string; text: string }[] = [];
      const protect = (path: string) => {
        try {
          const mark = take(path);
          mounts.set(path, mark === undefined ? 'readOnly' : 'hidden');
          if (mark === undefined) return;
          taken.push(path);
          litter.push(mark);
        } catch (error) {
          // Where we may not create anything, neither may the command.
          if (!['EACCES', 'EPERM', 'EROFS'].includes(systemCode(error) ?? '')) throw error;
        }
      };
      const release = () => {
        for (const path of taken) give(path);
        for (const link of links) restoreLink(link, log);
      };
      try {
        for (const path of roots.filter(isFolder).flatMap((root) => PROTECTED_NAMES.map((name) => join(root, name)))) {
          const text = linkText(path);
          if (text === undefined) protect(path);
          else {
            // Nothing can be mounted on a link itself: its target is protected, and the link is looked after later.
            links.push({ path, text });
            const target = realTarget(path);
            if (target !== undefined && isBelow(target, roots)) protect(target);
          }
        }
      } catch (error) {
        release();
        throw error;
      }
      return { mounts, litter, isEmpty: taken.length + links.length === 0, release };
    },
  };
}

function makePlaceholder(path: string): boolean {
  try {
    mkdirSync(path, PLACEHOLDER_MODE);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function isPlaceholder(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  // Gone again since it was found to be there: worth another attempt.
  if (!stat) return true;
  if (!stat.isDirectory() || (stat.mode & 0o7777) !== PLACEHOLDER_MODE || stat.uid !== process.getuid?.()) return false;
  return !isRealFolder(path);
}

/** Has content that is not ours. */
function isRealFolder(path: string): boolean {
  return entries(path).some((name) => !name.startsWith(OWNER_PREFIX));
}

/** Removes what processes left behind that were killed. */
function removeStale(path: string, space: string): void {
  const prefix = `${OWNER_PREFIX}${space}-`;
  for (const name of entries(path)) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
    if (pid > 0 && !exists(pid)) removeEmpty(join(path, name));
  }
}

/** Process numbers mean something in their namespace only. */
function processSpace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}

function restoreLink({ path, text }: { path: string; text: string }, log: Logger): void {
  if (linkText(path) === text) return;
  try {
    const aside = freeName(`${path}.replaced`);
    if (lstatSync(path, { throwIfNoEntry: false })) renameSync(path, aside);
    symlinkSync(text, path);
    log.warn({ path, aside }, 'a protected link was replaced while a command ran; it has been restored');
  } catch (error) {
    log.error({ path, error: toMessage(error) }, 'a protected link was replaced while a command ran');
  }
}

function freeName(path: string): string {
  for (let index = 1; ; index++) {
    if (!lstatSync(`${path}-${index}`, { throwIfNoEntry: false })) return `${path}-${index}`;
  }
}

function linkText(path: string): string | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isSymbolicLink() ? readlinkSync(path) : undefined;
}

function isBelow(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => path.startsWith(root.endsWith('/') ? root : `${root}/`));
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function entries(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** False when it is not empty; true when it is gone, whoever removed it. */
function removeEmpty(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    return systemCode(error) === 'ENOENT';
  }
}
