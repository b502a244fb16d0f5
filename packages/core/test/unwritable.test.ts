import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { say } from '@codex/mock-model';
import { expect, it } from 'vitest';
import { rig } from './harness.ts';

it('a thread that cannot be stored says so once, goes on, and is stored whole as soon as that works', async () => {
  const { start, home } = await rig([say('1'), say('2'), say('3')]);
  // A file where a folder should be stops root as well as everybody else.
  await writeFile(path.join(home, 'sessions'), '');
  const talk = await start();
  for (const text of ['one', 'two']) expect((await talk.turn(text)).status).toBe('completed');
  await talk.thread.flush();
  const told = () => talk.all('notice').map(({ level, message }) => [level, message]);
  const stopped = ['fault', expect.stringMatching(/^This conversation cannot be stored: ENOTDIR.* kept in memory/)];
  expect(told()).toEqual([stopped]);
  await rm(path.join(home, 'sessions'));
  await talk.turn('three');
  await talk.thread.flush();
  expect(told()).toEqual([stopped, ['fault', expect.stringMatching(/^This conversation is stored again/)]]);
});
