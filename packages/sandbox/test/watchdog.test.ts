import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nullLogger } from '@codex/base';
import { expect, test } from 'vitest';
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
  watchdog.add(listed.pid ?? 0);
  watchdog.add(removed.pid ?? 0);
  watchdog.remove(removed.pid ?? 0);
  await watchdog.close();
  await eventually(() => listed.signalCode !== null);
  expect(listed.signalCode).toBe('SIGTERM');
  expect(isAlive(removed.pid ?? 0)).toBe(true);
  expect(existsSync(folder)).toBe(false);
  process.kill(-(removed.pid ?? 0), 'SIGKILL');
});
