import { appendFile, open } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, parseJson } from '@codex/base';

/** As much of the file's end as is read: several hundred messages. */
const READ_BYTES = 512 * 1024;
const MODE = 0o600;

/** The messages of earlier sessions, oldest first, from `history.jsonl` (one JSON object per line). Never throws. */
export async function readHistory(home: string): Promise<string[]> {
  try {
    const file = await open(join(home, 'history.jsonl'), 'r');
    try {
      const { size } = await file.stat();
      const from = Math.max(0, size - READ_BYTES);
      const bytes = Buffer.alloc(size - from);
      await file.read(bytes, 0, bytes.length, from);
      const lines = bytes.toString('utf8').split('\n');
      // The first line was cut where reading began.
      return lines.slice(from > 0 ? 1 : 0).flatMap(textOf);
    } finally {
      await file.close();
    }
  } catch {
    return [];
  }
}

function textOf(line: string): string[] {
  const parsed = parseJson(line);
  const text = parsed.ok && isObject(parsed.value) ? parsed.value['text'] : null;
  return typeof text === 'string' && text !== '' ? [text] : [];
}

/** Adds a message; one write, so that several programs may do it at once. Rejects when it cannot be written. */
export async function appendHistory(
  home: string,
  entry: { sessionId: string; at: number; text: string },
): Promise<void> {
  const line = JSON.stringify({ session_id: entry.sessionId, ts: Math.floor(entry.at / 1000), text: entry.text });
  await appendFile(join(home, 'history.jsonl'), `${line}\n`, { mode: MODE });
}
