import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isCodexError } from '@codex/base';
import { type OverrideFlag, readOverrides } from '../src/index.ts';

const read = (option: OverrideFlag['option'], text: string) => readOverrides([{ option, text }]);

test.each<[string, string[], unknown]>([
  ['model=gpt-5.4', ['model'], 'gpt-5.4'],
  ['model="o3"', ['model'], 'o3'],
  ["model='o3'", ['model'], 'o3'],
  ['a.b = true', ['a', 'b'], true],
  ['sandbox_workspace_write.network_access=true', ['sandbox_workspace_write', 'network_access'], true],
  ['n=3', ['n'], 3],
  ['list=["a", 1]', ['list'], ['a', 1]],
  ['table={a=1}', ['table'], { a: 1 }],
  ['x=', ['x'], ''],
  ['x=a=b', ['x'], 'a=b'],
  ['x=1 # one', ['x'], 1],
  ['x=1\nother=2', ['x'], '1\nother=2'],
  ['x=[1', ['x'], '[1'],
  ['projects."/a.b=c".trust_level=trusted', ['projects', '/a.b=c', 'trust_level'], 'trusted'],
  ['use_legacy_landlock=true', ['features', 'use_legacy_landlock'], true],
])('%s', (text, path, value) => {
  expect(read('config', text)).toEqual([{ path, value }]);
});

test.each([
  ['foo', "Invalid override (missing '='): foo"],
  ['', "Invalid override (missing '='): "],
  ['=foo', 'Empty key in override: =foo'],
  [' =foo', 'Empty key in override:  =foo'],
])('%j is refused', (text, message) => {
  expect(() => read('config', text)).toThrow(`error parsing -c overrides: ${message}`);
});

test('features by current and legacy name', () => {
  expect(read('enable', 'undo')).toEqual([{ path: ['features', 'undo'], value: true }]);
  expect(read('disable', 'collab')).toMatchObject([{ value: false }]);
  expect(() => read('enable', 'nope')).toThrow('Unknown feature flag: nope');
  expect(() => read('enable', 'constructor')).toThrow('Unknown feature flag');
});

test('options keep their order; every text is read or refused', () => {
  const flags: OverrideFlag[] = [
    { option: 'config', text: 'a=1' },
    { option: 'disable', text: 'undo' },
    { option: 'config', text: 'a=2' },
  ];
  expect(readOverrides(flags).map(({ value }) => value)).toEqual([1, false, 2]);
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(read('config', `k=${text}`)).toHaveLength(1);
      try {
        read('config', text);
      } catch (error) {
        expect(isCodexError(error) && error.code === 'config').toBe(true);
      }
    }),
  );
});
