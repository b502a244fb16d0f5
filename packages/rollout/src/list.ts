import { stat } from 'node:fs/promises';
import { formatListCursor, type ListPlace, parseListCursor, type ThreadSummary } from '@codex/protocol';
import { compareKeys, type RolloutFile, rolloutFiles } from './folders.ts';
import { readHeader } from './summary.ts';

export interface ListOptions {
  home: string;
  archived: boolean;
  sortKey: 'created_at' | 'updated_at';
  /** `nextCursor` of the page before; null for the first page. */
  cursor: string | null;
  /** Clamped to 1…100. */
  limit: number;
  filter(summary: ThreadSummary): boolean;
}

export interface ListPage {
  data: ThreadSummary[];
  /** Null when this was the last page. */
  nextCursor: string | null;
}

/** Files looked at side by side. */
const WIDTH = 16;

/**
 * A page of threads, newest first, straight from the files (rollout specification §6). Reading goes on until the page
 * is full or the files end, so a filter never shortens a page. Throws `invalidRequest` for a bad cursor.
 */
export async function listRollouts(options: ListOptions): Promise<ListPage> {
  const after = options.cursor === null ? null : parseListCursor(options.cursor);
  const limit = Math.min(100, Math.max(1, Math.floor(options.limit)));
  const candidates = options.sortKey === 'created_at' ? byCreation(options) : byUpdate(options);
  const data: ThreadSummary[] = [];
  let last: ListPlace | null = null;
  let wave: { key: ListPlace; path: string }[] = [];
  /** Adds what the wave holds; the cursor once the page is over-full, else null. */
  const digest = async (): Promise<string | null> => {
    const found = await Promise.all(wave.map(({ path }) => readQuietly(path)));
    for (const [i, summary] of found.entries()) {
      if (!summary || !options.filter(summary)) continue;
      if (data.length === limit) return last && formatListCursor(last);
      data.push(summary);
      last = wave[i]?.key ?? last;
    }
    wave = [];
    return null;
  };
  for await (const candidate of candidates) {
    if (after && compareKeys(candidate.key, after) >= 0) continue;
    wave.push(candidate);
    if (wave.length < WIDTH) continue;
    const nextCursor = await digest();
    if (nextCursor !== null) return { data, nextCursor };
  }
  return { nextCursor: await digest(), data };
}

async function* byCreation({ home, archived }: ListOptions): AsyncGenerator<{ key: ListPlace; path: string }> {
  for await (const { id, createdAt, path } of rolloutFiles(home, archived)) yield { key: { at: createdAt, id }, path };
}

async function* byUpdate({ home, archived }: ListOptions): AsyncGenerator<{ key: ListPlace; path: string }> {
  const files: { key: ListPlace; path: string }[] = [];
  let wave: RolloutFile[] = [];
  const digest = async () => {
    const times = await Promise.all(wave.map(({ path }) => stat(path).catch(() => null)));
    for (const [i, { id, path }] of wave.entries()) {
      const at = times[i]?.mtimeMs;
      if (at !== undefined) files.push({ key: { at, id }, path });
    }
    wave = [];
  };
  for await (const file of rolloutFiles(home, archived)) {
    wave.push(file);
    if (wave.length === WIDTH * 4) await digest();
  }
  await digest();
  yield* files.sort((a, b) => compareKeys(b.key, a.key));
}

/** One unreadable file must not spoil the list. */
async function readQuietly(path: string): Promise<ThreadSummary | null> {
  try {
    return await readHeader(path);
  } catch {
    return null;
  }
}
