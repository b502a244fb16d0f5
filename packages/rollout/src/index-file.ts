import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, isObject, parseJson, systemCode } from '@codex/base';
import type { Fields } from './line.ts';
import { endsTorn } from './torn.ts';

/** Adds a line to a file of facts about threads, of which the newest about a thread counts. */
export async function appendEntry(
  home: string,
  name: string,
  facts: Fields & { id: string },
  clock: Pick<Clock, 'now'>,
): Promise<void> {
  const updated_at = new Date(clock.now()).toISOString().replace('Z', '000000Z');
  await mkdir(home, { recursive: true, mode: 0o700 });
  const file = await open(join(home, name), 'a+', 0o600);
  try {
    const start = (await endsTorn(file)) ? '\n' : '';
    await file.appendFile(`${start}${JSON.stringify({ ...facts, updated_at })}\n`);
  } finally {
    await file.close();
  }
}

/** Oldest first; lines without an id are passed over. */
export async function readEntries(home: string, name: string): Promise<(Fields & { id: string })[]> {
  let text: string;
  try {
    text = await readFile(join(home, name), 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => {
    const parsed = line ? parseJson(line) : null;
    const value = parsed?.ok && isObject(parsed.value) ? parsed.value : {};
    const { id } = value;
    return typeof id === 'string' ? [{ ...value, id }] : [];
  });
}
