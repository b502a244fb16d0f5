import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createSocket } from 'node:dgram';
import { nullLogger, systemClock } from '@codex/base';
import type { SandboxPolicy } from '@codex/protocol';
import { describe, expect, test } from 'vitest';
import { type CommandNetwork, linuxIsolation } from '../src/index.ts';
import { type Ground, ground, READ_ONLY, runConfined, testIsolation, workspace, confines } from './confined.ts';
import { findTrusted } from '../src/linux/bwrap.ts';
import { command, eventually, openDescriptors, ownChildren, PATH, sh, testRunner, undoLater } from './support.ts';

const PORT = 3128;
const RESTRICTED = { type: 'restricted', includePlatformDefaults: true, readableRoots: [] } as const;

/** The way out says hello and counts. */
function network(): CommandNetwork & { calls: number; close(): void } {
  const over = new AbortController();
  const out = {
    port: PORT,
    signal: over.signal,
    calls: 0,
    accept(socket: Socket) {
      out.calls += 1;
      socket.on('error', () => {});
      socket.end('hello from outside\n');
    },
    close: () => over.abort(),
  };
  undoLater(out.close);
  return out;
}

const isolation = testIsolation();
const inside = (script: string, policy: SandboxPolicy, out: CommandNetwork, more = {}) =>
  runConfined(sh(script, { cwd: '/', policy, network: out, ...more }), isolation);
const perl = (code: string) => `perl -MSocket -e '${code}'`;
const CONNECT = `exec 3<>/dev/tcp/127.0.0.1/${PORT}; cat <&3`;
const bash = (script: string) => `bash -c '${script}'`;

const MODES: readonly [string, (place: Ground) => SandboxPolicy][] = [
  ['read-only', () => READ_ONLY],
  ['workspace-write', () => workspace()],
  ['workspace-write whose policy has the network on', () => workspace({ networkAccess: true })],
  ['restricted reads', ({ work }) => ({ ...READ_ONLY, access: { ...RESTRICTED, readableRoots: [work] } })],
];

describe.each(MODES)('%s', (_mode, policyFor) => {
  test('the port leads to us, and commands of one network share it', async () => {
    const place = ground();
    const out = network();
    for (let round = 1; round <= 2; round++) {
      const report = await inside(bash(CONNECT), policyFor(place), out, { cwd: place.work });
      if (report) expect([report.stdout, report.stderr, out.calls]).toEqual(['hello from outside\n', '', round]);
    }
  });

  test('nothing else can be reached: no server of this machine, no other machine, no name, no socket in a file', async () => {
    const place = ground();
    const socketPath = join(place.work, 'socket');
    let callers = 0;
    const tcp = createServer(() => void callers++);
    const unix = createServer(() => void callers++);
    const udp = createSocket('udp4', () => void callers++);
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    await new Promise<void>((resolve) => unix.listen(socketPath, resolve));
    await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
    undoLater(() => {
      tcp.close();
      unix.close();
      udp.close();
    });
    const address = tcp.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const connect = (to: string) => `socket(S, PF_INET, SOCK_STREAM, 0); print "ESCAPED" if connect(S, ${to})`;
    const attempts = {
      'a server here': connect(`sockaddr_in(${port}, inet_aton("127.0.0.1"))`),
      'another machine': connect('sockaddr_in(443, inet_aton("1.1.1.1"))'),
      'another machine over IPv6':
        'socket(S, PF_INET6, SOCK_STREAM, 0); print "ESCAPED" if connect(S, pack_sockaddr_in6(443, inet_pton(PF_INET6, "2606:4700:4700::1111")))',
      'a name server':
        'socket(S, PF_INET, SOCK_DGRAM, 0); print "ESCAPED" if send(S, "x", 0, sockaddr_in(53, inet_aton("8.8.8.8")))',
      'a name': 'print "ESCAPED" if gethostbyname("example.com")',
      'raw packets': 'print "ESCAPED" if socket(S, PF_INET, SOCK_RAW, 1)',
      'packets of the link': 'print "ESCAPED" if socket(S, 17, SOCK_RAW, 3)',
      'a socket in a file': `print "ESCAPED" if socket(S, PF_UNIX, SOCK_STREAM, 0) && connect(S, sockaddr_un("${socketPath}"))`,
      'an abstract socket': 'print "ESCAPED" if socket(S, PF_UNIX, SOCK_STREAM, 0)',
      'a datagram pair': 'print "ESCAPED" if socketpair(A, B, PF_UNIX, SOCK_DGRAM, 0)',
      'another namespace': 'open(N, "<", "/proc/1/ns/net"); print "ESCAPED" if 0 == syscall(308, fileno(N), 0)',
    };
    const datagram = `socket(S, PF_INET, SOCK_DGRAM, 0); send(S, "x", 0, sockaddr_in(${udp.address().port}, INADDR_LOOPBACK))`;
    const scripts = Object.entries(attempts).map(([name, code]) => `echo; echo "@ ${name}"; ${perl(code)}`);
    const script = [...scripts, perl(datagram), 'echo; echo @ end'].join('; ');
    const report = await inside(script, policyFor(place), network(), { cwd: place.work });
    if (report) expect(report.stdout.split('@').filter((said) => said.includes('ESCAPED'))).toEqual([]);
    if (report) expect(report.stdout.split('@')).toHaveLength(Object.keys(attempts).length + 2);
    expect(callers).toBe(0);
  });
});

