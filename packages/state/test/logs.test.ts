import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { manualClock, nullLogger, systemClock } from '@codex/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LOGS_FILE, type LogRow, type StateLogs } from '../src/index.ts';
import { tempFolder, uuid } from './support/home.ts';
import { sqliteTest, stateAt, testClock, withoutAddon } from './support/state.ts';

const T = uuid(1);
const AT = Date.UTC(2026, 10, 21, 11, 0, 17, 5);
const CAP = 256 * 1024 * 1024;

const line = (msg: string, more: object = {}) => `${JSON.stringify({ level: 30, time: AT, msg, ...more })}\n`;
const row = (message: string | null, more: Partial<LogRow> = {}): LogRow => ({
  at: AT,
  level: 'INFO',
  message,
  fields: null,
  threadId: T,
  ...more,
});
const messages = async (logs: StateLogs, limit = 10_000) => (await logs.tail({ limit }))?.map(({ message }) => message);

describe('the stream', () => {
  sqliteTest('stores lines of pino, whatever way it writes levels and times', async () => {
    const { logs } = stateAt(await tempFolder());
    const stream = logs.stream();
    stream.write(line('plain', { pid: 1, hostname: 'h', threadId: T }));
    stream.write(
      line('words', { level: 'warn', time: new Date(AT).toISOString(), method: 'turn/start', error: { code: 1 } }),
    );
    for (const level of [10, 20, 50, 60]) stream.write(line(`level ${level}`, { level }));
    for (const bad of ['', 'no json', '[]', '{"level":30,"msg":"no time"}', '{"time":null}']) stream.write(bad);
    stream.write(line('x'.repeat(200_000), { big: 'y'.repeat(200_000) }));
    const rows = (await logs.tail({ limit: 100 })) ?? [];
    expect(rows.slice(0, 2)).toEqual([
      row('plain'),
      row('words', { level: 'WARN', threadId: null, fields: '{"method":"turn/start","error":{"code":1}}' }),
    ]);
    expect(rows.slice(2, 6).map(({ level }) => level)).toEqual(['TRACE', 'DEBUG', 'ERROR', 'ERROR']);
    expect(rows[6]?.message).toHaveLength(65_536);
    expect(rows[6]?.fields?.length).toBeLessThan(70_000);
    expect(rows).toHaveLength(7);
    expect((await logs.tail({ limit: 2, level: 'ERROR' }))?.map(({ message }) => message)).toEqual([
      'level 50',
      'level 60',
    ]);
    expect(await logs.tail({ limit: 9, threadId: T })).toHaveLength(1);
  });

  sqliteTest('keeps no row of a delta', async () => {
    const { logs } = stateAt(await tempFolder());
    const stream = logs.stream();
    for (let i = 0; i < 1000; i++) stream.write(line('sent', { method: 'item/agentMessage/delta' }));
    stream.write(line('sent', { method: 'item/commandExecution/outputDelta' }));
    stream.write(line('sent', { method: 'item/completed' }));
    expect(await messages(logs)).toEqual(['sent']);
    expect(await logs.feedback({ threadId: null })).toHaveLength(1);
  });

  sqliteTest('writes after 512 rows or 200 ms, and opens nothing before', async () => {
    const folder = await tempFolder();
    const clock = { ...manualClock(AT), sleep: () => systemClock.sleep(1) };
    const { logs } = stateAt(folder, { clock });
    const stream = logs.stream();
    stream.write(line('one'));
    expect(existsSync(join(folder, LOGS_FILE))).toBe(false);
    clock.advance(200);
    const seen = async () => {
      const other = stateAt(folder);
      const found = await messages(other.logs);
      await other.close();
      return found?.length;
    };
    await expect.poll(seen).toBe(1);
    for (let i = 0; i < 512; i++) stream.write(line('more'));
    await expect.poll(seen).toBe(512 + 1);
  });

  sqliteTest('waits for a lock without losing or doubling a row, and counts what it could not hold', async () => {
    const folder = await tempFolder();
    const clock = manualClock(AT);
    const { logs } = stateAt(folder, { clock: { ...clock, sleep: (ms) => Promise.resolve(clock.advance(ms * 100)) } });
    await logs.insert([row('first', { threadId: uuid(0) })]);
    const { default: Database } = await import('better-sqlite3');
    const other = new Database(join(folder, LOGS_FILE));
    other.exec('BEGIN IMMEDIATE');
    for (let i = 0; i < 9_000; i++) logs.stream().write(line(`${i}`, { threadId: uuid(i % 20) }));
    await logs.flush();
    other.exec('ROLLBACK');
    other.close();
    clock.advance(10_000);
    await logs.flush();
    const found = (await messages(logs)) ?? [];
    expect(new Set(found).size).toBe(found.length);
    expect(found.slice(0, 3)).toEqual(['first', '0', '1']);
    const lost = (await logs.tail({ limit: 10_000 }))?.find(({ level }) => level === 'WARN')?.fields;
    expect(found.length + (JSON.parse(lost ?? '{"count":0}') as { count: number }).count).toBe(9_000 + 2);
  });

  sqliteTest('stores what waits when it is closed', async () => {
    const folder = await tempFolder();
    const state = stateAt(folder);
    state.logs.stream().write(line('last words'));
    await state.close();
    state.logs.stream().write(line('too late'));
    expect(await messages(stateAt(folder).logs)).toEqual(['last words']);
  });
});

