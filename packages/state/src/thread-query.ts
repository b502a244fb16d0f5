import { setImmediate } from 'node:timers/promises';
import { formatListCursor, type ListedThread, type ListPlace, parseListCursor } from '@codex/protocol';
import type { Db } from './sqlite.ts';
import { fromStored, isFaithful, sourceWord, type StoredRow } from './thread-row.ts';
import type { Outcome } from './store.ts';

export interface ThreadQuery {
  archived: boolean;
  sortKey: 'created_at' | 'updated_at';
  /** `nextCursor` of the page before; null for the first page. */
  cursor: string | null;
  /** Clamped to 1…100. */
  limit: number;
  /** Exact equality. */
  cwd?: string;
  /** Any of these; null stands for files that do not say. */
  providers?: readonly (string | null)[];
  /** Any of these words; `subAgent` for all kinds of sub-agents. */
  sources?: readonly string[];
  /** Found in the first message as it stands, or in the title of a thread listed in `titled`. */
  searchTerm?: string;
  /** Ids of threads whose title holds the search term; titles live in a file of their own. */
  titled?: readonly string[];
  /** What the members above cannot say. */
  filter?: (row: ListedThread) => boolean;
}

export interface ThreadPage {
  data: ListedThread[];
  /** Null when this was the last page. */
  nextCursor: string | null;
}

type Runner = <T>(work: (db: Db) => T) => Promise<Outcome<T>>;
interface Found extends StoredRow {
  seconds: number;
  listed_id: string;
}

/** Rows looked at without the text index: enough for a page of what is found often. */
const FIRST_LOOK = 400;
const MAX_CHUNK = 500;
/** Terms are looked up by so many of their three-character pieces at most; what is found is compared anyway. */
const MAX_PIECES = 8;

/**
 * A page of threads, newest first; goes on until the page is full or the rows end, so a filter never shortens a page.
 * Null when the database cannot be used. Throws `invalidRequest` for a bad cursor.
 */
export async function queryPage(run: Runner, query: ThreadQuery): Promise<ThreadPage | null> {
  const limit = Math.min(100, Math.max(1, Math.floor(query.limit)));
  let after = query.cursor === null ? null : parseListCursor(query.cursor);
  const matches = matcher(query);
  const data: ListedThread[] = [];
  let last: ListPlace | null = null;
  let size = query.searchTerm ? FIRST_LOOK : limit + 1;
  for (let text: TextCondition | null = null; ; text = textCondition(query)) {
    const found: Outcome<Found[]> = await run((db) => select(db, query, { after, size, text }));
    if (!found.ok) return null;
    for (const stored of found.value) {
      const place = { at: stored.seconds * 1000, id: stored.listed_id };
      after = place;
      const row = matches(stored);
      if (!row) continue;
      if (data.length === limit) return { data, nextCursor: last && formatListCursor(last) };
      data.push(row);
      last = place;
    }
    if (found.value.length < size) return { data, nextCursor: null };
    size = Math.min(MAX_CHUNK, Math.max(size, limit * 2));
    await setImmediate();
  }
}

/** The row when it belongs in the list. Decides alone: conditions in SQL only spare it rows that it would refuse. */
function matcher(query: ThreadQuery): (stored: Found) => ListedThread | null {
  const { cwd, providers, sources, searchTerm, filter } = query;
  const titled = new Set(query.titled);
  return (stored) => {
    if (searchTerm && stored.exact && titled.size === 0 && !stored.preview.includes(searchTerm)) return null;
    const row = fromStored(stored);
    if (searchTerm && !row.preview.includes(searchTerm) && !titled.has(row.id)) return null;
    if (cwd !== undefined && row.cwd !== cwd) return null;
    if (providers && !providers.includes(row.modelProvider)) return null;
    if (sources && !sources.includes(sourceWord(row.source))) return null;
    return filter && !filter(row) ? null : row;
  };
}

interface TextCondition {
  sql: string;
  values: unknown[];
}

function select(
  db: Db,
  query: ThreadQuery,
  { after, size, text }: { after: ListPlace | null; size: number; text: TextCondition | null },
): Found[] {
  const [index, seconds] =
    query.sortKey === 'created_at' ? ['threads_by_creation', 'created_s'] : ['threads_by_update', 'updated_s'];
  const conditions = ['shown = 1', 'archived = ?'];
  const values: unknown[] = [query.archived ? 1 : 0];
  const add = (sql: string, ...more: unknown[]) => {
    conditions.push(sql);
    values.push(...more);
  };
  if (after) add(`(${seconds}, listed_id) < (?, ?)`, Math.floor(after.at / 1000), after.id);
  if (query.cwd !== undefined) add('cwd = ?', query.cwd);
  if (query.sources) add('source IN (SELECT value FROM json_each(?))', JSON.stringify(query.sources));
  if (query.providers) {
    const named = 'provider IN (SELECT value FROM json_each(?) WHERE value IS NOT NULL)';
    add(query.providers.includes(null) ? `(provider IS NULL OR ${named})` : named, JSON.stringify(query.providers));
  }
  if (text) add(text.sql, ...text.values);
  return db.all<Found>(
    `SELECT row, path, exact, preview, data, listed_id, ${seconds} AS seconds
       FROM threads INDEXED BY ${index} WHERE ${conditions.join(' AND ')}
       ORDER BY ${seconds} DESC, listed_id DESC LIMIT ?`,
    ...values,
    size,
  );
}

/** Rows that may hold the search term: those the text index gives, those it does not know, those with the title. */
function textCondition({ searchTerm, titled = [] }: ThreadQuery): TextCondition | null {
  // Half of a surrogate pair cannot be asked for.
  if (!searchTerm || !isFaithful(searchTerm)) return null;
  const byTitle = 'SELECT row FROM threads WHERE id IN (SELECT value FROM json_each(?))';
  const others = `SELECT row FROM threads INDEXED BY threads_inexact WHERE exact = 0 AND shown = 1 UNION ALL ${byTitle}`;
  const holds = { sql: `(instr(preview, ?) > 0 OR row IN (${others}))`, values: [searchTerm, JSON.stringify(titled)] };
  const pieces = piecesOf(searchTerm);
  if (pieces.length === 0) return holds;
  const match = pieces.map((piece) => `"${piece.replaceAll('"', '""')}"`).join(' AND ');
  const sql = `row IN (SELECT rowid FROM threads_text WHERE threads_text MATCH ? UNION ALL ${others}) AND ${holds.sql}`;
  return { sql, values: [match, JSON.stringify(titled), ...holds.values] };
}

/** Runs of three characters, spread over the term; none when it is shorter. */
function piecesOf(term: string): string[] {
  const characters = Array.from(term.slice(0, 1024));
  const last = characters.length - 3;
  if (last < 0) return [];
  const count = Math.min(MAX_PIECES, last + 1);
  const starts = Array.from({ length: count }, (_, i) => (count === 1 ? 0 : Math.round((i * last) / (count - 1))));
  const pieces = starts.map((start) => characters.slice(start, start + 3).join(''));
  return [...new Set(pieces)].filter(isFaithful);
}
