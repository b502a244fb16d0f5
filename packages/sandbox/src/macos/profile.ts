import { join } from 'node:path';
import { PROTECTED_NAMES, type ResolvedPolicy } from './policy.ts';

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
 * none can change what the profile says. Not run on any machine by our tests: only the text is checked. Spec §16.4.
 */
export function seatbeltArgs(resolved: ResolvedPolicy): string[] {
  const parameters: string[] = [];
  const parameter = (name: string, path: string) => {
    parameters.push(`-D${name}=${path}`);
    return `(param "${name}")`;
  };
  const roots = resolved.writableRoots.map(({ root, readOnly }, index) => {
    const allowed = `(subpath ${parameter(`WRITABLE_ROOT_${index}`, root)})`;
    const kept = [...new Set([...readOnly, ...PROTECTED_NAMES.map((name) => join(root, name))])].filter(
      (path) => !resolved.writableRoots.some((other) => other.root === path),
    );
    const guards = kept.map(
      (path, guard) => `(require-not (subpath ${parameter(`WRITABLE_ROOT_${index}_GUARD_${guard}`, path)}))`,
    );
    return `(require-all ${[allowed, ...guards].join(' ')})`;
  });
  const profile = [
    BASE,
    readRules(resolved, parameter),
    resolved.fullWrite ? '(allow file-write*)' : '',
    roots.length ? `(allow file-write*\n  ${roots.join('\n  ')})` : '',
    resolved.networkAccess ? NETWORK : '',
  ];
  return ['-p', profile.filter(Boolean).join('\n'), ...parameters, '--'];
}

function readRules({ readAccess, writableRoots }: ResolvedPolicy, parameter: (name: string, path: string) => string) {
  if (readAccess.type === 'fullAccess') return '(allow file-read*)';
  const platform = readAccess.includePlatformDefaults ? PLATFORM_READS.map((path) => `(subpath "${path}")`) : [];
  const given = [...readAccess.readableRoots, ...writableRoots.map(({ root }) => root)];
  const own = given.map((path, index) => `(subpath ${parameter(`READABLE_ROOT_${index}`, path)})`);
  // Every path begins at the root folder, and resolving one looks at the folders on the way.
  return [
    '(allow file-read-metadata)',
    `(allow file-read*\n  ${['(literal "/")', ...platform, ...own].join('\n  ')})`,
  ].join('\n');
}
