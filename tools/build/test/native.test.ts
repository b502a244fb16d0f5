import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeCheckout, run, write } from './checkout.ts';

const TOOL = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const { versions, platform, arch } = process;
const LIBRARY = 'packages/state/node_modules/better-sqlite3';
const ADDON = `${LIBRARY}/lib/binding/node-v${versions.modules}-${platform}-${arch}/better_sqlite3.node`;
const GYP = 'node_modules/pnpm/dist/node_modules/node-gyp/bin/node-gyp.js';

let checkout: ReturnType<typeof makeCheckout>;
let repo: string;

/** The real tool, with stand-ins for the library, which wants its addon as text, and for node-gyp, which counts its calls. */
beforeEach(() => {
  checkout = makeCheckout();
  repo = checkout.repo;
  for (const name of fs.readdirSync(TOOL).filter((file) => /\.[cm]js$/.test(file)))
    write(repo, `tools/build/${name}`, fs.readFileSync(path.join(TOOL, name), 'utf8'));
  write(repo, 'packages/state/package.json', '{}');
  write(repo, `${LIBRARY}/package.json`, '{"name":"better-sqlite3","version":"1.2.3","main":"lib/index.js"}');
  write(
    repo,
    `${LIBRARY}/lib/index.js`,
    `const file = ${JSON.stringify(path.join(repo, ADDON))};
     module.exports = class {
       constructor(name, { nativeBinding = file }) {
         if (require('fs').readFileSync(nativeBinding, 'utf8') !== 'whole') process.exit(3);
       }
       close() {}
     };`,
  );
  for (const name of ['binding.gyp', 'deps/one.c', 'src/two.cpp']) write(repo, `${LIBRARY}/${name}`, 'x');
  headers('headers', versions.modules);
  gyp(
    "fs.mkdirSync('build/Release', { recursive: true }); fs.writeFileSync('build/Release/better_sqlite3.node', 'whole');",
  );
});
afterEach(() => checkout.remove());

function headers(folder: string, abi: string) {
  write(repo, `${folder}/include/node/node_api.h`, '');
  write(
    repo,
    `${folder}/include/node/node_version.h`,
    `#if x\n#define NODE_MODULE_VERSION y\n#endif\n#define NODE_MODULE_VERSION ${abi}\n`,
  );
}
function gyp(work: string) {
  const log = JSON.stringify(path.join(repo, 'gyp.log'));
  write(
    repo,
    GYP,
    `const fs = require('fs'); fs.appendFileSync(${log}, process.argv.slice(2).join(' ') + ' in ' + fs.readdirSync('.').sort() + '\\n');\n${work}`,
  );
}
function calls(): string[] {
  const file = path.join(repo, 'gyp.log');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n') : [];
}
function native(options: object = {}) {
  const given = { repo, headers: ['nowhere', 'headers'].map((name) => path.join(repo, name)), ...options };
  write(
    repo,
    'ask.mjs',
    `import { ensureNative } from './tools/build/native.mjs'; await ensureNative(${JSON.stringify(given)});`,
  );
  return run(process.execPath, [path.join(repo, 'ask.mjs')], { env: { TMPDIR: repo } });
}
const leftovers = () => fs.readdirSync(repo).filter((name) => name.startsWith('codex-native-'));

