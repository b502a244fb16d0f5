import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { SandboxPolicy } from '@codex/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { looksDenied } from '../src/index.ts';
import { abiOf } from '../src/linux/syscalls.ts';
import {
  confines,
  type Ground,
  ground,
  READ_ONLY,
  runConfined,
  snapshot,
  testIsolation,
  workspace,
} from './confined.ts';
import { isAlive, PATH, sh, testRunner } from './support.ts';

const RESTRICTED = { type: 'restricted', includePlatformDefaults: true } as const;

/** Every way in which commands are confined. `work` is filled in where a policy has to name it. */
const MODES: readonly [string, (work: string) => SandboxPolicy][] = [
  ['read-only', () => READ_ONLY],
  ['read-only with restricted reads', (work) => ({ ...READ_ONLY, access: { ...RESTRICTED, readableRoots: [work] } })],
  ['workspace-write', () => workspace()],
  ['workspace-write with the defaults', () => workspace({ excludeSlashTmp: false, excludeTmpdirEnvVar: false })],
  ['workspace-write with restricted reads', () => workspace({ readOnlyAccess: { ...RESTRICTED, readableRoots: [] } })],
  ['workspace-write with network', () => workspace({ networkAccess: true })],
];

/**
 * Each script prints ESCAPED when it gets its way. These do so outside a sandbox, which is tried as well, so that none
 * is held only because it was badly written.
 */
const WRITES: Readonly<Record<string, string>> = {
  'a new file outside': 'echo x > $OUT/new && echo ESCAPED',
  'appending outside': 'echo x >> $OUT/file && echo ESCAPED',
  'a relative path': 'echo x > ../outside/new && echo ESCAPED',
  'dots in the middle': 'echo x > $PWD/.git/../../outside/new && echo ESCAPED',
  'a symbolic link': 'echo x > link/new && echo ESCAPED',
  'a new symbolic link': 'ln -s $OUT $TMPDIR/l; echo x > $TMPDIR/l/new && echo ESCAPED',
  'the root of a process': 'echo x > /proc/self/root$OUT/new && echo ESCAPED',
  'the root of the parent': 'echo x > /proc/$PPID/root$OUT/new && echo ESCAPED',
  'the working directory of a process': 'cd ..; echo x > /proc/self/cwd/outside/new && echo ESCAPED',
  'an open folder': 'exec 5<$OUT; echo x > /proc/self/fd/5/new && echo ESCAPED',
  'an open file': 'exec 5<$OUT/file; echo x > /proc/self/fd/5 && echo ESCAPED',
  removing: 'rm $OUT/file && echo ESCAPED',
  'a folder': 'mkdir $OUT/new && echo ESCAPED',
  'a named pipe': 'mkfifo $OUT/new && echo ESCAPED',
  'a mode': 'chmod 777 $OUT/script && echo ESCAPED',
  'a time': 'touch -d 2001-01-01 $OUT/file && echo ESCAPED',
  'moving something out': 'cp file $TMPDIR/f; mv $TMPDIR/f $OUT/new && echo ESCAPED',
  'moving something in': 'mv $OUT/file $TMPDIR/f && echo ESCAPED',
  'renaming the workspace': 'mv ../work ../work2 && echo ESCAPED',
  'a hook': 'echo x > .git/hooks/pre-commit && echo ESCAPED',
  'the configuration of git': 'echo x >> .git/config && echo ESCAPED',
  'replacing the repository': 'mv .git .other && mkdir .git && echo ESCAPED',
  'removing the repository': 'rm -rf .git && echo ESCAPED',
  'a hard link out of the repository': 'ln .git/config c && echo x >> c && echo ESCAPED',
  'a configuration of ours': 'mkdir -p .codex && echo x > .codex/config.toml && echo ESCAPED',
  'a configuration of ours, moved there': 'mkdir d && mv d .codex && echo ESCAPED',
  'a configuration of ours, linked there': 'ln -s $TMPDIR .codex && echo ESCAPED',
  skills: 'mkdir .agents && echo ESCAPED',
};

