import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxPolicy } from '@codex/protocol';
import { expect, test } from 'vitest';
import type { Isolation } from '../src/index.ts';
import { command, PATH, sh, testFolder, testRunner } from './support.ts';

const READ_ONLY: SandboxPolicy = { type: 'readOnly', access: { type: 'fullAccess' }, networkAccess: false };
const WORKSPACE: SandboxPolicy = {
  type: 'workspaceWrite',
  writableRoots: [],
  readOnlyAccess: { type: 'fullAccess' },
  networkAccess: false,
  excludeSlashTmp: false,
  excludeTmpdirEnvVar: false,
};

test.each([READ_ONLY, WORKSPACE])('without an isolation nothing runs under $type', async (policy) => {
  const runner = testRunner();
  const mark = join(testFolder(), 'mark');
  const refusal = { code: 'sandboxUnavailable', data: { policy: policy.type, missing: expect.any(String) } };
  await expect(runner.run(sh(`touch ${mark}`, { policy }))).rejects.toMatchObject(refusal);
  await expect(runner.open(sh(`touch ${mark}`, { policy }), { tty: false })).rejects.toMatchObject(refusal);
  await expect(runner.open(sh(`touch ${mark}`, { policy }), { tty: true })).rejects.toMatchObject(refusal);
  expect(existsSync(mark)).toBe(false);
  expect(runner.support()).toMatchObject({ available: false, kind: 'none' });
});

test('the refusal says what is missing and what to do', async () => {
  await expect(testRunner().run(sh('true', { policy: READ_ONLY }))).rejects.toThrow(
    /read-only sandbox cannot be enforced.*no sandbox mechanism.*Approve.*danger-full-access/,
  );
});

test.each<[SandboxPolicy, string]>([
  [{ type: 'dangerFullAccess' }, ''],
  [{ type: 'externalSandbox', networkAccess: 'enabled' }, ''],
  [{ type: 'externalSandbox', networkAccess: 'restricted' }, '1'],
])('%j runs as it is, and knows whether the network is off', async (policy, expected) => {
  const report = await testRunner().run(sh('echo "$CODEX_SANDBOX_NETWORK_DISABLED"', { policy }));
  expect(report.stdout).toBe(`${expected}\n`);
});

test('an isolation replaces the command line and the environment', async () => {
  const seen: unknown[] = [];
  const isolation: Isolation = {
    support: () => ({ available: true, kind: 'fake', reason: null }),
    wrap(argv, policy, cwd, env) {
      seen.push({ argv, policy, cwd, env });
      return Promise.resolve({ ok: true, argv: ['/usr/bin/env', 'WRAPPED=1', ...argv], env: { ...env, PATH } });
    },
  };
  const runner = testRunner(isolation);
  const report = await runner.run(command(['/usr/bin/env'], { policy: READ_ONLY, env: {} }));
  expect(report.stdout.trim().split('\n').sort()).toEqual([
    'CODEX_SANDBOX_NETWORK_DISABLED=1',
    `PATH=${PATH}`,
    'WRAPPED=1',
  ]);
  expect(seen).toEqual([
    { argv: ['/usr/bin/env'], policy: READ_ONLY, cwd: '/', env: { CODEX_SANDBOX_NETWORK_DISABLED: '1' } },
  ]);
  expect(runner.support().available).toBe(true);
});
