import path from 'node:path';
import { realTarget } from '@codex/sandbox';
import type { AdditionalPermissionProfile, GrantedPermissionProfile, SandboxPolicy } from '@codex/protocol';

/** What a command may do beyond its sandbox policy. Paths are absolute and in normal form. */
export interface Permissions {
  readonly network: boolean;
  readonly read: readonly string[];
  readonly write: readonly string[];
}

export const NO_PERMISSIONS: Permissions = { network: false, read: [], write: [] };

/** As the model writes them. */
export interface PermissionArgs {
  network?: { enabled?: boolean };
  file_system?: { read?: string[]; write?: string[] };
}

/**
 * The permissions a call names, relative paths taken from `cwd`; null when it names none. Links are followed, so that the
 * user is asked about the place that is meant.
 */
export function readPermissions(args: PermissionArgs, cwd: string): Permissions | null {
  const paths = (names: readonly string[] = []) => [
    ...new Set(names.map((name) => realPlace(path.resolve(cwd, name)))),
  ];
  const wanted = {
    network: args.network?.enabled ?? false,
    read: paths(args.file_system?.read),
    write: paths(args.file_system?.write),
  };
  return isEmpty(wanted) ? null : wanted;
}

export function isEmpty({ network, read, write }: Permissions): boolean {
  return !network && !read.length && !write.length;
}

export function joinPermissions(a: Permissions, b: Permissions): Permissions {
  const union = (x: readonly string[], y: readonly string[]) => [...new Set([...x, ...y])];
  return { network: a.network || b.network, read: union(a.read, b.read), write: union(a.write, b.write) };
}

/** True when `held` allows everything that is `wanted`. */
export function covers(held: Permissions, wanted: Permissions): boolean {
  return (
    (held.network || !wanted.network) &&
    wanted.read.every((file) => isInside(file, [...held.read, ...held.write])) &&
    wanted.write.every((file) => isInside(file, held.write))
  );
}

/** What a client granted of what was asked for: never more, a folder inside an asked one is fine. */
export function grantedOf(wanted: Permissions, granted: GrantedPermissionProfile): Permissions {
  const kept = (names: readonly string[] | null | undefined, asked: readonly string[]) =>
    (names ?? []).map((name) => realPlace(path.resolve(name))).filter((name) => isInside(name, asked));
  return {
    network: wanted.network && granted.network?.enabled === true,
    read: kept(granted.fileSystem?.read, wanted.read),
    write: kept(granted.fileSystem?.write, wanted.write),
  };
}

/** The form clients see; what is not asked for is null. */
export function toProfile({ network, read, write }: Permissions): AdditionalPermissionProfile {
  return {
    network: network ? { enabled: true } : null,
    fileSystem: read.length || write.length ? { read: orNull(read), write: orNull(write) } : null,
    macos: null,
  };
}

/** The same for the model. */
export function toArgs(permissions: Permissions): Record<string, unknown> {
  const { network, fileSystem } = toProfile(permissions);
  return { network, file_system: fileSystem };
}

/** A policy and the folder it is about. */
export interface PolicyInPlace {
  policy: SandboxPolicy;
  cwd: string;
}

/** The sandbox policy with more permissions, and not with more than these. Pure. */
export function widen({ policy, cwd }: PolicyInPlace, more: Permissions): PolicyInPlace {
  if (isEmpty(more)) return { policy, cwd };
  switch (policy.type) {
    case 'workspaceWrite':
      return {
        policy: {
          ...policy,
          writableRoots: [...new Set([...policy.writableRoots, ...more.write])],
          readOnlyAccess: readable(policy.readOnlyAccess, more.read),
          networkAccess: policy.networkAccess || more.network,
        },
        cwd,
      };
    case 'readOnly': {
      const access = readable(policy.access, more.read);
      const networkAccess = policy.networkAccess || more.network;
      const [first, ...rest] = more.write;
      if (first === undefined) return { policy: { ...policy, access, networkAccess }, cwd };
      // The folder a workspace policy is about is writable: so it is about one that may be written, not about `cwd`.
      return {
        policy: {
          type: 'workspaceWrite',
          writableRoots: rest,
          readOnlyAccess: access,
          networkAccess,
          excludeTmpdirEnvVar: true,
          excludeSlashTmp: true,
        },
        cwd: first,
      };
    }
    default:
      return { policy, cwd };
  }
}

type ReadAccess = Extract<SandboxPolicy, { type: 'readOnly' }>['access'];

function readable(access: ReadAccess, more: readonly string[]): ReadAccess {
  if (access.type === 'fullAccess' || !more.length) return access;
  return { ...access, readableRoots: [...new Set([...access.readableRoots, ...more])] };
}

/** What cannot be followed stays as it is written; nothing is granted by it, see `stillThere`. */
function realPlace(file: string): string {
  return realTarget(file) ?? file;
}

function orNull(paths: readonly string[]): string[] | null {
  return paths.length ? [...paths] : null;
}

/** True when `file` is one of these or lies in one. */
export function isInside(file: string, folders: readonly string[]): boolean {
  return folders.some((folder) => {
    const below = path.relative(folder, file);
    return below === '' || !(below === '..' || below.startsWith(`..${path.sep}`) || path.isAbsolute(below));
  });
}
