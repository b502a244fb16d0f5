import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nullLogger, systemClock } from '@codex/base';
import { describe, expect, test } from 'vitest';
import { defaultIsolation, type ResolvedPolicy, resolvePolicy, seatbeltArgs, seatbeltIsolation } from '../src/index.ts';
import { workspace } from './confined.ts';
import { command, PATH, sh, testFolder, testRunner } from './support.ts';

const deps = { env: { PATH }, clock: systemClock, log: nullLogger };

// The text is checked, and how it reaches the program; what the real program makes of it is not.
function resolved(more: Partial<ResolvedPolicy> = {}): ResolvedPolicy {
  const readAccess = { type: 'fullAccess' } as const;
  return {
    type: 'readOnly',
    cwd: '/w',
    fullWrite: false,
    writableRoots: [],
    readAccess,
    networkAccess: false,
    ...more,
  };
}

const profile = (more?: Partial<ResolvedPolicy>) => seatbeltArgs(resolved(more))[1] ?? '';

test('everything is denied first, and writing stays so without roots', () => {
  const args = seatbeltArgs(resolved());
  expect([args[0], args.at(-1), args.length]).toEqual(['-p', '--', 3]);
  expect(args[1]).toMatch(/^\(version 1\)\n\(deny default\)/);
  expect(args[1]).toContain('(allow file-read*)');
  expect(args[1]).not.toMatch(/allow file-write\*|allow network/);
});

test('roots are parameters, and what is protected is taken out of them', () => {
  const root = '/a") (allow default) ("';
  const args = seatbeltArgs(
    resolved({
      writableRoots: [
        { root, readOnly: ['/g/worktrees/w'] },
        { root: '/b', readOnly: [] },
      ],
    }),
  );
  expect(args.slice(2, -1)).toEqual([
    '-DGUARD_0=/g/worktrees/w',
    `-DGUARD_1=${root}/.git`,
    `-DGUARD_2=${root}/.agents`,
    `-DGUARD_3=${root}/.codex`,
    '-DGUARD_4=/b/.git',
    '-DGUARD_5=/b/.agents',
    '-DGUARD_6=/b/.codex',
    `-DWRITABLE_ROOT_0=${root}`,
    '-DWRITABLE_ROOT_1=/b',
    `-DFIXED_0=${root}`,
    '-DFIXED_1=/b',
  ]);
  expect(args[1]).not.toContain('allow default');
  expect(args[1]).toContain(
    '(require-all (subpath (param "WRITABLE_ROOT_1")) (require-not (subpath (param "GUARD_4"))) ' +
      '(require-not (subpath (param "GUARD_5"))) (require-not (subpath (param "GUARD_6"))))',
  );
});

