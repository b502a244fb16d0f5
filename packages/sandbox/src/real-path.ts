import { lstatSync, readlinkSync } from 'node:fs';
import { dirname, isAbsolute, join, parse, sep } from 'node:path';

const MAX_LINKS = 40;

/**
 * Where a write to the absolute `path` would really go: every symbolic link is followed, dangling ones too, and what
 * does not exist yet is kept as it is spelled. Undefined when links run in circles or a folder cannot be looked into.
 */
export function realTarget(path: string): string | undefined {
  const { root } = parse(path);
  let done = root;
  let links = 0;
  const todo = parts(path.slice(root.length)).reverse();
  for (let part = todo.pop(); part !== undefined; part = todo.pop()) {
    if (part === '..') {
      done = dirname(done);
      continue;
    }
    const next = join(done, part);
    const link = linkAt(next);
    if (link === undefined) return undefined;
    if (link === null) {
      done = next;
      continue;
    }
    if (++links > MAX_LINKS) return undefined;
    if (isAbsolute(link)) done = parse(link).root;
    todo.push(...parts(isAbsolute(link) ? link.slice(done.length) : link).reverse());
  }
  return done;
}

/** The link's text, null for anything else or nothing at all, undefined when that cannot be known. */
function linkAt(path: string): string | null | undefined {
  try {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    return stat?.isSymbolicLink() ? readlinkSync(path) : null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR' ? null : undefined;
  }
}

function parts(path: string): string[] {
  return path.split(sep === '\\' ? /[\\/]/ : '/').filter((part) => part !== '' && part !== '.');
}
