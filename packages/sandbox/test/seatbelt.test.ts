import { expect, test } from 'vitest';
import { type ResolvedPolicy, seatbeltArgs } from '../src/index.ts';

// Only the text can be checked here; it is not run by sandbox-exec.
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
    `-DWRITABLE_ROOT_0=${root}`,
    '-DWRITABLE_ROOT_0_GUARD_0=/g/worktrees/w',
    `-DWRITABLE_ROOT_0_GUARD_1=${root}/.git`,
    `-DWRITABLE_ROOT_0_GUARD_2=${root}/.agents`,
    `-DWRITABLE_ROOT_0_GUARD_3=${root}/.codex`,
    '-DWRITABLE_ROOT_1=/b',
    '-DWRITABLE_ROOT_1_GUARD_0=/b/.git',
    '-DWRITABLE_ROOT_1_GUARD_1=/b/.agents',
    '-DWRITABLE_ROOT_1_GUARD_2=/b/.codex',
  ]);
  expect(args[1]).not.toContain('allow default');
  expect(args[1]).toContain(
    '(require-all (subpath (param "WRITABLE_ROOT_1")) (require-not (subpath (param "WRITABLE_ROOT_1_GUARD_0")))',
  );
});

test('a root given inside a protected folder is not taken out', () => {
  const writableRoots = [
    { root: '/a', readOnly: ['/a/.git'] },
    { root: '/a/.git', readOnly: [] },
  ];
  expect(seatbeltArgs(resolved({ writableRoots })).filter((arg) => arg.endsWith('=/a/.git'))).toEqual([
    '-DWRITABLE_ROOT_1=/a/.git',
  ]);
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
