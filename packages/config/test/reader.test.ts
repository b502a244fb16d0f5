import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createConfigReader, loadConfig } from '../src/index.ts';
import { world } from './setup.ts';

test('a file is parsed once until it changes', async () => {
  const w = world('model = "a"\n');
  const reader = createConfigReader();
  const options = { home: w.home, cwd: w.cwd, env: {}, systemDir: w.systemDir };
  const first = await reader.load(options);
  const second = await reader.load(options);
  expect(second.layers[1]?.config).toBe(first.layers[1]?.config);
  writeFileSync(join(w.home, 'config.toml'), 'model = "b"\n');
  utimesSync(join(w.home, 'config.toml'), 1, 1);
  const third = await reader.load(options);
  expect(third.ok && third.config.model).toBe('b');
  rmSync(join(w.home, 'config.toml'));
  const fourth = await reader.load(options);
  expect(fourth.ok && fourth.config.model).toBeNull();
});

const LINES = [
  'model = "a"',
  '[a."b c"]',
  '[[skills.config]]',
  'path = "x"',
  'enabled = 3',
  'model.x = { y = [1, {z = """q"""}] }',
  '[features]',
  'undo = "',
  "x = '''",
  'notify = [1, # c',
  ']',
  '[model_providers.x]',
  'd = 2024-01-01T00:00:00Z',
  'i = 99999999999999999999',
  '__proto__ = 1',
  '[profiles.p]',
];

test('no content of a file makes loading throw', async () => {
  const root = mkdtempSync(join(tmpdir(), 'config-fuzz-'));
  try {
    const file = join(root, 'config.toml');
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
      fc.string({ unit: 'binary', maxLength: 100 }).map((text) => Buffer.from(text)),
      fc.array(fc.constantFrom(...LINES), { maxLength: 12 }).map((lines) => Buffer.from(lines.join('\n'))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        writeFileSync(file, content);
        const result = await loadConfig({ home: root, cwd: root, env: {}, systemDir: join(root, 'none') });
        if (result.ok) return;
        expect(result.error.message).not.toBe('');
        const { range } = result.error;
        if (!range) return;
        const lines = content.toString('utf8').split('\n').length;
        expect(range.start.line).toBeLessThanOrEqual(lines);
        expect(range.end.line).toBeGreaterThanOrEqual(range.start.line);
      }),
      { numRuns: 500 },
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

const json = fc.json().map((text) => JSON.parse(text) as unknown);
const keys = fc.constantFrom(
  'model',
  'features',
  'agents',
  'mcp_servers',
  'model_providers',
  'tools',
  'a..b',
  '__proto__',
  'profiles',
  'projects',
  'sandbox_workspace_write.writable_roots',
  'skills',
);

test('no value of a request makes loading throw', async () => {
  const w = world('');
  await fc.assert(
    fc.asyncProperty(fc.dictionary(keys, json), async (requestConfig) => {
      expect(typeof (await w.load({ requestConfig })).ok).toBe('boolean');
    }),
    { numRuns: 300 },
  );
});
