import { mkdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { countingIds } from '@codex/base';
import { expect, test } from 'vitest';
import { archiveRollout, rolloutPath, threadFiles } from '../src/index.ts';
import { CREATED, headerFor, said, stamp, tempHome, turnStarted, writerAt } from './support/files.ts';

const ids = countingIds();
const DAY = 24 * 60 * 60 * 1000;

async function thread(home: string, days: number) {
  const header = headerFor({ id: ids.uuid(), createdAt: CREATED + days * DAY });
  const writer = writerAt(home, { header });
  for (const event of stamp([turnStarted('t'), said('u', `day ${days}`)], header.id)) writer.append(event);
  await writer.close();
  return { id: header.id, path: writer.path };
}

async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test('all files of both folders are given, with the time of their last write', async () => {
  const home = await tempHome();
  const files = threadFiles(home);
  expect(await listed(files.all())).toEqual([]);
  const [one, two, three] = [await thread(home, 0), await thread(home, 1), await thread(home, 1)];
  await utimes(one.path, 1_000, 2_000);
  const archived = await archiveRollout(home, three.path);
  await writeFile(join(dirname(two.path), 'notes.txt'), '');
  const found = await listed(files.all());
  expect(found.map(({ path }) => path).sort()).toEqual([one.path, two.path, archived].sort());
  expect(found.find(({ path }) => path === one.path)?.modifiedAt).toBe(2_000_000);
  expect(await files.modifiedAt(two.path)).toBe((await stat(two.path)).mtimeMs);
  expect(await files.modifiedAt(three.path)).toBeNull();

  expect(await files.read(two.path)).toMatchObject({
    ...{ id: two.id, archived: false, preview: 'day 1' },
    listed: { id: two.id, at: Math.floor((CREATED + DAY) / 1000) * 1000 },
  });
  expect(await files.read(archived)).toMatchObject({ id: three.id, archived: true });
  expect(await files.read(three.path)).toBeNull();
  expect(await files.read(join(dirname(two.path), 'notes.txt'))).toBeNull();
});

test('folders tell by their time that a file came or went', async () => {
  const home = await tempHome();
  const files = threadFiles(home);
  const { path } = await thread(home, 0);
  const folder = dirname(path);
  await utimes(folder, 1_000, 1_000);
  expect(await listed(files.folders())).toEqual([{ path: folder, modifiedAt: 1_000_000 }]);
  expect(await files.within(folder)).toEqual([path]);
  await archiveRollout(home, path);
  const after = await listed(files.folders());
  expect(after.map((each) => each.path)).toEqual([files.archive, folder]);
  expect(files.archive).toBe(join(home, 'archived_sessions'));
  expect(await listed(files.folders(1))).toEqual(after);
  await thread(home, 1);
  expect((await listed(files.folders(1))).map((each) => each.path)).not.toContain(folder);
  expect(after[1]?.modifiedAt).toBeGreaterThan(1_000_000);
  expect(await files.within(folder)).toEqual([]);
});

test('there is no end after 10,000 files, and one that goes meanwhile is left out', async () => {
  const home = await tempHome();
  const files = threadFiles(home);
  const folder = dirname(rolloutPath(home, ids.uuid(), CREATED));
  await mkdir(folder, { recursive: true });
  const paths = Array.from({ length: 10_050 }, () => rolloutPath(home, ids.uuid(), CREATED));
  for (let from = 0; from < paths.length; from += 100) {
    await Promise.all(paths.slice(from, from + 100).map((path) => writeFile(path, '')));
  }
  let count = 0;
  for await (const _ of files.all()) {
    if (count === 0) await rm((await files.within(folder)).at(-1) ?? '');
    count += 1;
  }
  expect(count).toBe(10_049);
});
