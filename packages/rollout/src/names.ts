import { type Clock, CodexError, systemClock } from '@codex/base';
import { appendEntry, readEntries } from './index-file.ts';

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
  await appendEntry(home, INDEX, { id, thread_name }, clock);
  return thread_name;
}

/** Oldest first; bad lines are passed over. */
async function entries(home: string): Promise<Entry[]> {
  return (await readEntries(home, INDEX)).flatMap(({ id, thread_name }) =>
    typeof thread_name === 'string' ? [{ id, name: thread_name }] : [],
  );
}
