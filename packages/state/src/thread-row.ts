import type { ListedThread, SessionSource } from '@codex/protocol';

/** A file with nothing to list in it (yet): kept in mind so that it is not read again while it stays as it is. */
export interface BlankRow {
  path: string;
  updatedAt: number;
  blank: true;
}

/** The columns a row is read from. */
export interface StoredRow {
  row: number;
  path: string;
  exact: number;
  preview: string;
  data: string;
}

/** Longer texts are compared one by one; indexing them would cost more than it gives. */
const MAX_INDEXED = 16 * 1024;
/** Half of a surrogate pair, or NUL: neither comes out of a database as it went in. */
const UNFAITHFUL = /\p{Surrogate}|\0/u;

export function isFaithful(text: string): boolean {
  return !UNFAITHFUL.test(text);
}

export interface Columns {
  path: string;
  modified: number;
  shown: number;
  id: string;
  listedId: string;
  archived: number;
  createdS: number;
  updatedS: number;
  source: string;
  provider: string | null;
  cwd: string;
  exact: number;
  preview: string;
  data: string;
}

/** The whole row is JSON in `data`, only the text stands beside it; the other columns are for finding and sorting. */
export function toColumns(row: ListedThread): Columns {
  const { preview, ...rest } = row;
  const faithful = isFaithful(preview);
  return {
    path: row.path,
    modified: row.updatedAt,
    shown: 1,
    id: row.id,
    listedId: row.listed.id,
    archived: row.archived ? 1 : 0,
    createdS: Math.floor(row.listed.at / 1000),
    updatedS: Math.floor(row.updatedAt / 1000),
    source: sourceWord(row.source),
    provider: row.modelProvider,
    cwd: row.cwd,
    exact: faithful && preview.length <= MAX_INDEXED ? 1 : 0,
    preview: faithful ? preview : '',
    data: JSON.stringify(faithful ? rest : row),
  };
}

export function blankColumns({ path, updatedAt }: BlankRow): Columns {
  const nothing = { id: '', listedId: '', archived: 0, createdS: 0, updatedS: 0, source: '', provider: null, cwd: '' };
  return { ...nothing, path, modified: updatedAt, shown: 0, exact: 0, preview: '', data: '{}' };
}

export function fromStored({ data, preview }: Pick<StoredRow, 'data' | 'preview'>): ListedThread {
  const row = JSON.parse(data) as Omit<ListedThread, 'preview'> & { preview?: string };
  return { ...row, preview: row.preview ?? preview };
}

/** The word a source is filtered by; all kinds of sub-agents share one. */
export function sourceWord(source: SessionSource): string {
  return typeof source === 'string' ? source : 'subAgent';
}

export function isSameRow(a: ListedThread, b: ListedThread): boolean {
  const order = (row: ListedThread) => JSON.stringify(Object.entries(row).sort(([x], [y]) => (x < y ? -1 : 1)));
  return order(a) === order(b);
}