const perl = (code: string) => `perl -e '${code}'`;
const SYSTEM: Readonly<Record<string, string>> = {
  'the process that started us':
    'ls /proc/$HOST/root/ && echo ESCAPED; echo x > /proc/$HOST/root$OUT/new && echo ESCAPED',
  'the first process': 'echo x > /proc/1/root$OUT/new && echo ESCAPED',
  mounting:
    'mount --bind $PWD $OUT && echo ESCAPED; mount -o remount,rw / && echo ESCAPED; mount -t tmpfs x $PWD && echo ESCAPED',
  unmounting: 'umount $PWD/.git && echo ESCAPED; umount -l $PWD && echo ESCAPED; umount /proc && echo ESCAPED',
  "a namespace of one's own":
    'unshare -Ur true && echo ESCAPED; unshare -m true && echo ESCAPED; unshare -n true && echo ESCAPED',
  'other namespaces': 'nsenter -t 1 -m true && echo ESCAPED; nsenter -t 1 -U true && echo ESCAPED',
  'the core pattern': 'echo x > /proc/sys/kernel/core_pattern && echo ESCAPED',
  'settings of the kernel':
    'find /sys /proc/sys /proc/irq /proc/bus /proc/sysrq-trigger -type f -writable 2>/dev/null | grep -m1 . && echo ESCAPED',
  'device nodes':
    'mknod n c 1 3 && echo ESCAPED; mknod $TMPDIR/m b 254 0 && echo ESCAPED; mknod /dev/n c 1 1 && echo ESCAPED',
  devices: 'for d in mem kmem kmsg sda vda nvme0n1 loop0 fuse kvm net/tun; do [ -e /dev/$d ] && echo ESCAPED $d; done',
  'a signal to a process outside':
    'kill -9 $VICTIM && echo ESCAPED; kill -9 $HOST && echo ESCAPED; kill -0 $HOST && echo ESCAPED',
  'the environment of a process outside': 'grep -al "TELL[=]me" /proc/[0-9]*/environ && echo ESCAPED',
  'the command lines of processes outside': 'grep -al "tell[-]me-too" /proc/[0-9]*/cmdline && echo ESCAPED',
  'becoming somebody else': perl(
    '$> = 12345; print "ESCAPED" if $> == 12345; $( = 54321; print "ESCAPED" if $( == 54321',
  ),
  // Some of them wait for seconds after a refusal.
  'programs that would raise privileges':
    'for p in "su -c id" "su nobody -s /bin/sh -c id" "sudo -n id" "newgrp root" "pkexec id"; do timeout 0.5 $p </dev/null 2>/dev/null | grep -q uid= && echo ESCAPED $p & done; wait',
  'a set-user-id program':
    'cp /usr/bin/id $TMPDIR/i && chmod 4755 $TMPDIR/i; grep -E "CapEff:.*[1-9a-f]|NoNewPrivs:.*0" /proc/self/status && echo ESCAPED',
  descriptors:
    'for f in /proc/self/fd/*; do case $(readlink $f) in /proc/*|/dev/null|/dev/pts/*|*codex-pipes*|pipe:*) ;; "") ;; *) echo ESCAPED $f;; esac; done',
  'typing into the terminal': perl(
    'open(T, "+<", "/dev/tty") or open(T, "+<&", 0); my $c = "x"; print ioctl(T, 0x5412, $c) ? "ESCAPED" : "errno=" . ($!+0)',
  ),
};

const NETWORK: Readonly<Record<string, string>> = {
  TCP: 'use IO::Socket::INET; print IO::Socket::INET->new("127.0.0.1:$ENV{PORT}") ? "ESCAPED" : "no: $!"',
  UDP: 'use Socket; socket(S, PF_INET, SOCK_DGRAM, 0) and send(S, "x", 0, sockaddr_in($ENV{PORT}, inet_aton("127.0.0.1"))) and print "ESCAPED"',
  IPv6: 'use Socket; socket(S, PF_INET6, SOCK_STREAM, 0) and print "ESCAPED"',
  'raw packets': 'use Socket; socket(S, PF_INET, SOCK_RAW, 1) and print "ESCAPED"',
  listening: 'use IO::Socket::INET; print "ESCAPED" if IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)',
  names: 'use Socket; print "ESCAPED" if gethostbyname("example.com")',
  'a socket in the file system':
    'use IO::Socket::UNIX; print IO::Socket::UNIX->new("$ENV{OUT}/socket") ? "ESCAPED" : "no: $!"',
  'an abstract socket':
    'use IO::Socket::UNIX; print IO::Socket::UNIX->new(Peer => "\\0$ENV{ABSTRACT}") ? "ESCAPED" : "no: $!"',
  'a datagram to a socket': 'use Socket; socket(S, PF_UNIX, SOCK_DGRAM, 0) and print "ESCAPED"',
  'a pair of datagram sockets': 'use Socket; socketpair(A, B, PF_UNIX, SOCK_DGRAM, 0) and print "ESCAPED"',
  'the kernel': 'socket(S, 16, 3, 0) and print "ESCAPED"',
  'the hypervisor': 'socket(S, 40, 1, 0) and print "ESCAPED"',
};