test('a command gets no descriptor and no capability with its network', async () => {
  const report = await inside(
    'ls -l /proc/self/fd; grep -E "Cap(Prm|Eff|Bnd|Amb)|Seccomp:|NoNewPrivs" /proc/self/status',
    READ_ONLY,
    network(),
  );
  if (!report) return;
  expect(report.stdout).not.toMatch(/ns\/|net:|user:|socket:/);
  expect(report.stdout.match(/Cap\w+:\t0+$/gm)).toHaveLength(4);
  expect(report.stdout).toMatch(/NoNewPrivs:\t1[^]*Seccomp:\t2/);
});

test('two networks do not see each other, commands of one do', async () => {
  const [one, other] = [network(), network()];
  const listen = bash(
    'exec 2>&1; perl -MIO::Socket::INET -e "\\$s = IO::Socket::INET->new(LocalAddr => q(127.0.0.1), LocalPort => 4000, Listen => 1); \\$| = 1; print qq(up\\n); \\$s->accept; print qq(called\\n)"',
  );
  const runner = testRunner(isolation);
  if (!confines) return;
  const session = await runner.open(sh(listen, { policy: READ_ONLY, network: one }), { tty: false });
  let said = '';
  await eventually(() => (said += session.take()).includes('up'));
  const call = bash('exec 3<>/dev/tcp/127.0.0.1/4000 && echo reached');
  expect((await inside(call, READ_ONLY, other))?.stdout).toBe('');
  expect(session.running).toBe(true);
  expect((await inside(call, READ_ONLY, one))?.stdout).toBe('reached\n');
  await session.exited;
});

test('exit codes, signals, input and a terminal are as without it', async () => {
  if (!confines) return;
  const runner = testRunner(isolation);
  const more = { policy: READ_ONLY, network: network() };
  expect((await runner.run(sh('exit 7', more))).exitCode).toBe(7);
  expect((await runner.run(sh('kill -USR1 $$', more))).exitCode).toBe(138);
  expect((await runner.run(sh('sleep 100', more), { timeoutMs: 300 })).exitCode).toBe(124);
  await expect(runner.run(command(['no-such-program'], more))).rejects.toThrow('No such file');

  const reader = await runner.open(sh('read line; echo "got $line"', more), { tty: false, stdin: true });
  reader.write('this\n');
  expect((await reader.exited).stdout).toBe('got this\n');

  const terminal = await runner.open(
    sh('trap "echo stopped; exit 3" INT; tty; stty size; echo ready; sleep 100 & wait', more),
    {
      tty: true,
      size: { rows: 12, cols: 34 },
    },
  );
  let seen = '';
  await eventually(() => (seen += terminal.take()).includes('ready'));
  expect(seen).toMatch(/\/dev\/\S+\r\n12 34/);
  terminal.write('\x03');
  const { exitCode, output } = await terminal.exited;
  expect([exitCode, output.includes('stopped')]).toEqual([3, true]);
});

test('nothing of it stays: no process while it is open, no descriptor when it is over', async () => {
  if (!confines) return;
  const runner = testRunner(isolation);
  const run = (out: CommandNetwork) => runner.run(sh('true', { policy: READ_ONLY, network: out }));
  await run(network());
  const before = { children: ownChildren().length, descriptors: openDescriptors() };
  const out = network();
  await run(out);
  expect(ownChildren().length).toBe(before.children);
  expect(openDescriptors()).toBe(before.descriptors + 3);
  out.close();
  await eventually(() => openDescriptors() === before.descriptors);
});

test('a network that is over takes no more commands', async () => {
  const out = network();
  await inside('true', READ_ONLY, out);
  out.close();
  const running = testRunner(isolation).run(sh('true', { policy: READ_ONLY, network: out }));
  await expect(running).rejects.toMatchObject({ code: 'sandboxUnavailable' });
});

test('where the program that enters a namespace does not work the command is refused, with its words', async () => {
  // Where others may write no program is trusted.
  const bin = mkdtempSync(join(homedir(), '.sandbox-test-'));
  undoLater(() => rmSync(bin, { recursive: true, force: true }));
  writeFileSync(join(bin, 'nsenter'), '#!/bin/sh\necho not on this machine >&2; exit 1\n', { mode: 0o755 });
  const which = () => findTrusted('bwrap', PATH);
  const poor = linuxIsolation({ env: { PATH: bin }, clock: systemClock, log: nullLogger, which });
  const before = openDescriptors();
  const running = testRunner(poor).run(sh('true', { policy: READ_ONLY, network: network() }));
  await expect(running).rejects.toMatchObject({ code: 'sandboxUnavailable' });
  const trusted = findTrusted('nsenter', bin).length > 0;
  if (confines) await expect(running).rejects.toThrow(trusted ? 'not on this machine' : 'nsenter');
  await eventually(() => openDescriptors() <= before);
});

test('without the program that enters a namespace the command is refused', async () => {
  const place = ground();
  const bin = join(place.base, 'bin');
  mkdirSync(bin);
  const which = () => findTrusted('bwrap', PATH);
  const poor = linuxIsolation({ env: { PATH: bin }, clock: systemClock, log: nullLogger, which });
  const running = testRunner(poor).run(sh('true', { policy: READ_ONLY, network: network() }));
  await expect(running).rejects.toMatchObject({ code: 'sandboxUnavailable' });
  if (confines) await expect(running).rejects.toThrow('nsenter');
});
