import { isAbsolute, join, relative, resolve } from 'node:path';
import type { SandboxMode, SandboxPolicy } from '@codex/protocol';
import { type Decode, Mismatch, oneOf, wrongType } from './decode.ts';
import { Refusal } from './error.ts';
import { absolutePath } from './paths.ts';
import { isTable, type TomlTable } from './toml.ts';

const access = oneOf('read', 'write', 'none');
type Access = ReturnType<typeof access>;

/** `[permissions.<name>.filesystem]`: places, or places with a table of what is inside, and what may be done there (§16.5). */
export const filesystemToml: Decode<Readonly<Record<string, Access | Readonly<Record<string, Access>>>>> = (value) => {
  if (!isTable(value)) return wrongType(value, 'a map');
  return Object.fromEntries(
    Object.entries(value).map(([place, what]) => [place, isTable(what) ? inside(what) : access(what)]),
  );
};
export type FilesystemToml = ReturnType<typeof filesystemToml>;

function inside(table: TomlTable): Record<string, Access> {
  return Object.fromEntries(
    Object.entries(table).map(([path, what]) => {
      if (isAbsolute(path) || path.split('/').includes('..')) throw new Mismatch(`\`${path}\` leads outside`);
      return [path, access(what)];
    }),
  );
}

export interface FilesystemFacts {
  home: string;
  cwd: string;
  userHome: string | undefined;
  tmpdir: string | undefined;
  /** The profile lets commands reach other machines. */
  network: boolean;
}

export interface FilesystemProfile {
  policy: SandboxPolicy;
  /** What it amounts to, for an administrator's list. */
  mode: SandboxMode;
  warnings: readonly string[];
}

const NOT_ENFORCED = 'which is not supported until the sandbox can tell such places apart';

/**
 * The sandbox that a profile describes. Throws `Refusal` for one that no sandbox here enforces: less would be in force
 * than it says.
 */
export function filesystemPolicy(name: string, toml: FilesystemToml, facts: FilesystemFacts): FilesystemProfile {
  const { cwd, home, network } = facts;
  const refuse = (what: string): never => {
    throw new Refusal(`permissions profile \`${name}\` ${what}, ${NOT_ENFORCED}`);
  };
  const warnings: string[] = [];
  const tokens = new Map<string, Access>();
  const places: { path: string; access: Access }[] = [];
  for (const [key, what] of Object.entries(toml)) {
    const base = baseOf(key, facts);
    if (base === null && typeof what === 'string' && TOKENS.has(key)) tokens.set(key, what);
    else if (base === null)
      warnings.push(`\`permissions.${name}.filesystem\` has \`${key}\`, which means nothing here.`);
    else if (typeof what === 'string') places.push({ path: base, access: what });
    else for (const [part, each] of Object.entries(what)) places.push({ path: resolve(base, part), access: each });
  }
  const root = tokens.get(':root') ?? 'none';
  if (root !== 'none') places.push({ path: '/', access: root });

  const may = (path: string, wanted: readonly Access[]) =>
    places.some((place) => wanted.includes(place.access) && contains(place.path, path));
  for (const { path, access: what } of places) {
    if (what === 'none' && may(path, ['read', 'write'])) refuse(`keeps from reading ${path}`);
    if (what === 'read' && may(path, ['write'])) refuse(`keeps from writing to ${path}`);
  }
  if (root === 'write') {
    if (!network) refuse('keeps from the network and from no file');
    return { policy: { type: 'dangerFullAccess' }, mode: 'danger-full-access', warnings };
  }
  const writable = places.filter((place) => place.access === 'write').map(({ path }) => path);
  const temporary = tokens.get(':slash_tmp') === 'write' || tokens.get(':tmpdir') === 'write';
  const readable = places.filter((place) => place.access === 'read').map(({ path }) => path);
  if (tokens.get(':slash_tmp') === 'read') readable.push('/tmp');
  if (tokens.get(':tmpdir') === 'read' && facts.tmpdir) readable.push(facts.tmpdir);
  const reading: Extract<SandboxPolicy, { type: 'readOnly' }>['access'] =
    root !== 'none'
      ? { type: 'fullAccess' }
      : { type: 'restricted', includePlatformDefaults: tokens.get(':minimal') === 'read', readableRoots: readable };
  if (writable.length === 0 && !temporary) {
    return { policy: { type: 'readOnly', access: reading, networkAccess: false }, mode: 'read-only', warnings };
  }
  if (!may(cwd, ['write'])) refuse('requests filesystem writes outside the workspace root');
  return {
    policy: {
      type: 'workspaceWrite',
      writableRoots: [...new Set([...writable.filter((path) => path !== cwd), join(home, 'memories')])],
      readOnlyAccess: reading,
      networkAccess: false,
      excludeTmpdirEnvVar: tokens.get(':tmpdir') !== 'write',
      excludeSlashTmp: tokens.get(':slash_tmp') !== 'write',
    },
    mode: 'workspace-write',
    warnings,
  };
}

const TOKENS = new Set([':root', ':minimal', ':tmpdir', ':slash_tmp']);

/** Null for what is no place. */
function baseOf(key: string, { cwd, userHome }: FilesystemFacts): string | null {
  if (key === ':project_roots' || key === ':cwd') return cwd;
  if (isAbsolute(key) || key === '~' || key.startsWith('~/')) return absolutePath(key, cwd, userHome);
  return null;
}

function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith('../') || isAbsolute(way));
}
