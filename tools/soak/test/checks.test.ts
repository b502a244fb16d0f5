import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import { CHECKS } from '../checks/index.mjs';

const RUN = path.resolve(import.meta.dirname, '../run.mjs');
const soak = (...args: string[]) => spawnSync(process.execPath, [RUN, ...args], { encoding: 'utf8' });

it.each(Object.keys(CHECKS))(
  'a little of %s holds for the programs of this checkout',
  (name) => {
    const { stdout, stderr, status } = soak(name, '--small', '--json', '--seed', '1');
    expect(stderr.replace(/^codex: .*\n/gm, '')).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ name, seed: 1, violations: [] });
    expect(status).toBe(0);
  },
  180_000,
);

it('a check that does not exist is wrong usage', () => {
  const { stderr, status } = soak('no-such-check');
  expect(stderr).toContain('no check named no-such-check');
  expect(status).toBe(2);
});
