import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Bundler {
  bundle: (options: { entry: string; folder: string; loader: string }) => Promise<string>;
}

const root = mkdtempSync(join(tmpdir(), 'cli-program-'));
const program = join(root, 'program/main.cjs');

beforeAll(async () => {
  const build = new URL('../../../tools/build/', import.meta.url);
  const { bundle } = (await import(new URL('bundle.mjs', build).href)) as Bundler;
  await bundle({
    entry: fileURLToPath(new URL('../src/main.ts', import.meta.url)),
    folder: join(root, 'program'),
    loader: fileURLToPath(new URL('loader.cjs', build)),
  });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function shell(script: string): Promise<{ code: number | string | null | undefined; stdout: string; stderr: string }> {
  const env = { PATH: process.env['PATH'], NODE: process.execPath, PROGRAM: program };
  return new Promise((resolve) => {
    execFile('/bin/bash', ['--norc', '-c', script], { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, stdout, stderr }),
    );
  });
}

describe('the program', () => {
  it('says so when its folder is gone', async () => {
    expect(await shell('mkdir gone; cd gone; rmdir ../gone; "$NODE" "$PROGRAM" --version')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'codex: the current folder does not exist any more; change to another one\n',
    });
  });

  it('takes no harm from a reader that goes away, and tells a full disk', async () => {
    expect((await shell('"$NODE" "$PROGRAM" --help | true; exit ${PIPESTATUS[0]}')).code).toBe(0);
    const full = await shell('"$NODE" "$PROGRAM" --help >/dev/full');
    expect(full).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining('cannot write output: ENOSPC') });
  });
});
