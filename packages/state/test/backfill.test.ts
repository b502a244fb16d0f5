import { spawn } from 'node:child_process';
import { rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundled } from './support/bundled.ts';
import { describe, expect } from 'vitest';
import type { ThreadFiles } from '@codex/protocol';
import { CREATED, filesOf, makeThread, tempFolder, uuid } from './support/home.ts';
import { NEVER, sqliteTest, stateAt } from './support/state.ts';

const FIRST = { archived: false, sortKey: 'created_at', cursor: null, limit: 100 } as const;

async function homeOf(count: number): Promise<string> {
  const home = await tempFolder();
  for (let i = 0; i < count; i++) await makeThread(home, { id: uuid(i), created: i });
  return home;
}

describe('a backfill', () => {
  sqliteTest('whose process is killed is finished by the next one', async () => {
    const [home, folder] = [await homeOf(400), await tempFolder()];
    const script = await bundled(join(import.meta.dirname, 'support/filler.ts'), folder);
    const child = spawn(process.execPath, [script, folder, home], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    const { threads } = stateAt(folder);
    expect(await threads.ready()).toBe(false);
    const result = await threads.backfill(filesOf(home), NEVER);
    expect(result).toMatchObject({ kind: 'done', files: 400 });
    expect(result).toHaveProperty(
      'read',
      expect.toSatisfy((count: number) => count > 0 && count < 400),
    );
    expect((await threads.list(FIRST, filesOf(home)))?.data).toHaveLength(100);
  });

  sqliteTest('reads only what is new or was written since, and forgets what is gone', async () => {
    const [home, folder] = [await homeOf(3), await tempFolder()];
    const silent = await makeThread(home, { id: uuid(9), created: 9, preview: null });
    const { threads } = stateAt(folder);
    expect(await threads.backfill(filesOf(home), NEVER)).toEqual({ kind: 'done', files: 4, read: 4, removed: 0 });
    expect(await stateAt(folder).threads.backfill(filesOf(home), NEVER)).toMatchObject({ read: 0, removed: 0 });
    const [gone, touched] = [0, 1].map((i) => makeThread(home, { id: uuid(i), created: i }));
    await rm((await gone) ?? '');
    await utimes((await touched) ?? '', 5, 5);
    await makeThread(home, { id: uuid(7), created: 7 });
    await rm(silent);
    await makeThread(home, { id: uuid(9), created: 9, updated: 10 });
    expect(await threads.backfill(filesOf(home), NEVER)).toEqual({ kind: 'done', files: 4, read: 3, removed: 1 });
    const found = (await threads.list(FIRST, filesOf(home)))?.data.map(({ id }) => id);
    expect(found).toEqual([9, 7, 2, 1].map(uuid));
  });

  sqliteTest('goes on where one was stopped', async () => {
    const [home, folder] = [await homeOf(450), await tempFolder()];
    const files = filesOf(home);
    const stop = new AbortController();
    const read = (path: string) => {
      if (files.reads >= 300) stop.abort();
      return files.read(path);
    };
    const first = stateAt(folder).threads;
    expect(await first.backfill({ ...files, read }, stop.signal)).toEqual({ kind: 'stopped' });
    expect(await first.ready()).toBe(false);
    const { threads } = stateAt(folder);
    const result = await threads.backfill(filesOf(home), NEVER);
    expect(result).toMatchObject({ kind: 'done', files: 450 });
    expect(result).toHaveProperty(
      'read',
      expect.toSatisfy((count: number) => count > 0 && count <= 250),
    );
    expect((await threads.list(FIRST, filesOf(home)))?.data).toHaveLength(100);
  });

  sqliteTest('is done by one process, for which the others wait', async () => {
    const [home, folder] = [await homeOf(300), await tempFolder()];
    const sources = Array.from({ length: 4 }, () => filesOf(home));
    const states = sources.map(() => stateAt(folder));
    const results = await Promise.all(
      states.map(({ threads }, i) => threads.backfill(sources[i] ?? filesOf(home), NEVER)),
    );
    for (const result of results) expect(result).toMatchObject({ kind: 'done', files: 300 });
    expect(sources.reduce((sum, { reads }) => sum + reads, 0)).toBe(300);
  });

  sqliteTest('called twice runs once', async () => {
    const home = await homeOf(2);
    const files = filesOf(home);
    const { threads } = stateAt(await tempFolder());
    const [a, b] = await Promise.all([threads.backfill(files, NEVER), threads.backfill(files, NEVER)]);
    expect([a, files.reads]).toEqual([b, 2]);
  });

  sqliteTest('keeps a thread that appeared while the folders were read', async () => {
    const [home, folder] = [await homeOf(1), await tempFolder()];
    const [{ threads }, { threads: other }] = [stateAt(folder), stateAt(folder)];
    const files = filesOf(home);
    const late: ThreadFiles = {
      ...files,
      async *all() {
        yield* files.all();
        await makeThread(home, { id: uuid(5), created: 5 });
        await other.backfill(filesOf(home), NEVER);
      },
    };
    await threads.backfill(late, NEVER);
    expect((await threads.list(FIRST, filesOf(home)))?.data.map(({ id }) => id)).toEqual([uuid(5), uuid(0)]);
  });

  sqliteTest('passes over a file that cannot be read, and a folder that cannot is no success', async () => {
    const home = await homeOf(2);
    await writeFile((await makeThread(home, { id: uuid(6), created: 6 })) ?? '', '\0{"x":');
    const { threads } = stateAt(await tempFolder());
    const files = filesOf(home);
    const read = (path: string) => (path.includes(uuid(0)) ? Promise.reject(new Error('EIO')) : files.read(path));
    expect(await threads.backfill({ ...files, read }, NEVER)).toMatchObject({ kind: 'done', files: 3 });
    expect((await threads.list(FIRST, filesOf(home)))?.data.map(({ id, createdAt }) => [id, createdAt])).toEqual([
      [uuid(1), CREATED + 1000],
    ]);
    const next = () => Promise.reject(new Error('EACCES'));
    const broken: ThreadFiles = { ...files, all: () => ({ [Symbol.asyncIterator]: () => ({ next }) }) };
    expect(await threads.backfill(broken, NEVER)).toEqual({ kind: 'unavailable', reason: 'EACCES' });
  });

  sqliteTest('stops at once when it was stopped before', async () => {
    const { threads } = stateAt(await tempFolder());
    expect(await threads.backfill(filesOf(await homeOf(1)), AbortSignal.abort())).toEqual({ kind: 'stopped' });
  });
});
