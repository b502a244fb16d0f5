import { setImmediate } from 'node:timers/promises';
import { formatListCursor, type ListPlace, parseListCursor, type ThreadSummary } from '@codex/protocol';
import { compareKeys, rolloutFiles, timeOf } from './folders.ts';
import { type HeadReader, headReader } from './summary.ts';

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

/** Files looked at before others get their turn. */
const SLICE = 16;

/**
 * A page of threads, newest first, straight from the files (rollout specification §6). Reading goes on until the page
 * is full or the files end, so a filter never shortens a page. Throws `invalidRequest` for a bad cursor.
 */
export async function listRollouts(options: ListOptions): Promise<ListPage> {
  return (await readPage(options, Number.POSITIVE_INFINITY)) ?? { data: [], nextCursor: null };
}

/** The same page, or null when the heads of `most` files do not fill it. */
export function listNewest(options: ListOptions, most: number): Promise<ListPage | null> {
  return readPage(options, most);
}

async function readPage(options: ListOptions, most: number): Promise<ListPage | null> {
  const after = options.cursor === null ? null : parseListCursor(options.cursor);
  const limit = Math.min(100, Math.max(1, Math.floor(options.limit)));
  const candidates = options.sortKey === 'created_at' ? byCreation(options) : byUpdate(options);
  const data: ThreadSummary[] = [];
  let last: ListPlace | null = null;
  const read = headReader();
  let looks = 0;
  for await (const some of candidates) {
    for (const { key, path } of some) {
      if (after && compareKeys(key, after) >= 0) continue;
      if (looks === most) return null;
      if (++looks % SLICE === 0) await setImmediate();
      const summary = readQuietly(path, read);
      if (!summary || !options.filter(summary)) continue;
      if (data.length === limit) return { data, nextCursor: last && formatListCursor(last) };
      data.push(summary);
      last = key;
    }
  }
  return { data, nextCursor: null };
}

interface Candidate {
  key: ListPlace;
  path: string;
}

async function* byCreation({ home, archived }: ListOptions): AsyncGenerator<Candidate[]> {
  for await (const files of rolloutFiles(home, archived)) {
    yield files.map(({ id, createdAt, path }) => ({ key: { at: createdAt, id }, path }));
  }
}

async function* byUpdate({ home, archived }: ListOptions): AsyncGenerator<Candidate[]> {
  const found: Candidate[] = [];
  let looks = 0;
  for await (const files of rolloutFiles(home, archived)) {
    for (const { id, path } of files) {
      if (++looks % SLICE === 0) await setImmediate();
      const at = timeOf(path);
      if (at !== null) found.push({ key: { at, id }, path });
    }
  }
  yield found.sort((a, b) => compareKeys(b.key, a.key));
}

/** One unreadable file must not spoil the list. */
function readQuietly(path: string, read: HeadReader): ThreadSummary | null {
  try {
    return read(path);
  } catch {
    return null;
  }
}
