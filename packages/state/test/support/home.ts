import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readHeader, rolloutPath } from '@codex/rollout';
import { onTestFinished } from 'vitest';
import type { ThreadFiles, ThreadRow } from '../../src/index.ts';

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

const NAME = /rollout-(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})-([0-9a-f-]{36})\.jsonl$/;

/** The row of a file, as the program in front of the index makes it. */
export async function readRow(path: string): Promise<ThreadRow | null> {
  const summary = await readHeader(path);
  const [, day, hour, minute, second, id = ''] = NAME.exec(path) ?? [];
  if (!summary) return null;
  const at = new Date(`${day}T${hour}:${minute}:${second}`).getTime();
  return { ...summary, archived: path.includes('archived_sessions'), listed: { id, at } };
}

/** The files of a home; `reads` tells how many were opened. */
export function filesOf(home: string): ThreadFiles & { reads: number } {
  const files = {
    reads: 0,
    async *all() {
      for (const folder of ['sessions', 'archived_sessions']) {
        const entries = await readdir(join(home, folder), { recursive: true }).catch(() => []);
        for (const entry of entries) {
          const path = join(home, folder, entry);
          if (NAME.test(path)) yield { path, modifiedAt: (await stat(path)).mtimeMs };
        }
      }
    },
    read(path: string) {
      files.reads += 1;
      return readRow(path);
    },
    modifiedAt: (path: string) =>
      stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => null,
      ),
  };
  return files;
}

export function uuid(n: number): string {
  return `01a1fdc3-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}
