import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FLOORS, USES } from '../boundaries.mjs';
import { readRepository } from '../repository.mjs';
import { judge } from '../rules.mjs';
import { scan } from '../scan.mjs';
import { tokenise } from '../tokens.mjs';

const TABLE = {
  'packages/base': { floor: 'ground', imports: [], builtins: ['crypto'], libraries: [] },
  'packages/config': { floor: 'parts', imports: ['base'], builtins: ['fs'], libraries: ['zod'] },
  'packages/core': { floor: 'engine', imports: ['base', 'config'], types: ['config'], builtins: [], libraries: [] },
  'apps/exec': { floor: 'apps', imports: ['core'], builtins: 'any', libraries: [] },
  'apps/cli': { floor: 'multitool', imports: ['exec'], builtins: 'any', libraries: [] },
  'tools/model': { floor: 'tools' },
};

const SOUND: Record<string, string> = {
  'packages/base/package.json': manifest(),
  'packages/base/src/index.ts': "export { now } from './clock.ts';",
  'packages/base/src/clock.ts':
    "import { randomUUID } from 'node:crypto';\nexport const now = () => Date.now() + randomUUID().length;",
  'packages/config/package.json': manifest('@codex/base', 'zod'),
  'packages/config/src/index.ts':
    "import { now } from '@codex/base';\nimport * as z from 'zod/v4';\nexport type Config = { at: number };\nexport const read = (env = process.env) => [now(), z, env];",
  'packages/core/package.json': manifest('@codex/base', '@codex/config'),
  'packages/core/src/index.ts':
    "import { now } from '@codex/base';\nimport type { Config } from '@codex/config';\nimport { type Config as C } from '@codex/config';\nexport const run = (_: Config | C) => now();",
  'packages/core/test/core.test.ts':
    "import { run } from '../src/index.ts';\nimport { it } from 'vitest';\nit('runs', () => { setTimeout(run, 1); });",
  'apps/exec/package.json': manifest('@codex/core'),
  'apps/exec/src/index.ts':
    "import { run } from '@codex/core';\nimport fs from 'node:fs';\nexport const main = () => console.log(run, fs, process.env);",
  'apps/cli/package.json': manifest('@codex/exec'),
  'apps/cli/src/index.ts': "export const load = async () => (await import('@codex/exec')).main;",
  'tools/model/package.json': manifest(),
  'tools/model/src/index.ts': 'export const model = 1;',
};

function manifest(...dependencies: string[]): string {
  return JSON.stringify({
    dependencies: Object.fromEntries(dependencies.map((name) => [name, '1'])),
    devDependencies: { vitest: '1' },
  });
}

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'codex-arch-'));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

/** Writes the sound repository with some files changed or added, and returns what is wrong with it. */
function judgeWith(changes: Record<string, string>): string[] {
  for (const [file, text] of Object.entries({ ...SOUND, ...changes })) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
  }
  const { violations } = judge({ ...readRepository(root), table: TABLE, floors: FLOORS, uses: USES });
  return violations.map(
    ({ file, line, text }: { file: string; line: number; text: string }) => `${file}:${line} ${text}`,
  );
}

