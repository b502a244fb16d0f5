import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { nullLogger, systemClock } from '@codex/base';
import { describe, expect, test } from 'vitest';
import {
  forkRollout,
  listRollouts,
  readRollout,
  readThreadGit,
  readThreadGits,
  rolloutPath,
  saveThreadGit,
} from '../src/index.ts';
import {
  answered,
  CREATED,
  fixture,
  headerFor,
  ID,
  linesOf,
  said,
  stamp,
  tempHome,
  turnEnded,
  turnStarted,
  writerAt,
} from './support/files.ts';

const NEW = '01a1fdc3-8b9e-7901-8127-7fc9701accb4';

async function fork(home: string, from: string, id = NEW) {
  const path = rolloutPath(home, id, CREATED);
  const header = headerFor({ id, path, forkedFromId: ID, baseInstructions: 'Be better.' });
  const gitInfo = async () => ({ commit_hash: 'c' });
  await forkRollout({ from, path, header, gitInfo, log: nullLogger, clock: systemClock });
  return path;
}

async function written(home: string): Promise<string> {
  const writer = writerAt(home);
  for (const event of stamp([turnStarted('t1'), said('u1', 'hi'), answered('a1', 'ho'), turnEnded]))
    writer.append(event);
  await writer.close();
  return writer.path;
}

describe('a fork', () => {
  test('has its own header and the history of its source, ids included', async () => {
    const home = await tempHome();
    const from = await written(home);
    const before = await readFile(from, 'utf8');
    const path = await fork(home, from);
    const [source, copy] = [await readRollout(from), await readRollout(path)];
    expect(copy.turns.all()).toEqual(source.turns.all());
    expect(copy.state).toEqual(source.state);
    expect(copy.context).toEqual(source.context);
    expect(copy.header).toMatchObject({ id: NEW, forkedFromId: ID, baseInstructions: 'Be better.' });
    expect(copy.gitInfo).toMatchObject({ sha: 'c' });
    expect(copy.skippedLines).toBe(0);
    expect((await linesOf(path)).slice(0, 3).map(({ type }) => type)).toEqual([
      'session_meta',
      'session_meta',
      'event_msg',
    ]);
    expect(await readFile(from, 'utf8')).toBe(before);
    const list = { home, archived: false, sortKey: 'created_at', cursor: null, limit: 9, filter: () => true } as const;
    expect((await listRollouts(list)).data.map(({ id, preview }) => [id, preview])).toEqual([
      [NEW, 'hi'],
      [ID, 'hi'],
    ]);
  });

  test('of a running thread shows its turn as interrupted and leaves out a line that is half written', async () => {
    const home = await tempHome();
    const from = await written(home);
    await appendFile(
      from,
      '{"timestamp":"2026-11-21T11:00:14.000Z","type":"event_msg","payload":{"type":"task_started","turn_id":"t2"}}\n{"timest',
    );
    const copy = await readRollout(await fork(home, from));
    expect(copy.skippedLines).toBe(0);
    expect(copy.turns.all().map(({ id, status }) => [id, status])).toEqual([
      ['t1', 'completed'],
      ['t2', 'interrupted'],
    ]);
  });

  test('of a fork, of a file without turn lines, names turns as the first one does', async () => {
    const home = await tempHome();
    const first = join(home, 'first.jsonl');
    const line = (type: string, payload: object) =>
      JSON.stringify({ timestamp: '2026-11-21T11:00:14.000Z', type, payload });
    await writeFile(
      first,
      `${line('session_meta', { id: ID })}\n${line('event_msg', { type: 'user_message', message: 'a' })}`,
    );
    const second = await fork(home, first);
    const third = await fork(home, second, '01a1fdc3-8b9e-7901-8127-7fc9701accb5');
    const turns = await Promise.all([first, second, third].map(async (path) => (await readRollout(path)).turns.all()));
    expect(turns[0]).toHaveLength(1);
    expect(turns[1]).toEqual(turns[0]);
    expect(turns[2]).toEqual(turns[0]);
  });

  test('of a file in which item lines are the truth reads the same', async () => {
    const home = await tempHome();
    const from = join(home, 'later.jsonl');
    const item = { type: 'AgentMessage', id: 'm', content: [{ type: 'Text', text: 'yes' }] };
    const lines = [
      ['session_meta', { id: ID, history_mode: 'paginated' }],
      ['event_msg', { type: 'task_started', turn_id: 't' }],
      ['event_msg', { type: 'agent_message', message: 'yes' }],
      ['event_msg', { type: 'item_completed', thread_id: ID, turn_id: 't', item }],
    ] as const;
    const text = lines.map(([type, payload]) =>
      JSON.stringify({ timestamp: '2026-11-21T11:00:14.000Z', type, payload }),
    );
    await writeFile(from, `${text.join('\n')}\n`);
    const { turns } = await readRollout(await fork(home, from));
    expect(turns.all().map(({ items }) => items.map(({ id }) => id))).toEqual([['m']]);
  });

  test('by the original program reads as its source, and goes on', async () => {
    const [source = '', copy = ''] = await fixture('fork');
    const [before, after] = [await readRollout(source), await readRollout(copy)];
    expect(after.header.forkedFromId).toBe(before.header.id);
    expect(after.turns.all().slice(0, 2)).toEqual(before.turns.all());
    expect(after.turns.count).toBe(3);
  });

  test('of nothing leaves nothing', async () => {
    const home = await tempHome();
    await expect(fork(home, join(home, 'none.jsonl'))).rejects.toMatchObject({ code: 'rolloutNotFound' });
    expect(await readdir(dirname(rolloutPath(home, NEW, CREATED)))).toEqual([]);
  });
});

describe('git facts set by a client', () => {
  const git = { sha: 's', branch: 'b', originUrl: null };

  test('the newest count, and cleared is not unset', async () => {
    const home = await tempHome();
    expect(await readThreadGit(home, ID)).toBeUndefined();
    await saveThreadGit(home, ID, git);
    expect(await readThreadGit(home, ID)).toEqual(git);
    await appendFile(join(home, 'session_metadata.jsonl'), '{"id":');
    await saveThreadGit(home, ID, null);
    await saveThreadGit(home, NEW, git);
    expect(await readThreadGit(home, ID)).toBeNull();
    expect(await readThreadGits(home)).toEqual(
      new Map([
        [ID, null],
        [NEW, git],
      ]),
    );
  });
});