const ALWAYS_FORBIDDEN = ['raw packets', 'the hypervisor'];

/** Named like a socket that fills its address, because Node and others disagree about shorter ones. */
const ABSTRACT = `sandbox-test-${process.pid}-`.padEnd(107, 'x');
const isLinux = process.platform === 'linux';

let victim: ChildProcess;
let server: Server;
let abstract: Server;
let callers = 0;
let place: Ground;

beforeAll(async () => {
  victim = spawn('sleep', ['1000'], { env: { TELL: 'me', PATH }, argv0: 'tell-me-too', stdio: 'ignore' });
  const count = () => void callers++;
  server = createServer(count);
  abstract = createServer(count);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  if (isLinux) await new Promise<void>((resolve) => abstract.listen(`\0${ABSTRACT}`, resolve));
});

beforeEach(() => {
  place = ground();
  mkdirSync(join(place.base, 'tmp'));
});

afterAll(async () => {
  victim.kill('SIGKILL');
  await Promise.all([server, abstract].map((one) => new Promise((resolve) => one.close(resolve))));
});

function attempt(script: string, policy: SandboxPolicy) {
  const address = server.address();
  const env = {
    PATH: `${PATH}:/usr/sbin:/sbin`,
    OUT: place.outside,
    TMPDIR: join(place.base, 'tmp'),
    HOST: String(process.pid),
    VICTIM: String(victim.pid),
    PORT: String(address && typeof address === 'object' ? address.port : ''),
    ABSTRACT,
  };
  return sh(script, { cwd: place.work, env, policy });
}

/** What must be as before, whatever a command did. */
function world() {
  const { base, outside, work } = place;
  return {
    files: { ...snapshot(outside), ...snapshot(join(work, '.git')) },
    made: Object.keys(snapshot(base)).filter((path) => /\/(\.codex|\.agents|\.other|work2)/.test(path)),
    kernel: isLinux ? readFileSync('/proc/sys/kernel/core_pattern', 'utf8') : '',
    callers,
    victim: isAlive(victim.pid ?? 0),
  };
}

/** All scripts in one sandbox, one after the other; what those said that got their way. */
async function escapes(scripts: Readonly<Record<string, string>>, policy: SandboxPolicy): Promise<string[]> {
  const entries = Object.entries(scripts);
  const script = entries.map(([, one], index) => `printf '\\n@@%s\\n' ${index}; (${one}\n) 2>&1`).join('\n');
  const report = await runConfined(attempt(script, policy));
  if (!report) return [];
  const said = report.stdout.split(/^@@/m).slice(1);
  expect(said.length).toBe(entries.length);
  return said
    .filter((text) => text.includes('ESCAPED'))
    .map((text) => `${entries[Number.parseInt(text, 10)]?.[0]}: ${text}`);
}

/** Only some prove something where we may do everything. */
const PROVABLE = ['TCP', 'UDP', 'listening', 'an abstract socket', 'a pair of datagram sockets', 'the kernel'];

describe('the attempts get their way without a sandbox', () => {
  const scripts = [
    ...Object.entries(WRITES),
    ...PROVABLE.map((name) => [name, perl(NETWORK[name] ?? '')] as const).filter(() => isLinux),
  ];
  test.each(scripts)('%s', async (_name, script) => {
    expect((await testRunner().run(attempt(script, { type: 'dangerFullAccess' }))).output).toContain('ESCAPED');
  });
});

