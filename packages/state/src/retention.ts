import { setImmediate } from 'node:timers/promises';
import type { LogCaps } from './log-table.ts';
import type { Db } from './sqlite.ts';
import type { Store } from './store.ts';

/** So much at a time that nobody has to wait for it. */
const ROWS = 1_000;
const PAGES = 256;

/** Deletes log rows that are too old, then the oldest until the file keeps its cap, and gives the room back. */
export async function applyRetention(store: Store, now: number, caps: LogCaps): Promise<void> {
  const tooOld = 'DELETE FROM logs WHERE id IN (SELECT id FROM logs WHERE at < ? ORDER BY at LIMIT ?)';
  const oldest = 'DELETE FROM logs WHERE id IN (SELECT id FROM logs ORDER BY id LIMIT ?)';
  await repeat(store, (db) => db.run(tooOld, now - caps.ageMs, ROWS).changes === ROWS);
  await repeat(store, (db) => usedBytes(db) > caps.fileBytes && db.run(oldest, ROWS).changes > 0);
  await repeat(store, (db) => {
    const before = Number(db.pragma('freelist_count'));
    db.exec(`PRAGMA incremental_vacuum(${PAGES})`);
    const after = Number(db.pragma('freelist_count'));
    return after > 0 && after < before;
  });
}

/** As long as `step` says that there is more; ends when the database is not to be had. */
async function repeat(store: Store, step: (db: Db) => boolean): Promise<void> {
  for (;;) {
    const more = await store.write(step);
    if (!more.ok || !more.value) return;
    await setImmediate();
  }
}

function usedBytes(db: Db): number {
  const [pages, free, size] = ['page_count', 'freelist_count', 'page_size'].map((name) => Number(db.pragma(name)));
  return ((pages ?? 0) - (free ?? 0)) * (size ?? 0);
}
