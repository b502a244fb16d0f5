/** `[shell_environment_policy]`; everything may be left out. Patterns know `*` and `?` and ignore case. Spec §18.3. */
export interface ShellEnvironmentPolicy {
  inherit?: 'all' | 'core' | 'none' | undefined;
  /** True unless told: names that look like secrets are passed on. */
  ignoreDefaultExcludes?: boolean | undefined;
  exclude?: readonly string[] | undefined;
  set?: Readonly<Record<string, string>> | undefined;
  includeOnly?: readonly string[] | undefined;
}

type ParentEnv = Readonly<Record<string, string | undefined>>;

const CORE_NAMES = new Set(['HOME', 'LOGNAME', 'PATH', 'SHELL', 'USER', 'USERNAME', 'TMPDIR', 'TEMP', 'TMP']);
const SECRET_PATTERNS = ['*KEY*', '*SECRET*', '*TOKEN*'];

/** What unified exec forces on a command so that its output is plain text and nothing waits for a pager. Spec §18.2. */
export const UNIFIED_EXEC_ENV: Readonly<Record<string, string>> = Object.freeze({
  NO_COLOR: '1',
  TERM: 'dumb',
  LANG: 'C.UTF-8',
  LC_CTYPE: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  COLORTERM: '',
  PAGER: 'cat',
  GIT_PAGER: 'cat',
  GH_PAGER: 'cat',
  CODEX_CI: '1',
});

/** The environment of a command. `extra` (for instance CODEX_THREAD_ID) comes last and no pattern removes it. */
export function childEnv(
  policy: ShellEnvironmentPolicy,
  parentEnv: ParentEnv,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const env = new Map<string, string>();
  for (const [name, value] of Object.entries(parentEnv)) {
    if (value !== undefined && inherited(policy.inherit ?? 'all', name)) env.set(name, value);
  }
  if (policy.ignoreDefaultExcludes === false) removeMatching(env, SECRET_PATTERNS);
  removeMatching(env, policy.exclude ?? []);
  for (const [name, value] of Object.entries(policy.set ?? {})) env.set(name, value);
  if (policy.includeOnly?.length) {
    const keep = matcher(policy.includeOnly);
    for (const name of env.keys()) if (!keep(name)) env.delete(name);
  }
  for (const [name, value] of Object.entries(extra)) env.set(name, value);
  return Object.fromEntries(env);
}

/** What the system knows as a variable: with any other name the text would be read as another variable, or as none. */
export function isVariableName(name: string): boolean {
  return name !== '' && !name.includes('=');
}

function inherited(inherit: 'all' | 'core' | 'none', name: string): boolean {
  if (inherit === 'all') return true;
  return inherit === 'core' && CORE_NAMES.has(name);
}

function removeMatching(env: Map<string, string>, patterns: readonly string[]): void {
  if (!patterns.length) return;
  const remove = matcher(patterns);
  for (const name of env.keys()) if (remove(name)) env.delete(name);
}

function matcher(patterns: readonly string[]): (name: string) => boolean {
  const lowered = patterns.map((pattern) => pattern.toLowerCase());
  return (name) => {
    const text = name.toLowerCase();
    return lowered.some((pattern) => globMatches(pattern, text));
  };
}

/** Linear in practice whatever the number of stars: only the last star is ever retried. */
function globMatches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let retry = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++retry;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