describe('the addon', () => {
  it('is compiled against the first matching headers, once, and put where the library looks', async () => {
    const first = await native();
    expect(first).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(/^codex: compiling SQLite.*\n$/),
    });
    expect(fs.readFileSync(path.join(repo, ADDON), 'utf8')).toBe('whole');
    expect(calls()).toEqual([
      `rebuild --release --nodedir=${path.join(repo, 'headers')} --jobs=max in binding.gyp,deps,package.json,src`,
    ]);
    expect(await native()).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    expect(calls()).toHaveLength(1);
    expect(leftovers()).toEqual([]);
  });

  it('outlives an installation that makes the library anew', async () => {
    await native();
    fs.rmSync(path.join(repo, `${LIBRARY}/lib/binding`), { recursive: true });
    expect(await native()).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    expect(fs.readFileSync(path.join(repo, ADDON), 'utf8')).toBe('whole');
    expect(calls()).toHaveLength(1);
  });

  it('is built once when several ask at the same time', async () => {
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => native()));
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(calls()).toHaveLength(1);
    expect(fs.readdirSync(path.dirname(path.join(repo, ADDON)))).toEqual(['better_sqlite3.node']);
  });

  it('is not built with headers of another Node', async () => {
    headers('headers', '1');
    const { code, stderr } = await native();
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 0, lines: 1 });
    expect(stderr).toMatch(/without SQLite.*no headers of Node v\d+.*npm run setup -- --native/);
    expect(calls()).toEqual([]);
  });

  it('that cannot be compiled stops nothing, and is tried again only when asked for', async () => {
    gyp("console.log('make: g++: No such file'); console.error('gyp ERR! not found: make'); process.exit(1);");
    expect(await native()).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/compiling it failed: .*not found: make/),
    });
    expect(await native()).toMatchObject({ code: 0, stderr: expect.stringMatching(/an earlier attempt failed/) });
    expect(calls()).toHaveLength(1);
    gyp(
      "fs.mkdirSync('build/Release', { recursive: true }); fs.writeFileSync('build/Release/better_sqlite3.node', 'whole');",
    );
    await native({ again: true });
    expect(fs.readFileSync(path.join(repo, ADDON), 'utf8')).toBe('whole');
    expect(fs.readdirSync(path.join(repo, 'dist'))).toEqual(['native']);
    expect(leftovers()).toEqual([]);
  });

  it('that takes its process down counts as missing', async () => {
    gyp(
      "fs.mkdirSync('build/Release', { recursive: true }); fs.writeFileSync('build/Release/better_sqlite3.node', 'broken');",
    );
    expect(await native()).toMatchObject({ code: 0, stderr: expect.stringMatching(/cannot be loaded/) });
    expect(fs.existsSync(path.join(repo, ADDON))).toBe(false);
  });

  it('is nobody’s concern where the library is not installed, or node-gyp is not', async () => {
    fs.rmSync(path.join(repo, GYP));
    expect(await native()).toMatchObject({ code: 0, stderr: expect.stringMatching(/node-gyp is not installed/) });
    fs.rmSync(path.join(repo, LIBRARY), { recursive: true });
    expect(await native()).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  });

  it('is no part of a start, and of a setup only when asked for', async () => {
    fs.copyFileSync(path.resolve(TOOL, '../../codex'), path.join(repo, 'codex'));
    write(repo, 'package.json', '{"packageManager":"pnpm@10.34.8"}');
    const rolldown = fs.realpathSync(path.join(TOOL, 'node_modules/rolldown'));
    const npx = `mkdir -p node_modules/.pnpm; cp pnpm-lock.yaml node_modules/.pnpm/lock.yaml; ln -sfn ${rolldown} node_modules/rolldown`;
    write(repo, 'bin/npx', `#!/bin/sh\n${npx}\n`);
    fs.chmodSync(path.join(repo, 'bin/npx'), 0o755);
    const env = {
      PATH: `${repo}/bin:${process.env['PATH']}`,
      TMPDIR: repo,
      npm_config_nodedir: path.join(repo, 'headers'),
    };
    expect(await run(path.join(repo, 'codex'), ['x'], { env })).toMatchObject({ code: 0, stdout: '{"rest":["x"]}\n' });
    expect(calls()).toEqual([]);
    await run(process.execPath, [path.join(repo, 'tools/build/bootstrap.mjs'), '--native'], { env });
    expect(calls()).toHaveLength(1);
    // An installation loses it, the next start puts it back.
    for (const lost of [`${LIBRARY}/lib/binding`, 'node_modules/.pnpm']) {
      fs.rmSync(path.join(repo, lost), { recursive: true });
    }
    fs.appendFileSync(path.join(repo, 'pnpm-lock.yaml'), '# another');
    await run(path.join(repo, 'codex'), ['x'], { env });
    expect(fs.readFileSync(path.join(repo, ADDON), 'utf8')).toBe('whole');
    expect(calls()).toHaveLength(1);
  });
});
