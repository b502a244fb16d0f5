import { dirname, join } from 'node:path';
import { isInside, PROTECTED_NAMES, type ResolvedPolicy } from '../policy.ts';
import { realTarget } from '../real-path.ts';

/** Never looked up: whoever could put another one on PATH would decide what is confined. */
export const SANDBOX_EXEC = '/usr/bin/sandbox-exec';

/** Nothing is allowed but what programs need to run at all. */
const BASE = `(version 1)
(deny default)
(allow process-exec)
(allow process-fork)
(allow process-info* (target same-sandbox))
(allow signal (target same-sandbox))
(allow sysctl-read)
(allow user-preference-read)
(allow ipc-posix-sem)
(allow pseudo-tty)
(allow file-read* file-write* file-ioctl (literal "/dev/ptmx"))
(allow file-read* file-write* file-ioctl (require-all (regex #"^/dev/ttys[0-9]+") (extension "com.apple.sandbox.pty")))
(allow file-write-data (require-all (path "/dev/null") (vnode-type CHARACTER-DEVICE)))
(allow file-write-data (literal "/dev/tty"))
(allow mach-lookup
  (global-name "com.apple.system.opendirectoryd.libinfo")
  (global-name "com.apple.PowerManagement.control"))
(allow iokit-open (iokit-registry-entry-class "RootDomainUserClient"))`;

const NETWORK = `(allow network-outbound)
(allow network-inbound)
(allow system-socket)
(allow mach-lookup
  (global-name "com.apple.SecurityServer")
  (global-name "com.apple.networkd")
  (global-name "com.apple.trustd.agent")
  (global-name "com.apple.SystemConfiguration.configd")
  (global-name "com.apple.SystemConfiguration.DNSConfiguration"))`;

/** What programs need to start, when reading is restricted. */
const PLATFORM_READS = [
  '/bin',
  '/sbin',
  '/usr',
  '/System',
  '/Library',
  '/private/etc',
  '/private/var/db/timezone',
  '/dev',
];

/**
 * The arguments of `sandbox-exec` up to and including `--`. Paths travel as parameters and never as profile text, so
 * none can change what the profile says. The real one has not run it in our tests. Spec §16.4.
 */
export function seatbeltArgs(resolved: ResolvedPolicy): string[] {
  const parameters: string[] = [];
  const parameter = (name: string, path: string) => {
    parameters.push(`-D${name}=${path}`);
    return `(param "${name}")`;
  };
  const guards = guardsOf(resolved).map((path, index) => ({
    path,
    rule: `(subpath ${parameter(`GUARD_${index}`, path)})`,
  }));
  // Whatever root a guard comes from, it is taken out of all that it lies in: one that allows is enough.
  const roots = resolved.writableRoots.map(({ root }, index) => {
    const kept = guards.filter(({ path }) => isInside(path, root)).map(({ rule }) => `(require-not ${rule})`);
    return `(require-all ${[`(subpath ${parameter(`WRITABLE_ROOT_${index}`, root)})`, ...kept].join(' ')})`;
  });
  // A folder that is moved would take what is protected in it to a name that is not.
  const fixed = foldersAround(resolved).map((path, index) => `(literal ${parameter(`FIXED_${index}`, path)})`);
  const profile = [
    BASE,
    readRules(resolved, parameter),
    resolved.fullWrite ? '(allow file-write*)' : '',
    roots.length ? `(allow file-write*\n  ${roots.join('\n  ')})` : '',
    fixed.length ? `(deny file-write-unlink\n  ${fixed.join('\n  ')})` : '',
    resolved.networkAccess ? NETWORK : '',
  ];
  return ['-p', profile.filter(Boolean).join('\n'), ...parameters, '--'];
}

/** What is protected in any root, whether it exists or not; one that is a root itself is not. */
function guardsOf({ writableRoots }: ResolvedPolicy): string[] {
  const roots = new Set(writableRoots.map(({ root }) => root));
  const all = writableRoots.flatMap(({ root, readOnly }) => [
    ...readOnly,
    ...PROTECTED_NAMES.map((name) => join(root, name)),
  ]);
  return [...new Set(all)].filter((path) => !roots.has(path));
}

/** The folders a guard lies in, as far as they could be moved. */
function foldersAround(resolved: ResolvedPolicy): string[] {
  const found = new Set<string>();
  for (const guard of guardsOf(resolved)) {
    for (let above = dirname(guard); above !== '/'; above = dirname(above)) {
      if (resolved.writableRoots.some(({ root }) => isInside(above, root))) found.add(above);
    }
  }
  return [...found];
}

function readRules({ readAccess, writableRoots }: ResolvedPolicy, parameter: (name: string, path: string) => string) {
  if (readAccess.type === 'fullAccess') return '(allow file-read*)';
  const platform = readAccess.includePlatformDefaults ? PLATFORM_READS.map((path) => `(subpath "${path}")`) : [];
  // The system compares real paths; nothing can be read through one that has none yet.
  const readable = readAccess.readableRoots.flatMap((path) => realTarget(path) ?? []);
  const own = [...readable, ...writableRoots.map(({ root }) => root)].map(
    (path, index) => `(subpath ${parameter(`READABLE_ROOT_${index}`, path)})`,
  );
  // Every path begins at the root folder, and resolving one looks at the folders on the way.
  return [
    '(allow file-read-metadata)',
    `(allow file-read*\n  ${['(literal "/")', ...platform, ...own].join('\n  ')})`,
  ].join('\n');
}
