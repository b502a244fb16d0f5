import fc from 'fast-check';
import { expect, test } from 'vitest';
import { childEnv, type ShellEnvironmentPolicy, UNIFIED_EXEC_ENV } from '../src/index.ts';

const PARENT = { HOME: '/h', PATH: '/bin', FOO: '1', MY_TOKEN: 't', secret_x: 's', UNSET: undefined };

test.each<[string, ShellEnvironmentPolicy, Record<string, string>]>([
  ['everything by default', {}, { HOME: '/h', PATH: '/bin', FOO: '1', MY_TOKEN: 't', secret_x: 's' }],
  ['core', { inherit: 'core', set: { A: '1' } }, { HOME: '/h', PATH: '/bin', A: '1' }],
  ['none', { inherit: 'none' }, {}],
  ['default excludes', { ignoreDefaultExcludes: false }, { HOME: '/h', PATH: '/bin', FOO: '1' }],
  [
    'set comes after the excludes',
    { inherit: 'none', ignoreDefaultExcludes: false, set: { ZKEY: '2' } },
    { ZKEY: '2' },
  ],
  ['exclude ignores case', { exclude: ['*oo', 'my_?oken', 'SECRET*'] }, { HOME: '/h', PATH: '/bin' }],
  ['include_only also covers set', { includeOnly: ['PA*', 'b'], set: { A: '1', B: '2' } }, { PATH: '/bin', B: '2' }],
  ['an empty include_only keeps all', { inherit: 'core', includeOnly: [] }, { HOME: '/h', PATH: '/bin' }],
  [
    'brackets and dots are plain characters',
    { inherit: 'core', exclude: ['H[O]ME', 'P.TH'] },
    { HOME: '/h', PATH: '/bin' },
  ],
])('%s', (_name, policy, expected) => {
  expect(childEnv(policy, PARENT)).toEqual(expected);
});

test('extra variables come last and are not filtered', () => {
  const policy = { inherit: 'none', set: { A: '1' }, includeOnly: ['A'] } as const;
  expect(childEnv(policy, PARENT, { A: '2', CODEX_THREAD_ID: 'id' })).toEqual({ A: '2', CODEX_THREAD_ID: 'id' });
});

test('a pattern matches what the same pattern matches as a regular expression', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '_'), maxLength: 12 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'B', '*', '?'), maxLength: 8 });
  fc.assert(
    fc.property(text, pattern, (name, glob) => {
      const regex = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
      const kept = Object.keys(childEnv({ exclude: [glob] }, { [name]: '' }));
      expect(kept).toEqual(regex.test(name) ? [] : [name]);
    }),
  );
});

test('a hostile pattern takes no time', () => {
  const started = performance.now();
  childEnv({ exclude: [`${'*a'.repeat(40)}b`] }, { ['a'.repeat(2000)]: '' });
  expect(performance.now() - started).toBeLessThan(10_000);
});

test('the forced environment of unified exec', () => {
  expect(UNIFIED_EXEC_ENV).toEqual({
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
});
