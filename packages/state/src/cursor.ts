import { CodexError, isUuid } from '@codex/base';

/** A place in a list: whole seconds, then the id; lists go downwards. */
export interface Place {
  seconds: number;
  id: string;
}

/** `2026-11-21T11:00:17Z|<uuid>`, as lists from files write it, too. */
export function formatCursor({ seconds, id }: Place): string {
  return `${new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')}|${id}`;
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const DASHED = /^(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})$/;

/** Throws `invalidRequest` for what no list has given. */
export function parseCursor(cursor: string): Place {
  const [time = '', id = '', ...rest] = cursor.split('|');
  const dashed = DASHED.exec(time);
  const at = dashed
    ? Date.parse(`${dashed[1]}T${dashed[2]}:${dashed[3]}:${dashed[4]}Z`)
    : RFC3339.test(time)
      ? Date.parse(time)
      : Number.NaN;
  if (rest.length || Number.isNaN(at) || !isUuid(id)) {
    throw new CodexError('invalidRequest', `invalid cursor: ${cursor}`);
  }
  return { seconds: Math.floor(at / 1000), id: id.toLowerCase() };
}
