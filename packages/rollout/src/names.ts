import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, CodexError, isObject, parseJson, systemClock, systemCode } from '@codex/base';
import { endsTorn } from './torn.ts';

const INDEX = 'session_index.jsonl';

interface Entry {
  id: string;
  name: string;
}

/** The newest name given to a thread; null when it has none. */
export async function readThreadName(home: string, id: string): Promise<string | null> {
  return (await entries(home)).findLast((entry) => entry.id === id)?.name ?? null;
}

/** The newest name of every thread that has one, by id. */
export async function readThreadNames(home: string): Promise<Map<string, string>> {
  return new Map((await entries(home)).map(({ id, name }) => [id, name]));
}

/** The thread that last got exactly this name, even if it was renamed since; null when none did. */
export async function findThreadByName(home: string, name: string): Promise<string | null> {
  return (await entries(home)).findLast((entry) => entry.name === name)?.id ?? null;
}

/** Gives a thread a name and returns it trimmed; throws `invalidRequest` for a blank one. */
export async function appendThreadName(
  home: string,
  id: string,
  name: string,
  clock: Pick<Clock, 'now'> = systemClock,
): Promise<string> {
  const thread_name = name.trim();
  if (!thread_name) throw new CodexError('invalidRequest', 'thread name must not be empty');
  const updated_at = new Date(clock.now()).toISOString().replace('Z', '000000Z');
  await mkdir(home, { recursive: true, mode: 0o700 });
  const file = await open(join(home, INDEX), 'a+', 0o600);
  try {
    const start = (await endsTorn(file)) ? '\n' : '';
    await file.appendFile(`${start}${JSON.stringify({ id, thread_name, updated_at })}\n`);
  } finally {
    await file.close();
  }
  return thread_name;
}

/** Oldest first; bad lines are passed over. */
async function entries(home: string): Promise<Entry[]> {
  let text: string;
  try {
    text = await readFile(join(home, INDEX), 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => {
    const parsed = line ? parseJson(line) : null;
    const value = parsed?.ok && isObject(parsed.value) ? parsed.value : {};
    const { id, thread_name } = value;
    return typeof id === 'string' && typeof thread_name === 'string' ? [{ id, name: thread_name }] : [];
  });
}