describe('caps', () => {
  sqliteTest('a thread keeps its newest 1,000 rows, other threads are not touched', async () => {
    const { logs } = stateAt(await tempFolder());
    await logs.insert([row('of another thread', { threadId: uuid(2) }), row('of none', { threadId: null })]);
    for (let i = 0; i < 3; i++) await logs.insert(Array.from({ length: 500 }, (_, n) => row(`${i * 500 + n}`)));
    const found = await messages(logs);
    expect(found?.length).toBe(1002);
    expect(found?.slice(0, 3)).toEqual(['of another thread', 'of none', '500']);
  });

  sqliteTest('a thread keeps its newest 10 MiB, without a row that is larger alone', async () => {
    const { logs } = stateAt(await tempFolder());
    const half = 'x'.repeat(5 * 1024 * 1024 - 100);
    await logs.insert([row(`1${half}`), row(`2${half}`), row(`3${half}`)]);
    expect((await messages(logs))?.map((text) => text?.[0])).toEqual(['2', '3']);
    await logs.insert([row('4'.repeat(10 * 1024 * 1024))]);
    expect(await messages(logs)).toEqual([]);
  });

  sqliteTest('a file above 256 MiB loses its oldest rows and gives the room back', async () => {
    const folder = await tempFolder();
    const before = stateAt(folder);
    await before.logs.insert([row('oldest')]);
    await before.close();
    const path = join(folder, LOGS_FILE);
    const { default: Database } = await import('better-sqlite3');
    new Database(path)
      .exec(
        `PRAGMA synchronous = OFF;
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
         INSERT INTO logs (at, level, message, process_id, partition, bytes)
           SELECT ${AT}, 'INFO', hex(zeroblob(60000)), 'p', 'p:' || i, 120004 FROM n`,
      )
      .close();
    expect(statSync(path).size).toBeGreaterThan(CAP);
    const after = stateAt(folder);
    await after.logs.insert([row('newest')]);
    await after.close();
    expect(statSync(path).size).toBeLessThan(CAP);
    const texts = await messages(stateAt(folder).logs);
    expect([texts?.includes('oldest'), texts?.at(-1)]).toEqual([false, 'newest']);
  });

  sqliteTest('rows older than ten days go when the next process writes', async () => {
    const folder = await tempFolder();
    const day = 24 * 60 * 60 * 1000;
    const now = testClock().now();
    const ages = [11, 9, 0].map((days) => row(`${days}`, { at: now - days * day }));
    const before = stateAt(folder);
    await before.logs.insert([row('new', { at: now })]);
    await before.logs.insert(ages);
    await before.close();
    const after = stateAt(folder);
    await after.logs.insert([row('next', { at: now })]);
    await after.close();
    expect(await messages(stateAt(folder).logs)).toEqual(['new', '9', '0', 'next']);
  });
});

describe('feedback', () => {
  sqliteTest('is the thread and what its last process said outside of threads, oldest first', async () => {
    const folder = await tempFolder();
    const first = stateAt(folder).logs;
    const second = stateAt(folder).logs;
    await first.insert([row('first of another process', { threadId: null }), row('thread there')]);
    second.stream().write(line('later', { time: AT + 2, threadId: T, n: 1 }));
    second.stream().write(line('earlier, no thread', { time: AT + 1, level: 40 }));
    second.stream().write(line('of another thread', { threadId: uuid(2) }));
    await second.insert([row(null, { fields: '{"only":"fields"}' })]);
    expect(await second.feedback({ threadId: T })).toEqual([
      '2026-11-21T11:00:17.005000Z  INFO thread there\n',
      '2026-11-21T11:00:17.006000Z  WARN earlier, no thread\n',
      '2026-11-21T11:00:17.007000Z  INFO later {"n":1}\n',
    ]);
    expect(await first.feedback({ threadId: T })).toEqual(await second.feedback({ threadId: T }));
  });

  sqliteTest('is what fits, from the newest on; a newest row that is too large leaves nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 12 }),
        fc.nat(120),
        async (sizes, maxBytes) => {
          const state = stateAt(await tempFolder());
          await state.logs.insert(sizes.map((size, i) => row('x'.repeat(size), { at: AT + i })));
          let sum = 0;
          const fitting = sizes.toReversed().filter((size) => (sum += size + 'INFO'.length) <= maxBytes).length;
          expect(await state.logs.feedback({ threadId: T, maxBytes })).toHaveLength(fitting);
          await state.close();
        },
      ),
      { numRuns: 25 },
    );
  });

  sqliteTest('comes from memory when the database has nothing, or without a thread', async () => {
    const { logs } = stateAt(await tempFolder());
    logs.stream().write(line('one'));
    logs.stream().write(line('two', { threadId: T }));
    expect(await logs.feedback({ threadId: null })).toHaveLength(2);
    expect(await logs.feedback({ threadId: uuid(7) })).toHaveLength(2);
    expect(await logs.feedback({ threadId: T })).toHaveLength(2);
    expect(await logs.feedback({ threadId: null, maxBytes: 60 })).toEqual(['2026-11-21T11:00:17.005000Z  INFO two\n']);
  });

  test('from memory keeps the newest 4 MiB', async () => {
    const { logs } = stateAt(await tempFolder(), { sqlite: withoutAddon, log: nullLogger });
    for (let i = 0; i < 6_000; i++) logs.stream().write(line(`${i} ${'x'.repeat(1000)}`));
    const found = await logs.feedback({ threadId: T });
    expect(found.at(-1)).toMatch(/INFO 5999 x/);
    expect(found.length).toBeGreaterThan(3_800);
    expect(found.join('').length).toBeLessThan(4.1 * 1024 * 1024);
  });
});
