import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { open, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '@codex/base';
import { describe, expect, test } from 'vitest';
import { INDEX_FILE, LOGS_FILE, type SqliteLoader, type State } from '../src/index.ts';
import { bundled } from './support/bundled.ts';
import { filesOf, makeThread, tempFolder, uuid } from './support/home.ts';
import { expectFallback, NEVER, sqliteTest, stateAt, testClock, warnings, withoutAddon } from './support/state.ts';

const FIRST = { archived: false, sortKey: 'created_at', cursor: null, limit: 25 } as const;

/** A clock on which waiting is over at once, and moves the time. */
function hurriedClock(): Clock & { skip(ms: number): void } {
  let ahead = 0;
  return {
    ...systemClock,
    now: () => testClock().now() + ahead,
    sleep(ms, signal) {
      ahead += ms * 20;
      return systemClock.sleep(1, signal);
    },
    skip(ms) {
      ahead += ms;
    },
  };
}

async function homeOf(count: number): Promise<string> {
  const home = await tempFolder();
  for (let i = 0; i < count; i++) await makeThread(home, { id: uuid(i), created: i });
  return home;
}

async function listed(state: State, home: string): Promise<number | null> {
  return (await state.threads.list(FIRST, filesOf(home)))?.data.length ?? null;
}

async function raw(path: string) {
  const { default: Database } = await import('better-sqlite3');
  return new Database(path);
}

describe('without a usable database', () => {
  test('a missing addon is asked for once and leaves no file', async () => {
    let loads = 0;
    const folder = await tempFolder();
    const sqlite: SqliteLoader = () => {
      loads += 1;
      return withoutAddon();
    };
    const log = warnings();
    const clock = hurriedClock();
    const state = stateAt(folder, { sqlite, log, clock });
    await expectFallback(state);
    clock.skip(1e9);
    await state.threads.backfill(filesOf(folder), NEVER);
    expect({ loads, warnings: log.texts.length, files: await readdir(folder) }).toEqual({
      loads: 2,
      warnings: 2,
      files: [],
    });
  });

  test('a folder that cannot be made', async () => {
    const file = join(await tempFolder(), 'file');
    await writeFile(file, '');
    await expectFallback(stateAt(join(file, 'folder')));
  });

  test('a folder that cannot be written', async () => {
    await expectFallback(stateAt('/proc/self'));
  });

  test('closing what was never opened, twice', async () => {
    const folder = await tempFolder();
    const state = stateAt(folder);
    await state.close();
    await state.close();
    expect(await state.threads.backfill(filesOf(folder), NEVER)).toEqual({ kind: 'unavailable', reason: 'closed' });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a database', () => {
  sqliteTest(
    'is opened by its first use, for its owner alone, under names that the original leaves alone',
    async () => {
      const folder = join(await tempFolder(), 'new', 'folder');
      const state = stateAt(folder);
      expect(existsSync(folder)).toBe(false);
      expect(state.status()).toEqual({ threads: { kind: 'unopened' }, logs: { kind: 'unopened' } });
      expect(await state.threads.list(FIRST, filesOf(folder))).toBeNull();
      expect(existsSync(folder)).toBe(false);
      await state.threads.backfill(filesOf(folder), NEVER);
      expect((await readdir(folder)).filter((name) => name.startsWith(LOGS_FILE))).toEqual([]);
      await state.logs.insert([]);
      expect(state.status()).toEqual({ threads: { kind: 'open' }, logs: { kind: 'open' } });
      const names = await readdir(folder);
      expect(names.filter((name) => /^(state|logs)/.test(name))).toEqual([]);
      expect(names.length).toBeGreaterThan(1);
      for (const name of names) expect([name, statSync(join(folder, name)).mode & 0o077]).toEqual([name, 0]);
    },
  );

  const damages: [string, (path: string) => Promise<void>][] = [
    ['no database', (path) => writeFile(path, 'no database at all'.repeat(100))],
    ['cut short', async (path) => writeFile(path, readFileSync(path).subarray(0, 5000))],
    ['without its tables', async (path) => void (await raw(path)).exec('DROP TABLE threads').close()],
    [
      'overwritten in the middle',
      async (path) => {
        const file = await open(path, 'r+');
        for (let page = 1; page < 12; page++) await file.write(Buffer.alloc(4096, 0xa5), 0, 4096, page * 4096);
        await file.close();
      },
    ],
  ];
  for (const [name, damage] of damages) {
    sqliteTest(`that is ${name} is moved aside and made again from the files`, async () => {
      const [home, folder] = [await homeOf(3), await tempFolder()];
      const path = join(folder, INDEX_FILE);
      const before = stateAt(folder);
      await before.threads.backfill(filesOf(home), NEVER);
      await before.close();
      await damage(path);
      const damaged = readFileSync(path);
      const clock = hurriedClock();
      const { threads } = stateAt(folder, { clock });
      await threads.backfill(filesOf(home), NEVER);
      clock.skip(60_000);
      expect(await threads.backfill(filesOf(home), NEVER)).toMatchObject({ kind: 'done', files: 3 });
      expect((await threads.list(FIRST, filesOf(home)))?.data).toHaveLength(3);
      expect(readFileSync(`${path}.damaged`).subarray(0, 64)).toEqual(damaged.subarray(0, 64));
    });
  }

  sqliteTest('deleted while in use is missed, and another one takes its place', async () => {
    const [home, folder, clock] = [await homeOf(2), await tempFolder(), hurriedClock()];
    const state = stateAt(folder, { clock });
    await state.threads.backfill(filesOf(home), NEVER);
    expect(await listed(state, home)).toBe(2);
    for (const name of await readdir(folder)) await rm(join(folder, name));
    clock.skip(60_000);
    expect(await listed(state, home)).toBeNull();
    expect(await state.threads.ready()).toBe(false);
    expect(await state.threads.backfill(filesOf(home), NEVER)).toMatchObject({ kind: 'done', read: 2 });
    expect(await listed(state, home)).toBe(2);
    expect(existsSync(join(folder, INDEX_FILE))).toBe(true);
  });

  sqliteTest('of a newer program is left as it is', async () => {
    const folder = await tempFolder();
    const path = join(folder, INDEX_FILE);
    (await raw(path)).exec('PRAGMA user_version = 99; CREATE TABLE theirs (x)').close();
    const state = stateAt(folder);
    expect(await state.threads.ready()).toBe(false);
    expect(state.status().threads).toEqual({
      kind: 'unavailable',
      reason: 'it was written by a newer version of this program',
    });
    const db = await raw(path);
    expect(db.pragma('user_version', { simple: true })).toBe(99);
    db.close();
  });

  sqliteTest('that another process keeps for itself is done without, and used again afterwards', async () => {
    const [home, folder, clock] = [await homeOf(2), await tempFolder(), hurriedClock()];
    const state = stateAt(folder, { clock });
    const files = filesOf(home);
    await state.threads.backfill(files, NEVER);
    const other = await raw(join(folder, INDEX_FILE));
    other.exec('BEGIN IMMEDIATE');
    expect(await listed(state, home)).toBe(2);
    await makeThread(home, { id: uuid(7), created: 7 });
    expect(await listed(state, home)).toBeNull();
    expect(await state.threads.ready()).toBe(false);
    expect(await listed(state, home)).toBeNull();
    expect(await state.threads.backfill(files, NEVER)).toEqual({
      kind: 'unavailable',
      reason: 'locked by another process',
    });
    other.exec('COMMIT');
    other.close();
    clock.skip(10_000);
    expect(await state.threads.backfill(files, NEVER)).toMatchObject({ kind: 'done', read: 1 });
    expect(await listed(state, home)).toBe(3);
  });

  sqliteTest('locked from the start keeps nobody waiting for long', async () => {
    const folder = await tempFolder();
    const other = await raw(join(folder, INDEX_FILE));
    other.exec('BEGIN EXCLUSIVE; CREATE TABLE x (y)');
    const clock = hurriedClock();
    const state = stateAt(folder, { clock });
    expect(await state.threads.ready()).toBe(false);
    expect(state.status().threads).toEqual({ kind: 'unavailable', reason: 'locked by another process' });
    other.exec('ROLLBACK');
    other.close();
    clock.skip(10_000);
    expect(await state.threads.backfill(filesOf(folder), NEVER)).toMatchObject({ kind: 'done' });
  });

  sqliteTest('is shared by many processes that open and close it all at once', async () => {
    const folder = await tempFolder();
    const script = await bundled(join(import.meta.dirname, 'support/opener.ts'), folder);
    const runs = Array.from({ length: 12 }, (_, i) => failuresOf(script, [folder, '16', uuid(i)]));
    expect(await Promise.all(runs)).toEqual(runs.map(() => '0\n'));
  });
});

function failuresOf(script: string, args: string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('close', () => resolve(output));
  });
}
