/** Arguments that are neither options nor the values of the options named in `withValue`; after `--` everything counts. */
export function operands(args: readonly string[], withValue: ReadonlySet<string> = NO_OPTIONS): string[] {
  const found: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '--') return [...found, ...args.slice(at + 1)];
    if (withValue.has(arg)) at++;
    else if (!arg.startsWith('-')) found.push(arg);
  }
  return found;
}

const NO_OPTIONS: ReadonlySet<string> = new Set();

/** Options that take the next argument as their value. */
export function optionSet(names: string): ReadonlySet<string> {
  return new Set(names.split(' '));
}

const PLACES = new Set(['', 'src', 'dist', 'build', 'node_modules']);

/** The telling part of a path: its last segment that is not a customary folder name. */
export function shortPath(path: string): string {
  const trimmed = path.replaceAll('\\', '/').replace(/\/+$/, '');
  return trimmed.split('/').findLast((part) => !PLACES.has(part)) ?? (trimmed || path);
}

/** `path` as seen from where `base` was seen from. */
export function joinPaths(base: string, path: string): string {
  if (base === '' || isAbsolutePath(path)) return path;
  return base.endsWith('/') ? base + path : `${base}/${path}`;
}

function isAbsolutePath(path: string): boolean {
  return /^(?:\/|\\\\|[A-Za-z]:[\\/])/.test(path);
}
