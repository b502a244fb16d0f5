import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nullLogger, systemClock } from '@codex/base';
import type { SandboxPolicy } from '@codex/protocol';
import { expect } from 'vitest';
import { type CommandSpec, type ExitReport, type Isolation, linuxIsolation } from '../src/index.ts';
import { PATH, testRunner, undoLater } from './support.ts';

export type Workspace = Extract<SandboxPolicy, { type: 'workspaceWrite' }>;

export const READ_ONLY: SandboxPolicy = { type: 'readOnly', access: { type: 'fullAccess' }, networkAccess: false };

/** Only cwd and what is given may be written. */
export function workspace(more: Partial<Workspace> = {}): Workspace {
  return {
    type: 'workspaceWrite',
    writableRoots: [],
    readOnlyAccess: { type: 'fullAccess' },
    networkAccess: false,
    excludeSlashTmp: true,
    excludeTmpdirEnvVar: true,
    ...more,
  };
}

export function testIsolation(which?: () => readonly string[]): Isolation {
  return linuxIsolation({ env: { PATH }, clock: systemClock, log: nullLogger, which });
}

/**
 * Whether confinement can be had on this machine. Where it cannot, the same tests hold that commands are refused: they
 * go through `runConfined`, which then expects the refusal.
 */
const isolation = testIsolation();
export const confines = isolation.support().available;

/** The report; undefined after checking that the command was refused where nothing can be confined. */
export async function runConfined(spec: CommandSpec, by = isolation): Promise<ExitReport | undefined> {
  const running = testRunner(by).run(spec, { timeoutMs: 15_000 });
  if (confines) return await running;
  await expect(running).rejects.toMatchObject({ code: 'sandboxUnavailable' });
  return undefined;
}

export interface Ground {
  base: string;
  /** A repository, and where commands run. */
  work: string;
  /** Belongs to nobody's roots. */
  outside: string;
}

/** Folders outside /tmp, which is writable under the default policy. */
export function ground(): Ground {
  const base = mkdtempSync(join(process.platform === 'linux' ? '/var/tmp' : tmpdir(), 'sandbox-test-'));
  undoLater(() => rmSync(base, { recursive: true, force: true }));
  const [work, outside] = [join(base, 'work'), join(base, 'outside')];
  mkdirSync(join(work, '.git/hooks'), { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(work, '.git/config'), '[core]\n');
  writeFileSync(join(work, 'file'), 'inside\n');
  writeFileSync(join(outside, 'file'), 'outside\n');
  writeFileSync(join(outside, 'script'), '#!/bin/sh\n', { mode: 0o644 });
  symlinkSync('../outside', join(work, 'link'));
  return { base, work, outside };
}

/** Everything below a folder: kinds, modes, times of change, contents. */
export function snapshot(folder: string): Record<string, string> {
  const seen: Record<string, string> = {};
  const look = (path: string) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const at = join(path, entry.name);
      if (entry.isSymbolicLink()) seen[at] = readlinkSync(at);
      else {
        const { mode, mtimeMs, nlink, uid, gid } = statSync(at);
        const content = entry.isFile() ? readFileSync(at, 'utf8') : '';
        seen[at] = [
          mode.toString(8),
          entry.isFile() ? mtimeMs : '',
          entry.isFile() ? nlink : '',
          uid,
          gid,
          content,
        ].join(' ');
        if (entry.isDirectory()) look(at);
      }
    }
  };
  look(folder);
  return seen;
}
