import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { build } from '../build.mjs';
import { makeCheckout, run } from './checkout.ts';

let checkout: ReturnType<typeof makeCheckout>;
let folder: string;

beforeAll(async () => {
  checkout = makeCheckout();
  ({ folder } = await build(checkout.repo, { warmUp: false }));
});
afterAll(() => checkout.remove());
beforeEach(() => {
  for (const name of cacheFolders()) fs.rmSync(path.join(folder, name), { recursive: true, force: true });
});

const start = (args: string[], env: Record<string, string> = {}) =>
  run(process.execPath, [path.join(folder, 'loader.cjs'), ...args], { env });
const cacheFolders = () => fs.readdirSync(folder).filter((name) => name.startsWith('cache-'));
const caches = () =>
  cacheFolders().flatMap((name) =>
    fs.readdirSync(path.join(folder, name)).map((file) => path.join(folder, name, file)),
  );
const hello = { code: 0, signal: null, stdout: 'héllo a+b\n', stderr: '' };

describe('loader', () => {
  it('runs chunks, keeps their cache, and does not write an accepted one again', async () => {
    expect(await start(['chunk', 'a', 'b'])).toEqual(hello);
    const written = caches().map((file) => ({ file, ino: fs.statSync(file).ino }));
    expect(written).toHaveLength(2);
    expect(await start(['chunk', 'a', 'b'])).toEqual(hello);
    expect(caches().map((file) => ({ file, ino: fs.statSync(file).ino }))).toEqual(written);
  });

  it('finds native packages where their importer would', async () => {
    const { stdout } = await start(['native']);
    expect(stdout.trim()).toBe(path.join(checkout.repo, 'apps/cli/node_modules/better-sqlite3/index.js'));
  });

  it('replaces a cache that is cut short, empty or foreign, and answers right all the while', async () => {
    await start(['chunk', 'a', 'b']);
    const whole = caches().map((file) => [file, fs.readFileSync(file)] as const);
    const damages: ((data: Buffer) => Buffer)[] = [
      () => Buffer.alloc(0),
      () => Buffer.from('not a cache'),
      (data) => data.subarray(0, 20),
      (data) => data.subarray(0, data.length >> 1),
      (data) => data.subarray(0, data.length - 1),
      (data) => Buffer.from(data.map((byte, at) => (at === data.length >> 1 ? byte ^ 0xff : byte))),
    ];
    for (const damage of damages) {
      for (const [file, data] of whole) fs.writeFileSync(file, damage(data));
      expect(await start(['chunk', 'a', 'b'])).toEqual(hello);
      for (const [file, data] of whole)
        expect(Math.abs(fs.statSync(file).size - data.length)).toBeLessThan(data.length / 2);
    }
  });

  it('lets many first starts race', async () => {
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => start(['chunk', 'a', 'b'])));
    for (const outcome of outcomes) expect(outcome).toEqual(hello);
    expect(caches().filter((file) => file.endsWith('.tmp'))).toEqual([]);
    expect(await start(['chunk', 'a', 'b'])).toEqual(hello);
  });

  it('ignores what a killed writer left, and clears it away later', async () => {
    await start(['chunk', 'a', 'b']);
    const [first] = caches();
    const leftover = `${first}.99999-1.tmp`;
    fs.writeFileSync(leftover, 'half');
    expect(await start(['chunk', 'a', 'b'])).toEqual(hello);
    fs.utimesSync(leftover, 0, 0);
    expect(await start(['chunk', 'a', 'b'], { CODEX_CODE_CACHE: 'refresh' })).toEqual(hello);
    expect(fs.existsSync(leftover)).toBe(false);
  });

  it('works where no cache can be kept', async () => {
    await start(['chunk', 'a', 'b']);
    const [name] = cacheFolders();
    fs.rmSync(path.join(folder, name!), { recursive: true });
    fs.writeFileSync(path.join(folder, name!), 'in the way');
    expect(await start(['chunk', 'a', 'b'])).toEqual(hello);
  });

  it('writes nothing when switched off', async () => {
    expect(await start(['chunk', 'a', 'b'], { CODEX_CODE_CACHE: 'off' })).toEqual(hello);
    expect(caches()).toEqual([]);
  });
});