describe('judge', () => {
  it('finds nothing in a sound repository', () => {
    expect(judgeWith({})).toEqual([]);
  });

  const BASE = 'packages/base/src/clock.ts';
  const CORE = 'packages/core/src/run.ts';
  it.each<[string, string, string, RegExp]>([
    [
      'an upward import',
      BASE,
      "import { run } from '@codex/core';",
      /clock.ts:1 imports @codex\/core, which the table does not allow/,
    ],
    ['an upward type import', BASE, "\nimport type { Run } from '@codex/core';", /clock.ts:2 imports @codex\/core/],
    ['an upward re-export', BASE, "export { run } from '@codex/core';", /imports @codex\/core/],
    ['a dynamic upward import', BASE, "export const f = () => import('@codex/core');", /imports @codex\/core/],
    ['a deep import', CORE, "import { now } from '@codex/base/src/clock.ts';", /only a package's root is public/],
    [
      'a relative way into another package',
      CORE,
      "import { now } from '../../base/src/clock.ts';",
      /outside its package/,
    ],
    ['an import through its own root', CORE, "import { run } from './index.ts';", /imports its own root/],
    ['an import of itself by name', CORE, "import { run } from '@codex/core';", /imports itself by name/],
    [
      'values where only types are allowed',
      CORE,
      "import { read, type Config } from '@codex/config';",
      /only types are allowed/,
    ],
    [
      'a built-in that is not marked',
      CORE,
      "import fs from 'node:fs/promises';",
      /node:fs\/promises, which is not marked/,
    ],
    ['a built-in without its prefix', BASE, "import { randomBytes } from 'crypto';", /imports crypto without node:/],
    ['a library of somebody else', CORE, "import { z } from 'zod';", /imports zod, which is not among its libraries/],
    ['a tool', CORE, "import { model } from '@codex/model';", /imports @codex\/model/],
    ['an app loaded at once', 'apps/cli/src/now.ts', "import { main } from '@codex/exec';", /statically/],
    ['another app', 'apps/exec/src/other.ts', "import '@codex/cli';", /imports @codex\/cli/],
    ['a computed import', CORE, 'export const f = (name: string) => import(name);', /not a literal/],
    ['a file that is not there', CORE, "import { x } from './gone.ts';", /does not exist/],
    [
      'an undeclared package in a test',
      'packages/core/test/x.test.ts',
      "import 'fast-check';",
      /which its package.json does not name/,
    ],
    ['the clock outside base', CORE, 'export const at = Date.now();', /Date.now: time and chance/],
    ['a new date of now', CORE, 'export const at = new Date();', /new Date\(\)/],
    ['a timer outside base', CORE, 'setTimeout(() => {}, 1);', /setTimeout/],
    ['chance outside base', CORE, 'export const x = Math.random();', /Math.random/],
    ['the environment outside config', CORE, 'export const x = process.env.HOME;', /process.env/],
    ['console in a package', CORE, "console.error('x');", /console/],
    ['a default export', CORE, 'export default 1;', /export default/],
    ['a star export', CORE, "export * from '@codex/base';", /export \*/],
    ['a place of its own', CORE, 'export const here = import.meta.url;', /import.meta/],
    [
      'a module mock',
      'packages/core/test/x.test.ts',
      "import { vi } from 'vitest';\nvi.mock('../src/index.ts');",
      /x.test.ts:2 vi.mock/,
    ],
    [
      'a skipped test',
      'packages/core/test/x.test.ts',
      "import { it } from 'vitest';\nit.skip('x', () => {});",
      /it.skip: every test runs/,
    ],
    [
      'a dependency the table does not know',
      'packages/core/package.json',
      manifest('@codex/base', '@codex/config', 'left-pad'),
      /left-pad, which the table does not allow/,
    ],
    [
      'a missing dependency',
      'packages/core/package.json',
      manifest('@codex/base'),
      /misses the dependency @codex\/config/,
    ],
    [
      'a package the table does not know',
      'packages/utils/package.json',
      manifest(),
      /packages\/utils:0 is not in the boundaries table/,
    ],
  ])('catches %s', (_what, file, text, message) => {
    const found = judgeWith({ [file]: text });
    expect(found.some((line) => message.test(line))).toBe(true);
    expect(found.filter((line) => !line.includes(path.posix.dirname(file).split('/').slice(0, 2).join('/')))).toEqual(
      [],
    );
  });

  it('catches an import cycle, types included, once', () => {
    const found = judgeWith({
      'packages/core/src/a.ts': "import type { B } from './b.ts';\nexport type A = B;",
      'packages/core/src/b.ts': "import type { C } from './c.ts';\nexport type B = C;",
      'packages/core/src/c.ts': "export type { A as C } from './a.ts';",
    });
    expect(found).toEqual([
      'packages/core/src/a.ts:0 import cycle: packages/core/src/a.ts -> packages/core/src/b.ts -> packages/core/src/c.ts -> packages/core/src/a.ts',
    ]);
  });

  it('catches a table that points up', () => {
    judgeWith({});
    const table = { ...TABLE, 'packages/base': { ...TABLE['packages/base'], imports: ['core'] } };
    const { violations } = judge({ ...readRepository(root), table, floors: FLOORS, uses: USES });
    expect(violations.map(({ text }: { text: string }) => text)).toContain(
      'the table lets it import core, which is not on a lower floor',
    );
  });
});

describe('scan', () => {
  it('sees code only, not what looks like code', () => {
    const source = [
      "// import 'comment'",
      "/* import 'block' */ const s = \"import 'string'\" + 'it.skip';",
      "const t = `import 'template' ${call(`${Date.now()}`, { a: 1 })} console.log`;",
      'const r = /import "regex" `/.test(s) ? 4 / 2 : a / b;',
      "import { real } from 'real';",
    ].join('\n');
    expect(scan(source)).toEqual({
      imports: [{ name: 'real', line: 5, typeOnly: false, dynamic: false }],
      uses: [{ use: 'Date.now', line: 3 }],
    });
  });

  it('reads every form of import', () => {
    const forms: [string, boolean, boolean][] = [
      ["import 'x'", false, false],
      ["import x from 'x'", false, false],
      ["import * as x from 'x'", false, false],
      ["import x, { type Y } from 'x'", false, false],
      ["import type X from 'x'", true, false],
      ["import type { X } from 'x'", true, false],
      ["import { type X, type Y } from 'x'", true, false],
      ["import { type X, y } from 'x'", false, false],
      ["import type, { y } from 'x'", false, false],
      ["import data from 'x' with { type: 'json' }", false, false],
      ["export { x } from 'x'", false, false],
      ["export type { X } from 'x'", true, false],
      ["export * as x from 'x'", false, false],
      ["const x = await import('x')", false, true],
      ['const x = import(`x`)', false, true],
      ["const x = require('x')", false, true],
    ];
    for (const [source, typeOnly, dynamic] of forms) {
      expect(scan(source).imports, source).toEqual([{ name: 'x', line: 1, typeOnly, dynamic }]);
    }
    expect(scan("export { x };\nexport const from = 'x';\nexport type { Y };").imports).toEqual([]);
  });

  it('reads any text to its end', () => {
    const piece = fc.constantFrom(
      '`',
      '${',
      '}',
      '{',
      "'",
      '"',
      '/',
      '//',
      '/*',
      '*/',
      '\\',
      '\n',
      'import',
      ' from ',
      'a',
      '(',
      ')',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (source) => {
          const tokens = tokenise(source);
          expect(tokens.length).toBeLessThanOrEqual(source.length + 1);
          scan(source);
        },
      ),
    );
  });
});

describe('check', () => {
  it('fails on a tree in which it finds nothing', async () => {
    const script = fileURLToPath(new URL('../check.mjs', import.meta.url));
    const { code, stdout } = await new Promise<{ code: unknown; stdout: string }>((resolve) => {
      execFile(process.execPath, [script, root], (error, out) => resolve({ code: error?.code ?? 0, stdout: out }));
    });
    expect(code).toBe(1);
    expect(stdout).toContain('no source module was found');
  });
});
