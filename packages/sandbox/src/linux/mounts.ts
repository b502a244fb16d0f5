import { existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { isInside, type ResolvedPolicy } from '../policy.ts';

/** `fresh`: of the new process namespace. `shared`: ours, read-only, where the system lets nobody mount a new one. */
export type ProcMount = 'fresh' | 'shared';

/** `hidden` puts an empty folder that nothing can be written to in the place. */
export type MountMode = 'writable' | 'readOnly' | 'hidden';

export interface MountRequest {
  /** Without the kernel's trees. */
  resolved: ResolvedPolicy;
  /** Further places inside the writable roots, each an existing real path. */
  special: ReadonlyMap<string, MountMode>;
  proc: ProcMount;
}

/** What programs need to start, when reading is restricted. */
const PLATFORM_READS = [
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/usr',
  '/etc',
  '/nix/store',
  '/gnu/store',
  '/run/current-system/sw',
  '/run/systemd/resolve',
  '/run/resolvconf',
];

/** Services that do on request what the sandbox forbids; their sockets can be reached when the network is on. */
const SERVICE_SOCKETS = [
  '/run/docker.sock',
  '/run/containerd/containerd.sock',
  '/run/crio/crio.sock',
  '/run/podman/podman.sock',
  '/run/buildkit/buildkitd.sock',
  '/run/dbus/system_bus_socket',
  '/run/systemd/private',
  '/run/snapd.socket',
  '/run/libvirt/libvirt-sock',
  '/run/lxd.socket',
  '/run/incus/unix.socket',
];
const USER_SERVICE_SOCKETS = ['bus', 'systemd/private', 'docker.sock', 'podman/podman.sock'];

/** Of these only shared memory may be listed as a root. */
const KERNEL_TREES = ['/proc', '/sys', '/dev'];
const SHARED_MEMORY = '/dev/shm';

/** The file system of a command, as arguments of bubblewrap in the order in which it has to mount. Spec §16.3. */
export function mountArgs(request: MountRequest): string[] {
  const { resolved, proc } = request;
  const places = placesOf(request);
  const restricted = resolved.readAccess.type === 'restricted' && !places.has('/');
  return [
    ...(restricted ? platformReads(resolved) : [places.get('/') === 'writable' ? '--bind' : '--ro-bind', '/', '/']),
    ...(places.get('/') === 'writable' ? ['--ro-bind', '/sys', '/sys'] : []),
    '--dev',
    '/dev',
    // Sysctls belong to their owner even without capabilities, and the owner is us when we are root.
    ...(proc === 'fresh' ? ['--proc', '/proc', '--remount-ro', '/proc'] : ['--ro-bind', '/proc', '/proc']),
    ...[...places].filter(([path]) => path !== '/').flatMap(([path, mode]) => mountOf(path, mode)),
    ...(resolved.networkAccess && !restricted ? serviceSockets() : []),
    ...(restricted ? ['--remount-ro', '/'] : []),
  ];
}

/** The kernel's own trees are made afresh or stay read-only, whatever the policy lists. */
export function withoutKernelTrees(resolved: ResolvedPolicy): ResolvedPolicy {
  return { ...resolved, writableRoots: resolved.writableRoots.filter(({ root }) => !isKernels(root)) };
}

/** Whether a command under this policy sees `path` at all. */
export function isVisible(resolved: ResolvedPolicy, path: string): boolean {
  const { readAccess, writableRoots } = resolved;
  if (readAccess.type === 'fullAccess') return true;
  const seen = [...readAccess.readableRoots, ...writableRoots.map(({ root }) => root)];
  if (readAccess.includePlatformDefaults) seen.push(...PLATFORM_READS);
  const real = realOr(path);
  return seen.some((root) => isInside(real, realOr(root)));
}

/** Every place that gets a mount of its own, outer ones first. */
function placesOf({ resolved, special }: MountRequest): Map<string, MountMode> {
  const places = new Map<string, MountMode>();
  for (const { readOnly } of resolved.writableRoots) for (const path of readOnly) places.set(path, 'readOnly');
  for (const [path, mode] of special) places.set(path, mode);
  for (const { root } of resolved.writableRoots) places.set(root, 'writable');
  for (const path of readableRoots(resolved)) {
    if (modeAt(places, path) !== 'writable' && !places.has(path)) places.set(path, 'readOnly');
  }
  // Renaming a folder moves the mounts inside away from their names; a folder that is a mount itself cannot be renamed.
  for (const path of [...places.keys()]) {
    for (let above = dirname(path); above !== '/'; above = dirname(above)) {
      if (!places.has(above) && modeAt(places, above) === 'writable') places.set(above, 'writable');
    }
  }
  return new Map([...places].sort(([a], [b]) => depth(a) - depth(b)));
}

/** What the innermost place around `path` says. */
function modeAt(places: ReadonlyMap<string, MountMode>, path: string): MountMode | undefined {
  for (let at = path; ; at = dirname(at)) {
    const mode = places.get(at);
    if (mode !== undefined || at === '/') return mode;
  }
}

function mountOf(path: string, mode: MountMode): string[] {
  switch (mode) {
    case 'writable':
      return ['--bind', path, path];
    case 'readOnly':
      return ['--ro-bind', path, path];
    case 'hidden':
      return ['--perms', '0555', '--tmpfs', path, '--remount-ro', path];
  }
}

function platformReads({ readAccess }: ResolvedPolicy): string[] {
  if (readAccess.type !== 'restricted' || !readAccess.includePlatformDefaults) return [];
  return PLATFORM_READS.flatMap((path) => ['--ro-bind-try', path, path]);
}

/** As they are spelled and as they really are, so that both ways in work. */
function readableRoots({ readAccess }: ResolvedPolicy): string[] {
  if (readAccess.type !== 'restricted') return [];
  const existing = readAccess.readableRoots.filter((path) => existsSync(path));
  return existing.flatMap((path) => [path, realOr(path)]).filter((path) => !isKernels(path));
}

function serviceSockets(): string[] {
  const uid = process.getuid?.() ?? 0;
  const own = USER_SERVICE_SOCKETS.map((name) => `/run/user/${uid}/${name}`);
  const present = [...SERVICE_SOCKETS, ...own].filter((path) => existsSync(path));
  return present.flatMap((path) => ['--ro-bind', '/dev/null', realOr(path)]);
}

function isKernels(path: string): boolean {
  return KERNEL_TREES.some((tree) => isInside(path, tree)) && !isInside(path, SHARED_MEMORY);
}

function depth(path: string): number {
  return path === '/' ? 0 : path.split('/').length;
}

function realOr(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