test('a root around another one does not open what is protected there, nor let it be moved away', () => {
  const writableRoots = [
    { root: '/a', readOnly: [] },
    { root: '/a/b/c', readOnly: ['/a/b/c/.git'] },
  ];
  const args = seatbeltArgs(resolved({ writableRoots }));
  const outer = args[1]?.split('\n').find((line) => line.includes('"WRITABLE_ROOT_0"'));
  expect(args[2 + 3]).toBe('-DGUARD_3=/a/b/c/.git');
  expect(outer).toContain('(require-not (subpath (param "GUARD_3")))');
  expect(args.filter((arg) => arg.startsWith('-DFIXED')).map((arg) => arg.split('=')[1])).toEqual([
    '/a',
    '/a/b/c',
    '/a/b',
  ]);
  expect(args[1]).toMatch(/allow file-write\*[^]*\(deny file-write-unlink\n {2}\(literal \(param "FIXED_0"\)\)/);
});

test('a root given inside a protected folder is not taken out', () => {
  const given = (root: string) =>
    seatbeltArgs(
      resolved({
        writableRoots: [
          { root: '/a', readOnly: ['/a/.git'] },
          { root, readOnly: [] },
        ],
      }),
    );
  expect(given('/a/.git').filter((arg) => arg.endsWith('=/a/.git'))).toEqual([
    '-DWRITABLE_ROOT_1=/a/.git',
    '-DFIXED_1=/a/.git',
  ]);
  const rule = given('/a/.git/hooks')[1]
    ?.split('\n')
    .find((line) => line.includes('"WRITABLE_ROOT_1"'));
  expect(rule?.match(/GUARD_\d/g)).toEqual(['GUARD_3', 'GUARD_4', 'GUARD_5']);
});

test('the network comes as asked for', () => {
  expect(profile({ networkAccess: true })).toMatch(/\(allow network-outbound\)\n\(allow network-inbound\)/);
});

test('restricted reading lists what may be read', () => {
  const readAccess = { type: 'restricted', includePlatformDefaults: false, readableRoots: ['/r'] } as const;
  const args = seatbeltArgs(resolved({ readAccess: { ...readAccess, readableRoots: ['/r'] } }));
  expect(args).toContain('-DREADABLE_ROOT_0=/r');
  expect(args[1]).not.toMatch(/\(allow file-read\*\)|\/System/);
  expect(profile({ readAccess: { ...readAccess, readableRoots: [], includePlatformDefaults: true } })).toContain(
    '(subpath "/System")',
  );
});

test('brackets match', () => {
  for (const more of [
    {},
    { networkAccess: true },
    { fullWrite: true },
    { writableRoots: [{ root: '/a', readOnly: [] }] },
  ]) {
    const text = profile(more).replace(/"[^"]*"/g, '');
    expect(text.split('(').length).toBe(text.split(')').length);
  }
});

describe('confining', () => {
  const policy = workspace();

  /** Takes the place of the system's program: tells what it was given, and runs the command. */
  function fake(script = ''): string {
    const path = join(testFolder(), 'sandbox-exec');
    const run = 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"';
    writeFileSync(path, `#!/bin/sh\n${script}\n${run}\n`, { mode: 0o755 });
    return path;
  }

  test("a command is started by the system's program, with the policy and a sign for itself", async () => {
    const cwd = testFolder();
    const program = fake();
    const spec = sh('echo $CODEX_SANDBOX $CODEX_SANDBOX_NETWORK_DISABLED; exit 3', { cwd, policy });
    const report = await testRunner(seatbeltIsolation(program)).run(spec);
    expect(report).toMatchObject({ exitCode: 3, stdout: 'seatbelt 1\n', stderr: '' });
    const isolation = seatbeltIsolation(program);
    const wrapped = await isolation.wrap(['echo', '-D'], policy, cwd, { A: '1' });
    const args = seatbeltArgs(resolvePolicy(policy, cwd, {}));
    expect(wrapped).toEqual({
      ok: true,
      argv: [program, ...args, 'echo', '-D'],
      env: { A: '1', CODEX_SANDBOX: 'seatbelt' },
    });
    expect(args).toContain(`-DWRITABLE_ROOT_0=${cwd}`);
    expect(isolation.support()).toEqual({ available: true, kind: 'seatbelt', reason: null });
  });

  test('what needs no sandbox runs as it is, what cannot start is said', async () => {
    const isolation = seatbeltIsolation(fake());
    const free = { ok: true, argv: ['x'], env: { A: '1' } };
    expect(await isolation.wrap(['x'], { type: 'dangerFullAccess' }, '/', { A: '1' })).toEqual(free);
    const missing = { code: 'invalidRequest', message: /os error 2\): program no-such-program$/ };
    await expect(testRunner(isolation).run(command(['no-such-program'], { policy }))).rejects.toMatchObject(missing);
  });

  test.each([
    ['a system without it', () => seatbeltIsolation(), /\/usr\/bin\/sandbox-exec, which comes with macOS.*ENOENT/],
    ['the choice for macOS', () => defaultIsolation(deps, 'darwin'), /\/usr\/bin\/sandbox-exec/],
    [
      'a sandbox around us',
      () => seatbeltIsolation(fake('echo "sandbox_apply: Operation not permitted" >&2; exit 71')),
      /does not work here: sandbox_apply: Operation not permitted; a sandbox cannot be opened inside/,
    ],
  ])('%s refuses what has to be confined', async (_, isolation, missing) => {
    if (process.platform === 'darwin') return;
    const mark = join(testFolder(), 'mark');
    const running = testRunner(isolation()).run(sh(`touch ${mark}`, { policy }));
    const refusal = { code: 'sandboxUnavailable', data: { missing: expect.stringMatching(missing) } };
    await expect(running).rejects.toMatchObject(refusal);
    expect(existsSync(mark)).toBe(false);
    expect(isolation().support()).toMatchObject({ available: false, kind: 'seatbelt' });
  });
});
