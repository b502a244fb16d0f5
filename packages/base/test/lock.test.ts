import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isCodexError, systemClock, withLock } from '../src/index.ts';

const run = promisify(execFile);
let folder: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'codex-lock-'));
  lock = join(folder, 'a.lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const options = { clock: systemClock };

test('one at a time, and nothing is left behind', async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await systemClock.sleep(1);
    inside--;
  };
  await Promise.all(Array.from({ length: 8 }, () => withLock(lock, options, work)));
  expect(most).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

test('a failure frees it', async () => {
  await expect(withLock(lock, options, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLock(lock, options, () => Promise.resolve(1))).toBe(1);
});

test('the lock of a process that was killed is taken over by exactly one of many', async () => {
  const script = `process.stdout.write(String(process.pid))`;
  const { stdout } = await run(process.execPath, ['-e', script]);
  for (let round = 0; round < 20; round++) {
    writeFileSync(lock, stdout);
    let inside = 0;
    await Promise.all(
      Array.from({ length: 6 }, () =>
        withLock(lock, options, async () => {
          expect(++inside).toBe(1);
          await systemClock.sleep(0);
          inside--;
        }),
      ),
    );
  }
  expect(readdirSync(folder)).toEqual([]);
});

test('gives up in the end, and when told to', async () => {
  writeFileSync(lock, String(process.pid));
  const refused = await withLock(lock, { ...options, waitMs: 30 }, () => Promise.resolve()).catch((e: unknown) => e);
  expect(isCodexError(refused) && refused.message).toBe(`${lock} is held by another process`);
  const controller = new AbortController();
  const waiting = withLock(lock, { ...options, signal: controller.signal }, () => Promise.resolve());
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  expect(readFileSync(lock, 'utf8')).toBe(String(process.pid));
});