describe.each(MODES)('%s', (mode, policyFor) => {
  const withNetwork = mode.includes('network');

  test('writing', async () => {
    const before = world();
    expect(await escapes(WRITES, policyFor(place.work))).toEqual([]);
    expect(world()).toEqual(before);
  });

  test('the system', async () => {
    const before = world();
    expect(await escapes(SYSTEM, policyFor(place.work))).toEqual([]);
    expect(world()).toEqual(before);
  });

  test('a signal to all processes', async () => {
    const report = await runConfined(
      attempt('sleep 100 & kill -9 -1; wait $!; echo "ended $?"', policyFor(place.work)),
    );
    if (report) expect(report.stdout).toBe('ended 137\n');
    expect(isAlive(victim.pid ?? 0)).toBe(true);
  });

  test('the pipes of the next command', async () => {
    const runner = testRunner(testIsolation());
    const policy = policyFor(place.work);
    const before = world();
    const replace = 'for f in /tmp/codex-pipes-*/* /dev/shm/codex-pipes-*/*; do ln -sf $OUT/file $f; done; exit 0';
    for (const script of [replace, ...Array.from({ length: 5 }, () => 'echo ESCAPED')]) {
      const running = runner.run(attempt(script, policy));
      if (confines) expect((await running).exitCode).toBe(0);
      else await expect(running).rejects.toMatchObject({ code: 'sandboxUnavailable' });
    }
    expect(world()).toEqual(before);
  });

  test('the network', async () => {
    const listening = createServer(() => void callers++);
    await new Promise<void>((resolve) => listening.listen(join(place.outside, 'socket'), resolve));
    const before = world();
    // With the network on, ordinary sockets are what was asked for.
    const forbidden = Object.entries(NETWORK).filter(([name]) => !withNetwork || ALWAYS_FORBIDDEN.includes(name));
    const scripts = Object.fromEntries(forbidden.map(([name, code]) => [name, perl(code)]));
    expect(await escapes(scripts, policyFor(place.work))).toEqual([]);
    expect(world()).toEqual(before);
    const report = await runConfined(attempt(perl(NETWORK['TCP'] ?? ''), policyFor(place.work)));
    if (report) expect(report.stdout.includes('ESCAPED')).toBe(withNetwork);
    await new Promise((resolve) => listening.close(resolve));
  });

  test('where there is no repository none can be made', async () => {
    renameSync(join(place.work, '.git'), join(place.base, 'away'));
    const script =
      'git init -q . ; mkdir -p .git/hooks; echo x > .git/hooks/x; echo x > .git; ls .git/hooks && echo ESCAPED';
    expect(await escapes({ script }, policyFor(place.work))).toEqual([]);
    expect(Object.keys(snapshot(place.work))).toEqual([join(place.work, 'file'), join(place.work, 'link')]);
  });

  test('the environment says whether there is a network', async () => {
    const report = await runConfined(attempt('echo "[$CODEX_SANDBOX_NETWORK_DISABLED]"', policyFor(place.work)));
    if (report) expect(report.stdout).toBe(withNetwork ? '[]\n' : '[1]\n');
  });
});

describe('system calls', () => {
  const abi = abiOf(process.arch);
  const calls = [
    ...['ptrace', 'process_vm_readv', 'process_vm_writev', 'kcmp', 'pidfd_getfd', 'io_uring_setup', 'io_uring_enter'],
    ...['io_uring_register', 'bpf', 'perf_event_open', 'userfaultfd', 'keyctl', 'add_key', 'request_key', 'mount'],
    ...['umount2', 'pivot_root', 'move_mount', 'mount_setattr', 'open_tree', 'fsopen', 'fsconfig', 'fsmount', 'fspick'],
    ...['setns', 'open_by_handle_at', 'connect', 'accept', 'accept4', 'bind', 'listen', 'sendmmsg'],
  ] as const;

  test('are refused by the kernel', async () => {
    const numbers = calls.map((name) => abi?.number(name as Parameters<NonNullable<typeof abi>['number']>[0]));
    const script = [
      `for my $n (${numbers.join(',')}) { $! = 0; syscall($n, -1, -1, -1, -1, -1); print "$n:", $!+0, " " }`,
      `$! = 0; syscall(${abi?.number('unshare')}, 0x10000000); print "unshare:", $!+0, " ";`,
      `$! = 0; syscall(${abi?.number('clone')}, 0x10000011, 0, 0, 0, 0); print "clone:", $!+0, " ";`,
      `$! = 0; syscall(${abi?.number('clone3')}, 0, 0); print "clone3:", $!+0`,
    ].join(' ');
    const report = await runConfined(attempt(perl(script), READ_ONLY));
    const expected = [...numbers.map((number) => `${number}:1`), 'unshare:1', 'clone:1', 'clone3:38'].join(' ');
    if (report) expect(report.stdout).toBe(expected);
  });

  test('of the second table end the process', async () => {
    const foreign = abi?.foreignFrom;
    if (foreign === undefined) return;
    const report = await runConfined(attempt(perl(`syscall(${foreign + 39}); print "alive"`), READ_ONLY));
    if (!report) return;
    expect([report.stdout, report.exitCode]).toEqual(['', 159]);
    expect(looksDenied(report, true, 'linux')).toBe(true);
  });
});

test.each([READ_ONLY, workspace()])('a refused write reads like a denial ($type)', async (policy) => {
  const report = await runConfined(attempt('echo x > $OUT/new', policy));
  if (!report) return;
  expect(report.stderr).toContain('Read-only file system');
  expect(looksDenied(report, true)).toBe(true);
});
