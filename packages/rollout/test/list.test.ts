import { mkdir, readFile, rename, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { countingIds, manualClock } from '@codex/base';
import type { ThreadSummary } from '@codex/protocol';
import { describe, expect, test } from 'vitest';
import {
  appendThreadName,
  archiveRollout,
  findArchived,
  findRollout,
  findThreadByName,
  listNewest,
  listRollouts,
  type ListOptions,
  readHeader,
  readThreadName,
  readThreadNames,
  rolloutPath,
  unarchiveRollout,
} from '../src/index.ts';
import {
  CREATED,
  fixture,
  headerFor,
  ID,
  said,
  stamp,
  tempHome,
  turnEnded,
  turnStarted,
  writerAt,
} from './support/files.ts';

const ids = countingIds();

/** Writes a thread that was created so many seconds after the first one; returns its id and path. */
async function thread(home: string, seconds: number, text = `message ${seconds}`, cwd = '/d') {
  const header = headerFor({ id: ids.uuid(), createdAt: CREATED + seconds * 1000, cwd });
  const writer = writerAt(home, { header });
  for (const event of stamp([turnStarted('t'), said('u', text), turnEnded], header.id, header.createdAt))
    writer.append(event);
  await writer.close();
  return { id: header.id, path: writer.path };
}

const page = (home: string, options: Partial<ListOptions> = {}) =>
  listRollouts({
    home,
    archived: false,
    sortKey: 'created_at',
    cursor: null,
    limit: 25,
    filter: () => true,
    ...options,
  });
const previews = (data: ThreadSummary[]) => data.map(({ preview }) => preview);

async function allPages(home: string, options: Partial<ListOptions>): Promise<string[][]> {
  const pages: string[][] = [];
  for (let cursor: string | null = null; ; ) {
    const { data, nextCursor } = await page(home, { ...options, cursor });
    pages.push(previews(data));
    if (nextCursor === null) return pages;
    cursor = nextCursor;
  }
}

describe('listing', () => {
  test('newest first, page by page, nothing twice, whatever the folders', async () => {
    const home = await tempHome();
    for (const seconds of [0, 3, 1, 90_000, 90_000, 3_000_000, -40_000_000]) await thread(home, seconds);
    const expected = [
      'message 3000000',
      'message 90000',
      'message 90000',
      'message 3',
      'message 1',
      'message 0',
      'message -40000000',
    ];
    expect(await allPages(home, { limit: 25 })).toEqual([expected]);
    expect(await allPages(home, { limit: 1 })).toEqual(expected.map((one) => [one]));
    expect((await allPages(home, { limit: 3 })).map((one) => one.length)).toEqual([3, 3, 1]);
    expect((await page(home, { limit: 0 })).data).toHaveLength(1);
  });

  test('a filter never shortens a page', async () => {
    const home = await tempHome();
    for (let i = 0; i < 60; i++) await thread(home, i, String(i), i % 10 === 0 ? '/here' : '/there');
    const filter = ({ cwd }: ThreadSummary) => cwd === '/here';
    expect(await allPages(home, { limit: 4, filter })).toEqual([
      ['50', '40', '30', '20'],
      ['10', '0'],
    ]);
    expect(await allPages(home, { limit: 6, filter })).toEqual([['50', '40', '30', '20', '10', '0']]);
  });

  test('the newest files give the page that all would, or none', async () => {
    const home = await tempHome();
    for (let i = 0; i < 20; i++) await thread(home, i * 40_000, String(i), i % 2 === 0 ? '/here' : '/there');
    const filter = ({ cwd }: ThreadSummary) => cwd === '/here';
    const options = { home, archived: false, sortKey: 'created_at', cursor: null, limit: 3, filter } as const;
    const whole = await listRollouts(options);
    expect(whole.data.map(({ preview }) => preview)).toEqual(['18', '16', '14']);
    // The fourth that fits is the eighth file.
    expect(await listNewest(options, 8)).toEqual(whole);
    expect(await listNewest(options, 7)).toBeNull();
    const second = { ...options, cursor: whole.nextCursor };
    expect(await listNewest(second, 8)).toEqual(await listRollouts(second));
    expect((await listNewest({ ...options, limit: 10 }, 20))?.nextCursor).toBeNull();
  });

  test('by update, the last write counts', async () => {
    const home = await tempHome();
    const made = [await thread(home, 0), await thread(home, 1), await thread(home, 2)];
    for (const [i, at] of [5000, 9000, 7000].entries()) await utimes(made[i]!.path, at, at);
    expect(await allPages(home, { sortKey: 'updated_at', limit: 2 })).toEqual([
      ['message 1', 'message 2'],
      ['message 0'],
    ]);
    expect((await page(home, { sortKey: 'updated_at' })).data[0]?.updatedAt).toBe(9_000_000);
  });

  test('an empty or missing home has no threads', async () => {
    expect(await page(await tempHome())).toEqual({ data: [], nextCursor: null });
    expect(await page('/nowhere/at/all', { archived: true })).toEqual({ data: [], nextCursor: null });
  });

  test('shows no file without header or message, and no foreign file', async () => {
    const home = await tempHome();
    const { path } = await thread(home, 0);
    const beside = (name: string) => join(dirname(path), name);
    await writeFile(rolloutPath(home, ids.uuid(), CREATED), '{"timestamp":"","type":"x","payload":{}}\n');
    const silent = headerFor({ id: ids.uuid() });
    const writer = writerAt(home, { header: silent });
    for (const event of stamp([turnStarted('t'), said('u', '  '), turnEnded])) writer.append(event);
    await writer.close();
    await writeFile(beside('notes.txt'), 'x');
    await mkdir(beside(`rollout-2026-11-21T11-00-13-${ids.uuid()}.jsonl`));
    expect(previews((await page(home)).data)).toEqual(['message 0']);
  });

  test.each(['', 'x', '2026-11-21|x', `2026-11-21T11:00:17|${ID}`, `2026-11-21T11:00:17Z|${ID}|x`, `|${ID}`])(
    'refuses the cursor %j',
    async (cursor) => {
      const refusal = { code: 'invalidRequest', message: `invalid cursor: ${cursor}` };
      await expect(page('/nowhere', { cursor })).rejects.toMatchObject(refusal);
    },
  );

  test.each(['2026-11-21T11:00:14Z', '2026-11-21T12:00:14.000+01:00', '2026-11-21T11-00-14'])(
    'a cursor may be written as %s',
    async (time) => {
      const home = await tempHome();
      for (const seconds of [0, 1, 2]) await thread(home, seconds);
      const { data } = await page(home, { cursor: `${time}|00000000-0000-0000-0000-000000000000` });
      expect(previews(data)).toEqual(['message 0']);
    },
  );

  test('the head of a file of 0.115', async () => {
    const [path = ''] = await fixture('plain');
    expect(await readHeader(path)).toEqual({
      id: '01a1fdc3-499f-7b42-9731-7c10d312a8b3',
      path,
      preview: 'Say hello to me',
      cwd: '/home/user/demo',
      source: 'vscode',
      modelProvider: 'mock_provider',
      createdAt: Date.parse('2026-11-21T10:59:56.450Z'),
      updatedAt: (await stat(path)).mtimeMs,
      cliVersion: '0.115.0',
      gitInfo: {
        sha: '6d534f7d31c6d1bd624657b5931806ab2e25ca2f',
        branch: 'main',
        originUrl: 'https://git.example.com/acme/demo.git',
      },
      agentNickname: null,
      agentRole: null,
      forkedFromId: null,
    });
    expect(await readHeader('/nowhere')).toBeNull();
  });

  test.each([
    ['a request inside a frame', 'x\n## My request for Codex:\n  do it \n', [], 'do it'],
    ['only an image', ' ', ['data:'], '[Image]'],
    [
      'what looks like instructions',
      '<environment_context>x</environment_context>',
      [],
      '<environment_context>x</environment_context>',
    ],
  ])('the preview of %s', async (_, message, images, preview) => {
    const path = join(await tempHome(), 'x.jsonl');
    const line = (type: string, payload: object) => JSON.stringify({ timestamp: '', type, payload });
    const filler = Array.from({ length: 100 }, () => line('response_item', {}));
    const text = [
      line('session_meta', { id: ID }),
      ...filler,
      line('event_msg', { type: 'user_message', message, images }),
    ];
    await writeFile(path, text.join('\n'));
    expect((await readHeader(path))?.preview).toBe(preview);
    await writeFile(path, [...filler, ...text].join('\n'));
    expect(await readHeader(path)).toBeNull();
  });
});

describe('finding and archiving', () => {
  test('a file is found by id, wherever it lies', async () => {
    const home = await tempHome();
    const { id, path } = await thread(home, 0);
    expect(await findRollout(home, id)).toBe(path);
    expect(await findRollout(home, id.toUpperCase())).toBe(path);
    expect(await findRollout(home, ids.uuid())).toBeNull();
    expect(await findRollout(home, '../../etc/passwd')).toBeNull();
    const moved = join(home, 'sessions', '1999', '01', '01', basename(path));
    await mkdir(dirname(moved), { recursive: true });
    await rename(path, moved);
    expect(await findRollout(home, id)).toBe(moved);
  });

  test('to the archive and back', async () => {
    const home = await tempHome();
    const { id, path } = await thread(home, 0);
    await utimes(path, 5, 5);
    const archived = await archiveRollout(home, path);
    expect(archived).toBe(join(home, 'archived_sessions', basename(path)));
    expect([await findRollout(home, id), await findArchived(home, id)]).toEqual([null, archived]);
    expect(previews((await page(home, { archived: true })).data)).toEqual(['message 0']);
    expect((await page(home)).data).toEqual([]);
    expect(await unarchiveRollout(home, archived)).toBe(path);
    expect(await findArchived(home, id)).toBeNull();
    expect((await stat(path)).mtimeMs).toBeGreaterThan(CREATED - 1e12);
  });

  test('nothing outside of its folder is moved', async () => {
    const home = await tempHome();
    const elsewhere = await tempHome();
    const { path } = await thread(elsewhere, 0);
    await mkdir(join(home, 'sessions'), { recursive: true });
    await expect(archiveRollout(home, path)).rejects.toMatchObject({ code: 'invalidRequest' });
    const link = join(home, 'sessions', basename(path));
    await symlink(path, link);
    await expect(archiveRollout(home, link)).rejects.toMatchObject({ code: 'invalidRequest' });
    await expect(archiveRollout(home, join(home, 'sessions', 'x'))).rejects.toMatchObject({ code: 'rolloutNotFound' });
    await writeFile(join(home, 'sessions', 'x.jsonl'), '');
    await expect(archiveRollout(home, join(home, 'sessions', 'x.jsonl'))).rejects.toMatchObject({
      code: 'invalidRequest',
    });
  });
});

describe('names', () => {
  test('the newest counts; a name leads to the thread that got it last', async () => {
    const home = await tempHome();
    const clock = manualClock(CREATED);
    expect(await readThreadName(home, 'a')).toBeNull();
    expect(await appendThreadName(home, 'a', '  first ', clock)).toBe('first');
    await appendThreadName(home, 'b', 'first', clock);
    await appendThreadName(home, 'b', 'second', clock);
    expect([await readThreadName(home, 'a'), await readThreadName(home, 'b')]).toEqual(['first', 'second']);
    expect(await readThreadNames(home)).toEqual(
      new Map([
        ['a', 'first'],
        ['b', 'second'],
      ]),
    );
    expect([await findThreadByName(home, 'first'), await findThreadByName(home, 'Second')]).toEqual(['b', null]);
    expect((await readFile(join(home, 'session_index.jsonl'), 'utf8')).split('\n')[0]).toBe(
      '{"id":"a","thread_name":"first","updated_at":"2026-11-21T11:00:13.345000000Z"}',
    );
  });

  test('bad lines are passed over, a blank name is refused', async () => {
    const home = await tempHome();
    await writeFile(join(home, 'session_index.jsonl'), 'x\n{"id":1}\n[]\n{"id":"a","thread_name":"n"}\n{"id":"a","thr');
    expect(await readThreadName(home, 'a')).toBe('n');
    await appendThreadName(home, 'a', 'whole');
    expect(await readThreadName(home, 'a')).toBe('whole');
    const refusal = { code: 'invalidRequest', message: 'thread name must not be empty' };
    await expect(appendThreadName(home, 'a', ' \n')).rejects.toMatchObject(refusal);
  });
});
