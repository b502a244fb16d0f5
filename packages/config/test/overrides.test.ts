import fc from 'fast-check';
import { expect, test } from 'vitest';
import { featureOverride, parseOverride } from '../src/index.ts';

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
  expect(parseOverride(text)).toEqual({ ok: true, override: { path, value } });
});

test.each([
  ['foo', "Invalid override (missing '='): foo"],
  ['', "Invalid override (missing '='): "],
  ['=foo', 'Empty key in override: =foo'],
  [' =foo', 'Empty key in override:  =foo'],
])('%j is refused', (text, message) => {
  expect(parseOverride(text)).toEqual({ ok: false, message });
});

test('features by current and legacy name', () => {
  expect(featureOverride('undo', true)).toEqual({ ok: true, override: { path: ['features', 'undo'], value: true } });
  expect(featureOverride('collab', false)).toMatchObject({ ok: true });
  expect(featureOverride('nope', true)).toEqual({ ok: false, message: 'Unknown feature flag: nope' });
  expect(featureOverride('constructor', true)).toMatchObject({ ok: false });
});

test('no text throws', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(typeof parseOverride(text).ok).toBe('boolean');
      expect(typeof parseOverride(`k=${text}`).ok).toBe('boolean');
    }),
  );
});
