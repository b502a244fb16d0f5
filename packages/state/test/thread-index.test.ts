import { mkdir, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ListedThread, ThreadFiles } from '@codex/protocol';
import { listRollouts } from '@codex/rollout';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { State, ThreadPage, ThreadQuery } from '../src/index.ts';
import { CREATED, filesOf, type Made, makeThread, tempFolder, uuid } from './support/home.ts';
import { NEVER, sqliteTest, stateAt } from './support/state.ts';

const FIRST: ThreadQuery = { archived: false, sortKey: 'created_at', cursor: null, limit: 25 };
const previews = (page: ThreadPage | null) => page?.data.map(({ preview }) => preview);

async function filled(home: string): Promise<State> {
  const state = stateAt(await tempFolder());
  expect(await state.threads.backfill(filesOf(home), NEVER)).toMatchObject({ kind: 'done' });
  return state;
}

/** What the program asks of a list, and the same as one predicate for lists from files. */
type Asked = Pick<ThreadQuery, 'cwd' | 'providers' | 'sources' | 'searchTerm' | 'titled' | 'filter'>;
function predicate(asked: Asked): (row: Omit<ListedThread, 'archived' | 'listed'>) => boolean {
  const { cwd, providers, sources, searchTerm, titled } = asked;
  return (row) =>
    (cwd === undefined || row.cwd === cwd) &&
    (!providers || providers.includes(row.modelProvider)) &&
    (!sources || sources.includes(typeof row.source === 'string' ? row.source : 'subAgent')) &&
    (!searchTerm || row.preview.includes(searchTerm) || (titled?.includes(row.id) ?? false)) &&
    (!asked.filter || asked.filter(row as ListedThread));
}

const text = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(fc.constantFrom('ab', 'Ab', 'c', ' ', '"', '😀', 'é', '%_'), { maxLength: 12 })
      .map((parts) => parts.join('')),
  },
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('a\0bcd', '\ud83dabc', 'x'.repeat(20_000) + 'abcd'),
);
const made = (index: number): fc.Arbitrary<Made> =>
  fc.record({
    id: fc.constant(uuid(index)),
    created: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: -40_000_000, max: 40_000_000 })),
    updated: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.double({ min: 0, max: 1e6, noNaN: true })),
    archived: fc.boolean(),
    preview: fc.oneof({ weight: 5, arbitrary: text }, fc.constant(null)),
    cwd: fc.constantFrom('/a', '/b', '/b '),
    source: fc.constantFrom('cli', 'vscode', 'exec', 'mcp', { subagent: 'review' }),
    provider: fc.constantFrom('mock', 'other', null),
  });
const homes = fc
  .integer({ min: 0, max: 24 })
  .chain((size) => fc.tuple(...Array.from({ length: size }, (_, i) => made(i))));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const questions: fc.Arbitrary<Asked & Pick<ThreadQuery, 'archived' | 'sortKey' | 'limit'>> = fc
  .record({
    archived: fc.boolean(),
    sortKey: fc.constantFrom('created_at' as const, 'updated_at' as const),
    limit: fc.integer({ min: -1, max: 9 }),
    cwd: maybe(fc.constantFrom('/a', '/b')),
    providers: maybe(fc.subarray(['mock', 'other', null])),
    sources: maybe(fc.subarray(['cli', 'vscode', 'exec', 'subAgent'])),
    searchTerm: maybe(fc.oneof(text, fc.constantFrom('ab', 'abA', '\ud83d', 'abcd'))),
    titled: maybe(fc.subarray([0, 1, 2, 3, 4].map(uuid))),
    filter: maybe(fc.constant((row: ListedThread) => row.createdAt % 2000 === 0)),
  })
  .map((asked) => Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as never);

