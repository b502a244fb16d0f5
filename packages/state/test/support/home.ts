import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ThreadFiles } from '@codex/protocol';
import { rolloutPath, threadFiles } from '@codex/rollout';
import { onTestFinished } from 'vitest';

export const CREATED = Date.UTC(2026, 10, 21, 11, 0, 13);

export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'state-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface Made {
  id: string;
  /** Seconds after CREATED. */
  created: number;
  updated?: number;
  archived?: boolean;
  preview?: string | null;
  cwd?: string;
  source?: unknown;
  provider?: string | null;
}

/** Writes a conversation file and returns its path. */
export async function makeThread(home: string, thread: Made): Promise<string> {
  const { id, created, updated = created, archived = false, preview = `message ${created}`, cwd = '/d' } = thread;
  const createdAt = CREATED + created * 1000;
  const path = archived
    ? join(home, 'archived_sessions', rolloutPath(home, id, createdAt).split('/').at(-1) ?? '')
    : rolloutPath(home, id, createdAt);
  const timestamp = new Date(createdAt).toISOString();
  const provider = thread.provider === undefined ? 'mock' : thread.provider;
  const meta = { id, timestamp, cwd, originator: 't', cli_version: '0.115.0', source: thread.source ?? 'vscode' };
  const lines = [
    { timestamp, type: 'session_meta', payload: provider === null ? meta : { ...meta, model_provider: provider } },
    ...(preview === null
      ? []
      : [{ timestamp, type: 'event_msg', payload: { type: 'user_message', message: preview, images: [] } }]),
  ];
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await utimes(path, CREATED / 1000 + updated, CREATED / 1000 + updated);
  return path;
}

/** The files of a home; `reads` tells how many were opened. */
export function filesOf(home: string): ThreadFiles & { reads: number } {
  const real = threadFiles(home);
  const files = {
    ...real,
    reads: 0,
    read(path: string) {
      files.reads += 1;
      return real.read(path);
    },
  };
  return files;
}

export function uuid(n: number): string {
  return `01a1fdc3-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}
