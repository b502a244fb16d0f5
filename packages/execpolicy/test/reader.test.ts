import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createRulesReader } from '../src/index.ts';

it('a reader reads again only what changed', async () => {
  const root = mkdtempSync(join(tmpdir(), 'rules-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [one, two] = [join(root, 'one'), join(root, 'two')];
  const reader = createRulesReader();
  const load = () => reader.load([one, two]);
  const empty = await load();
  expect(empty.rules.prefix).toEqual([]);
  expect(await load()).toBe(empty);

  mkdirSync(two);
  writeFileSync(join(two, 'a.rules'), 'prefix_rule(pattern=["a"])');
  const first = await load();
  expect(first.rules.prefix.map((rule) => rule.first)).toEqual(['a']);
  expect(await load()).toBe(first);
  expect((await reader.load([one])).rules.prefix).toEqual([]);

  writeFileSync(join(two, 'a.rules'), 'prefix_rule(pattern=["b"])');
  expect((await load()).rules.prefix.map((rule) => rule.first)).toEqual(['b']);
  writeFileSync(join(two, 'b.rules'), 'prefix_rule(pattern=[])');
  expect((await load()).warnings).toHaveLength(1);
  rmSync(join(two, 'b.rules'));
  expect((await load()).warnings).toEqual([]);
});