describe('lists', () => {
  sqliteTest('are those that the files give, page by page, whatever is asked', async () => {
    await fc.assert(
      fc.asyncProperty(homes, fc.array(questions, { minLength: 4, maxLength: 8 }), async (threads, asked) => {
        const home = await tempFolder();
        for (const thread of threads) await makeThread(home, thread);
        const state = await filled(home);
        for (const each of asked) {
          for (let cursor: string | null = null; ; ) {
            const query = { ...each, cursor };
            const expected = await listRollouts({ ...query, home, filter: predicate(each) });
            const found = await state.threads.list(query, filesOf(home));
            expect({
              ...found,
              data: found?.data.map(({ archived: _a, listed: _l, ...row }) => row),
            }).toEqual(expected);
            cursor = expected.nextCursor;
            if (cursor === null) break;
          }
        }
        await state.close();
      }),
      { numRuns: 25 },
    );
  });

  sqliteTest('take and refuse the cursors that lists from files do', async () => {
    const home = await tempFolder();
    for (const created of [0, 1, 2]) await makeThread(home, { id: uuid(created), created });
    const { threads } = await filled(home);
    const cursors = [
      '',
      'x',
      '2026-11-21|x',
      `2026-11-21T11:00:17|${uuid(1)}`,
      `2026-11-21T11:00:14Z|${uuid(1)}|x`,
    ].concat(
      ['2026-11-21T11:00:14Z', '2026-11-21T12:00:14.000+01:00', '2026-11-21T11-00-14'].map((at) => `${at}|${uuid(1)}`),
    );
    for (const cursor of cursors) {
      const expected = await listRollouts({ ...FIRST, home, cursor, filter: () => true }).then(
        ({ data }) => data.map(({ id }) => id),
        ({ code, message }: { code: string; message: string }) => ({ code, message }),
      );
      const found = await threads.list({ ...FIRST, cursor }, filesOf(home)).then(
        (page) => page?.data.map(({ id }) => id),
        ({ code, message }: { code: string; message: string }) => ({ code, message }),
      );
      expect(found).toEqual(expected);
    }
  });

  sqliteTest('find rare and common texts among many, by every kind of term', async () => {
    const { threads } = stateAt(await tempFolder());
    const rows = Array.from({ length: 3_000 }, (_, i): ListedThread => {
      const at = CREATED + i * 1000;
      const preview = `common words, number ${i}.${i === 700 ? ' The "needle"; αβγ Straße 100% a_c word_ 🙂 \\' : ''}`;
      return { ...row(i, at), preview };
    });
    const files = filesLike(rows);
    await threads.backfill(files, NEVER);
    const search = async (searchTerm: string) =>
      (await threads.list({ ...FIRST, searchTerm }, files))?.data.map(({ id }) => id);
    for (const term of ['"needle"', 'needle"; αβγ', 'ße', '0%', 'α', '🙂', 'a_c', '%', '\\', 'Straße 100%', 'word_'])
      expect([term, await search(term)]).toEqual([term, [uuid(700)]]);
    expect(await search('common')).toHaveLength(25);
    expect(await search('number 2999')).toEqual([uuid(2999)]);
    for (const term of ['Needle', 'needle" OR "common', 'nothing like it', '*', 'x'.repeat(100_000), 'common_words'])
      expect(await search(term)).toEqual([]);
    const titled = { searchTerm: 'nothing', titled: [uuid(5)] };
    expect((await threads.list({ ...FIRST, ...titled }, files))?.data[0]?.id).toBe(uuid(5));
    rows[700] = { ...row(700, CREATED), preview: 'changed' };
    rows.length = 2_999;
    await threads.backfill(files, NEVER);
    expect([await search('needle'), await search('changed'), await search('number 2999')]).toEqual([
      [],
      [uuid(700)],
      [],
    ]);
  });
});

