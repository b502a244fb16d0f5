import { dirname, join } from 'node:path';
import { isUuid } from '@codex/base';
import { filesIn, rolloutFiles } from './folders.ts';
import { ARCHIVED, rolloutPath } from './paths.ts';

const DAY = 24 * 60 * 60 * 1000;

/** The file of a thread that is not archived; null when there is none or the id is no uuid. */
export async function findRollout(home: string, id: string): Promise<string | null> {
  if (!isUuid(id)) return null;
  const wanted = id.toLowerCase();
  // A version 7 id names its millisecond, so one of three folders holds the file nearly always.
  const created = Number.parseInt(wanted.replace('-', '').slice(0, 12), 16);
  for (const at of wanted[14] === '7' ? [created, created - DAY, created + DAY] : []) {
    const folder = dirname(rolloutPath(home, wanted, at));
    const found = filesIn(folder).find((file) => file.id === wanted);
    if (found) return found.path;
  }
  for await (const files of rolloutFiles(home, false)) {
    const found = files.find((file) => file.id === wanted);
    if (found) return found.path;
  }
  return null;
}

/** The file of an archived thread; null when there is none or the id is no uuid. */
export async function findArchived(home: string, id: string): Promise<string | null> {
  if (!isUuid(id)) return null;
  const wanted = id.toLowerCase();
  const found = filesIn(join(home, ARCHIVED)).find((file) => file.id === wanted);
  return found?.path ?? null;
}
