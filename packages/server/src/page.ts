import { CodexError } from '@codex/base';

/** A page of a list whose cursors are decimal offsets; without a limit everything that is left. */
export function pageByOffset<T>(
  all: readonly T[],
  { cursor, limit }: { cursor?: string | null | undefined; limit?: number | null | undefined },
  what: string,
): { data: T[]; nextCursor: string | null } {
  const start = offsetOf(cursor ?? null);
  if (start > all.length) {
    throw new CodexError('invalidRequest', `cursor ${start} exceeds total ${what} ${all.length}`);
  }
  const end = Math.min(all.length, start + Math.max(1, limit ?? all.length));
  return { data: all.slice(start, end), nextCursor: end < all.length ? String(end) : null };
}

function offsetOf(cursor: string | null): number {
  if (cursor === null) return 0;
  if (!/^\+?\d{1,15}$/.test(cursor)) throw new CodexError('invalidRequest', `invalid cursor: ${cursor}`);
  return Number(cursor);
}
