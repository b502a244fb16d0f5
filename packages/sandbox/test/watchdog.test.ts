import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nullLogger } from '@codex/base';
import { expect, test } from 'vitest';
import { findTagged } from '../src/command-tag.ts';
import { createWatchdog } from '../src/watchdog.ts';
import { eventually, isAlive, testFolder } from './support.ts';

// The death of our own process cannot be staged from inside; the end of the watchdog's input is all it sees of it.
test('what is still listed when the input ends is ended, what was taken off is not', async () => {
  const start = () => spawn('sh', ['-c', 'sleep 100 & wait'], { detached: true, stdio: 'ignore' });
  const [listed, removed] = [start(), start()];
  const folder = join(testFolder(), 'pipes of ours');
  mkdirSync(folder);
  writeFileSync(join(folder, 'one'), '');
  const watchdog = createWatchdog(nullLogger);
  watchdog.setFolder(folder);
  const [litter, kept] = [join(testFolder(), 'a b/mark'), join(testFolder(), 'c/mark')];
  for (const path of [litter, kept]) mkdirSync(path, { recursive: true });
  writeFileSync(join(kept, '../file'), '');
  watchdog.addLitter([litter, kept, join(testFolder(), 'none/mark')]);
  const tagged = spawn('prlimit', ['--locks=123456789:', '--', 'sleep', '100'], { detached: true, stdio: 'ignore' });
  await eventually(() => taggedPids(123456789).includes(tagged.pid ?? 0));
  watchdog.add(listed.pid ?? 0, 123456789);
  watchdog.add(removed.pid ?? 0, 5);
  watchdog.remove(removed.pid ?? 0, 5);
  await watchdog.close();
  await eventually(() => listed.signalCode !== null && tagged.signalCode !== null);
  expect(listed.signalCode).toBe('SIGTERM');
  expect(isAlive(removed.pid ?? 0)).toBe(true);
  expect(existsSync(folder)).toBe(false);
  expect([litter, join(litter, '..'), kept, join(kept, '..')].map((path) => existsSync(path))).toEqual([
    false,
    false,
    false,
    true,
  ]);
  process.kill(-(removed.pid ?? 0), 'SIGKILL');
});

function taggedPids(tag: number): number[] {
  const pids: number[] = [];
  findTagged(tag, (pid) => pids.push(pid));
  return pids;
}
