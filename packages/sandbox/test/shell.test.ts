import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { detectShell, namedShell, shellArgv } from '../src/index.ts';
import { testFolder } from './support.ts';

function folderWith(...names: string[]): string {
  const folder = testFolder();
  for (const name of names) {
    writeFileSync(join(folder, name), '#!/bin/sh\n');
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

describe('detectShell', () => {
  test('takes the login shell when it is one we know', () => {
    const folder = folderWith('zsh', 'bash', 'fish');
    const login = (name: string) => detectShell({ PATH: folder }, () => join(folder, name), 'linux');
    expect(login('zsh')).toEqual({ path: join(folder, 'zsh'), name: 'zsh', kind: 'zsh' });
    expect(login('fish')).toEqual({ path: join(folder, 'bash'), name: 'bash', kind: 'bash' });
    expect(login('gone/zsh').kind).toBe('bash');
  });

  test('falls back in the order of the platform', () => {
    const PATH = folderWith('zsh', 'bash');
    const none = () => undefined;
    expect(detectShell({ PATH }, none, 'linux').path).toBe(join(PATH, 'bash'));
    expect(detectShell({ PATH }, none, 'darwin').path).toBe(join(PATH, 'zsh'));
    expect(detectShell({ PATH: folderWith('pwsh') }, none, 'win32')).toMatchObject({ kind: 'powershell' });
    expect(detectShell({ PATH: testFolder() }, none, 'win32')).toMatchObject({ kind: 'cmd' });
  });

  test('works with the real user database', () => {
    expect(detectShell({ PATH: '/usr/bin:/bin' }).path).toMatch(/^\//);
  });
});

test('namedShell finds by path and by name and never fails', () => {
  const PATH = folderWith('bash');
  expect(namedShell('bash', { PATH })).toEqual({ path: join(PATH, 'bash'), name: 'bash', kind: 'bash' });
  expect(namedShell('/bin/sh', { PATH })).toEqual({ path: '/bin/sh', name: 'sh', kind: 'sh' });
  expect(namedShell('/no/such/bash', { PATH }).path).toBe(join(PATH, 'bash'));
  expect(namedShell('fish', { PATH })).toEqual({ path: '/bin/sh', name: 'sh', kind: 'sh' });
});

test.each([
  ['bash', true, ['p', '-lc', 's']],
  ['zsh', false, ['p', '-c', 's']],
  ['sh', true, ['p', '-lc', 's']],
  ['powershell', true, ['p', '-Command', 's']],
  ['powershell', false, ['p', '-NoProfile', '-Command', 's']],
  ['cmd', true, ['p', '/c', 's']],
] as const)('shellArgv %s login=%s', (kind, login, expected) => {
  expect(shellArgv({ path: 'p', kind }, 's', login)).toEqual(expected);
});
