import { execFile } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import { CHECKS } from '../checks/index.mjs';

const RUN = path.resolve(import.meta.dirname, '../run.mjs');
const soak = (...args: string[]) =>
  new Promise<{ stdout: string; stderr: string; status: unknown }>((resolve) => {
    execFile(process.execPath, [RUN, ...args], (error, stdout, stderr) => {
      resolve({ stdout, stderr, status: error ? error.code : 0 });
    });
  });

it.concurrent.each(Object.keys(CHECKS))(
  'a little of %s holds for the programs of this checkout',
  async (name) => {
    const { stdout, stderr, status } = await soak(name, '--small', '--json', '--seed', '1');
    expect(stderr.replace(/^codex: .*\n/gm, '')).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ name, seed: 1, violations: [] });
    expect(status).toBe(0);
  },
  180_000,
);

it('a check that does not exist is wrong usage', async () => {
  const { stderr, status } = await soak('no-such-check');
  expect(stderr).toContain('no check named no-such-check');
  expect(status).toBe(2);
});