describe('an index that another process has filled', () => {
  /** What a new process finds: an index, and folders that have not changed for long. */
  async function found(count: number) {
    const [home, folder] = [await tempFolder(), await tempFolder()];
    const paths: string[] = [];
    for (let n = 0; n < count; n++) paths.push(await makeThread(home, { id: uuid(n), created: n * 50_000 }));
    await mkdir(join(home, 'archived_sessions'));
    for (const path of [join(home, 'archived_sessions', 'x'), ...paths]) await utimes(dirname(path), 1_000, 1_000);
    const before = stateAt(folder);
    await before.threads.backfill(filesOf(home), NEVER);
    await before.close();
    const files = filesOf(home);
    const looked: string[] = [];
    const within = (path: string) => {
      looked.push(path);
      return files.within(path);
    };
    const { threads } = stateAt(folder);
    const numbers = async (query: Partial<ThreadQuery> = {}) => {
      const page = await threads.list({ ...FIRST, ...query }, { ...files, within });
      return page && page.data.map(({ id }) => Number.parseInt(id.slice(-3), 16));
    };
    return { home, paths, files, looked, threads, numbers };
  }

  sqliteTest('is used at once, without reading a file or a folder', async () => {
    const { files, looked, threads, numbers } = await found(5);
    expect(await threads.ready()).toBe(true);
    expect(await numbers()).toEqual([4, 3, 2, 1, 0]);
    expect({ reads: files.reads, looked }).toEqual({ reads: 0, looked: [] });
  });

  sqliteTest('knows what came, went and moved since, and reads only that', async () => {
    const { home, paths, files, looked, numbers } = await found(5);
    await makeThread(home, { id: uuid(8), created: 1 });
    await makeThread(home, { id: uuid(9), created: 9_000_000 });
    await rm(paths[1] ?? '');
    await rm(dirname(paths[2] ?? ''), { recursive: true });
    await rename(paths[3] ?? '', await makeThread(home, { id: uuid(3), created: 150_000, archived: true }));
    expect([await numbers(), await numbers({ archived: true })]).toEqual([[9, 4, 8, 0], [3]]);
    expect(files.reads).toBe(3);
    expect(new Set(looked).size).toBe(5);
  });

  sqliteTest('follows what is unarchived into a folder of long ago', async () => {
    const { home, paths, numbers } = await found(40);
    const archived = join(home, 'archived_sessions', 'away');
    await rename(paths[0] ?? '', archived);
    expect((await numbers({ limit: 100 }))?.at(-1)).toBe(1);
    await rename(archived, paths[0] ?? '');
    expect((await numbers({ limit: 100 }))?.at(-1)).toBe(0);
  });

  sqliteTest('says so when there is more to read than somebody waits for', async () => {
    const { home, threads, files, numbers } = await found(2);
    for (let n = 100; n < 601; n++) await makeThread(home, { id: uuid(n), created: n });
    expect(await numbers()).toBeNull();
    await threads.backfill(files, NEVER);
    expect(await numbers()).toHaveLength(25);
  });

  sqliteTest('never shows what is gone, however much goes while a page is made', async () => {
    const { files, threads } = await found(40);
    const modifiedAt = () => Promise.resolve(null);
    const page = await threads.list({ ...FIRST, limit: 5 }, { ...files, modifiedAt });
    expect(page?.data).toEqual([]);
    expect(page?.nextCursor).toEqual(expect.any(String));
  });
});

describe('a page that is compared with its files', () => {
  sqliteTest('shows what was written since, and drops what is gone', async () => {
    const home = await tempFolder();
    const paths = [];
    for (const created of [0, 1, 2, 3]) paths.push(await makeThread(home, { id: uuid(created), created }));
    const { threads } = await filled(home);
    await rm(paths[3] ?? '');
    await utimes(paths[0] ?? '', CREATED / 1000 + 9, CREATED / 1000 + 9);
    await makeThread(home, { id: uuid(1), created: 1, updated: 5, preview: 'other' });
    const page = async (query: Partial<ThreadQuery>) =>
      previews(await threads.list({ ...FIRST, ...query }, filesOf(home)));
    expect(await page({ limit: 2 })).toEqual(['message 2', 'other']);
    expect(await page({ sortKey: 'updated_at' })).toEqual(['message 0', 'other', 'message 2']);
  });

  sqliteTest('follows a thread into the archive', async () => {
    const home = await tempFolder();
    const from = await makeThread(home, { id: uuid(1), created: 1 });
    const to = await makeThread(home, { id: uuid(1), created: 1, archived: true });
    await rename(from, to);
    const { threads } = await filled(home);
    await rename(to, from);
    expect(previews(await threads.list(FIRST, filesOf(home)))).toEqual(['message 1']);
    expect(previews(await threads.list({ ...FIRST, archived: true }, filesOf(home)))).toEqual([]);
  });
});

function row(n: number, at: number): ListedThread {
  return {
    id: uuid(n),
    path: `/home/${n}`,
    archived: false,
    listed: { id: uuid(n), at },
    preview: `message ${n}`,
    cwd: '/d',
    source: 'cli',
    modelProvider: 'mock',
    createdAt: at,
    updatedAt: at,
    cliVersion: '0',
    gitInfo: null,
    agentNickname: null,
    agentRole: null,
    forkedFromId: null,
  };
}

/** Files that are exactly what the rows say, in one folder that never settles. */
function filesLike(rows: ListedThread[]): ThreadFiles {
  const find = (path: string) => rows.find((each) => each.path === path) ?? null;
  return {
    archive: '/archive',
    async *all() {
      for (const { path, updatedAt } of rows) yield { path, modifiedAt: updatedAt };
    },
    read: (path) => Promise.resolve(find(path)),
    modifiedAt: (path) => Promise.resolve(find(path)?.updatedAt ?? null),
    async *folders() {},
    within: () => Promise.resolve([]),
  };
}
