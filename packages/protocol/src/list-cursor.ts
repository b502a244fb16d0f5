import { CodexError, isUuid } from '@codex/base';

/** A place in a list of threads: milliseconds, of which whole seconds count, then the id; lists go downwards. */
export interface ListPlace {
  at: number;
  id: string;
}

/** `2026-11-21T11:00:17Z|<uuid>`: the page after it begins below this place. */
export function formatListCursor({ at, id }: ListPlace): string {
  return `${new Date(Math.floor(at / 1000) * 1000).toISOString().replace('.000Z', 'Z')}|${id}`;
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const DASHED = /^(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})$/;

/** Reads the time as `YYYY-MM-DDThh-mm-ss`, too; throws `invalidRequest` for what no list has given. */
export function parseListCursor(cursor: string): ListPlace {
  const [time = '', id = '', ...rest] = cursor.split('|');
  const dashed = DASHED.exec(time);
  const at = dashed
    ? Date.parse(`${dashed[1]}T${dashed[2]}:${dashed[3]}:${dashed[4]}Z`)
    : RFC3339.test(time)
      ? Date.parse(time)
      : Number.NaN;
  if (rest.length > 0 || Number.isNaN(at) || !isUuid(id)) {
    throw new CodexError('invalidRequest', `invalid cursor: ${cursor}`);
  }
  return { at, id: id.toLowerCase() };
}
