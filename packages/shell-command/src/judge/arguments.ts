import { HOLE } from '../analysis/values.ts';

/** True when a short option with this letter, alone or in a cluster, or the long one, also shortened, is among the arguments. */
export function hasOption(args: readonly string[], letters: string, ...longs: readonly string[]): boolean {
  for (const arg of args) {
    if (arg === '--') return false;
    if (arg.startsWith('--')) {
      const name = arg.slice(2).split('=', 1)[0] ?? '';
      if (name.length > 1 && longs.some((long) => long.startsWith(name))) return true;
    } else if (/^-./.test(arg) && Array.from(letters).some((letter) => arg.includes(letter, 1))) return true;
  }
  return false;
}

/** Everything that is no option. */
export function plainArguments(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  const before = end < 0 ? args : args.slice(0, end);
  return [...before.filter((arg) => !/^-./.test(arg)), ...(end < 0 ? [] : args.slice(end + 1))];
}

/** A path as one would say it: without trailing slashes, without `./` and `//`. */
export function tidyPath(path: string): string {
  const tidy = path
    .replaceAll(HOLE, '')
    .replace(/\/{2,}/g, '/')
    .replace(/(?:\/\.)+(?=\/|$)/g, '');
  return tidy.length > 1 ? tidy.replace(/\/+$/, '') || '/' : tidy;
}

const SYSTEM =
  /^\/(?:bin|boot|dev|etc|lib\w*|opt|private\/etc|proc|root|sbin|sys|usr|var|System|Library|Applications)(?:\/|$)/;
const HARMLESS_DEVICE = /^\/dev\/(?:null|zero|full|stdin|stdout|stderr|tty|random|urandom|ptmx|fd\/\w+|shm\/.*)$/;
const SYSTEM_BUT_OPEN = /^\/var\/(?:tmp|folders|log|www)\//;

/** Files the machine needs: writing or moving them is never ordinary work. */
export function isSystemPath(path: string): boolean {
  const tidy = tidyPath(path);
  return SYSTEM.test(tidy) && !HARMLESS_DEVICE.test(tidy) && !SYSTEM_BUT_OPEN.test(tidy);
}

/** The whole disk, a home folder, or everything in one of them. */
export function isRootOrHome(path: string): boolean {
  const tidy = tidyPath(path).replace(/\/\*$/, '') || '/';
  return (
    /^(?:\/|~|\/home|\/Users|\/(?:home|Users)\/[^/]+|\/root|[A-Za-z]:[\\/]?)$/.test(tidy) ||
    (isSystemPath(tidy) && !/^\/.*\/.*\//.test(tidy))
  );
}

/** Emptying these locks people out or loses what no build brings back. */
export function isPersonalSetup(path: string): boolean {
  return /^(?:~|\/home\/[^/]+|\/Users\/[^/]+|\/root)\/\.(?:bash|zsh|profile|ssh|gnupg|aws|gitconfig|config\/|netrc)/.test(
    tidyPath(path),
  );
}

export function isHarmlessTarget(path: string): boolean {
  return /^\/dev\/(?:null|stdout|stderr|tty|fd\/\w+)$/.test(path);
}
