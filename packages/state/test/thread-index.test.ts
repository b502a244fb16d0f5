import { rename, rm, utimes } from 'node:fs/promises';
import { listRollouts } from '@codex/rollout';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { State, ThreadPage, ThreadQuery, ThreadRow } from '../src/index.ts';
import { CREATED, filesOf, type Made, makeThread, readRow, tempFolder, uuid } from './support/home.ts';
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
function predicate(asked: Asked): (row: Omit<ThreadRow, 'archived' | 'listed'>) => boolean {
  const { cwd, providers, sources, searchTerm, titled } = asked;
  return (row) =>
    (cwd === undefined || row.cwd === cwd) &&
    (!providers || providers.includes(row.modelProvider)) &&
    (!sources || sources.includes(typeof row.source === 'string' ? row.source : 'subAgent')) &&
    (!searchTerm || row.preview.includes(searchTerm) || (titled?.includes(row.id) ?? false)) &&
    (!asked.filter || asked.filter(row as ThreadRow));
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
    filter: maybe(fc.constant((row: ThreadRow) => row.createdAt % 2000 === 0)),
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
      const found = await threads.list({ ...FIRST, cursor }).then(
        (page) => page?.data.map(({ id }) => id),
        ({ code, message }: { code: string; message: string }) => ({ code, message }),
      );
      expect(found).toEqual(expected);
    }
  });

  sqliteTest('find rare and common texts among many, by every kind of term', async () => {
    const { threads } = stateAt(await tempFolder());
    const rows = Array.from({ length: 3_000 }, (_, i): ThreadRow => {
      const at = CREATED + i * 1000;
      const preview = `common words, number ${i}.${i === 700 ? ' The "needle"; αβγ Straße 100%' : ''}`;
      return { ...row(i, at), preview };
    });
    await threads.upsert(rows);
    await threads.backfill(nothingElse(rows), NEVER);
    const search = async (searchTerm: string) =>
      (await threads.list({ ...FIRST, searchTerm }))?.data.map(({ id }) => id);
    for (const term of ['"needle"', 'needle"; αβγ', 'ße', '0%', 'α', 'Straße 100%'.repeat(1)])
      expect([term, await search(term)]).toEqual([term, [uuid(700)]]);
    expect(await search('common')).toHaveLength(25);
    expect(await search('number 2999')).toEqual([uuid(2999)]);
    for (const term of ['Needle', 'needle" OR "common', 'nothing like it', '*']) expect(await search(term)).toEqual([]);
    expect((await threads.list({ ...FIRST, searchTerm: 'nothing', titled: [uuid(5)] }))?.data[0]?.id).toBe(uuid(5));
    await threads.upsert([{ ...row(700, CREATED), preview: 'changed' }]);
    await threads.remove(uuid(2999));
    expect([await search('needle'), await search('changed'), await search('number 2999')]).toEqual([
      [],
      [uuid(700)],
      [],
    ]);
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
    expect((await threads.get(uuid(0)))?.updatedAt).toBe(CREATED + 9000);
    expect(await threads.get(uuid(3))).toBeNull();
  });

  sqliteTest('follows a thread into the archive', async () => {
    const home = await tempFolder();
    const from = await makeThread(home, { id: uuid(1), created: 1 });
    const to = await makeThread(home, { id: uuid(1), created: 1, archived: true });
    await rename(from, to);
    const { threads } = await filled(home);
    await rename(to, from);
    await threads.remove(uuid(1));
    await threads.upsert([(await readRow(from)) as ThreadRow]);
    expect(previews(await threads.list(FIRST, filesOf(home)))).toEqual(['message 1']);
    expect(previews(await threads.list({ ...FIRST, archived: true }, filesOf(home)))).toEqual([]);
  });
});

function row(n: number, at: number): ThreadRow {
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

/** Files that are exactly what the rows say. */
function nothingElse(rows: ThreadRow[]) {
  const byPath = new Map(rows.map((each) => [each.path, each]));
  return {
    async *all() {
      for (const { path, updatedAt } of rows) yield { path, modifiedAt: updatedAt };
    },
    read: (path: string) => Promise.resolve(byPath.get(path) ?? null),
    modifiedAt: (path: string) => Promise.resolve(byPath.get(path)?.updatedAt ?? null),
  };
}
