import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock } from '@codex/base';
import { expect, onTestFinished, test } from 'vitest';
import { runGit } from '../src/git.ts';
import { isAlive } from './support/processes.ts';

const PATH = process.env['PATH'];

/** A folder with a `git` that is this script. */
function pretend(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'git-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'git'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return folder;
}

test('a git that hangs is given up at its limit, with all it started', async () => {
  const folder = pretend('trap "" TERM; sleep 600 & echo $! > pid.part; mv pid.part pid; wait');
  const clock = manualClock();
  const running = runGit(folder, { PATH: `${folder}:${PATH}` }, ['status'], 30_000, clock);
  const file = join(folder, 'pid');
  await expect.poll(() => existsSync(file)).toBe(true);
  clock.advance(30_000);
  expect(await running).toBeNull();
  await expect.poll(() => isAlive(Number(readFileSync(file, 'utf8')))).toBe(false);
});

test('a git that is not there, fails, or says it all', async () => {
  const ask = (script: string, args: string[]) => {
    const folder = pretend(script);
    return runGit(folder, { PATH: `${folder}:${PATH}` }, args, 30_000);
  };
  expect(await runGit(tmpdir(), { PATH: '/none' }, ['status'], 30_000)).toBeNull();
  expect(await ask('echo half; exit 1', ['status'])).toBeNull();
  expect(await ask('cat; echo differs; exit 1', ['diff', '--no-index'])).toBe('differs\n');
  expect(await ask('echo "$GIT_OPTIONAL_LOCKS"', ['status'])).toBe('0\n');
});
