import type { Clock, Ids } from '@codex/base';
import type { Store } from './store.ts';

export interface Lease {
  /** Holds it for a while longer; false when it was lost. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/** A holder that says nothing for so long is taken to be dead. */
const LEASE_MS = 15_000;

/** A time far ahead is that of a clock that was set back since. */
const CLAIM = `INSERT INTO leases (name, owner, until) VALUES (@name, @owner, @until)
  ON CONFLICT (name) DO UPDATE SET owner = @owner, until = @until
  WHERE owner = @owner OR until < @now OR until > @absurd`;

/** Claims a piece of work for this process; null while another one holds it, or without a database. */
export async function claimLease(
  store: Store,
  name: string,
  { clock, ids }: { clock: Clock; ids: Ids },
): Promise<Lease | null> {
  const owner = ids.uuid();
  const take = async () => {
    const now = clock.now();
    const claimed = await store.write(
      (db) => db.run(CLAIM, { name, owner, now, until: now + LEASE_MS, absurd: now + 10 * LEASE_MS }).changes > 0,
    );
    return claimed.ok && claimed.value;
  };
  if (!(await take())) return null;
  return {
    renew: take,
    async release() {
      await store.write((db) => db.run('DELETE FROM leases WHERE name = ? AND owner = ?', name, owner), 500);
    },
  };
}
