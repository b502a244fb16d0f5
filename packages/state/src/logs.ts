import { setImmediate } from 'node:timers/promises';
import { type Clock, type Logger, toMessage } from '@codex/base';
import { formatRow, isDeltaLine, type LogRow, parseLogLine } from './log-row.ts';
import { feedbackRows, insertRows, type LogCaps, LOG_CAPS, type LogQuery, tailRows } from './log-table.ts';
import { applyRetention } from './retention.ts';
import { ringBuffer } from './ring-buffer.ts';
import type { Store } from './store.ts';

/** Where pino writes its lines; one for all threads of a process. */
export interface LogStream {
  /** Never throws, waits or touches the disk. */
  write(line: string): void;
}

export interface StateLogs {
  stream(): LogStream;
  /** Writes rows at once; false when it was not possible. */
  insert(rows: readonly LogRow[]): Promise<boolean>;
  /** Resolves when everything written to the stream so far is stored, or cannot be. */
  flush(): Promise<void>;
  /** The newest rows, oldest of them first; null without a database. */
  tail(query: LogQuery): Promise<LogRow[] | null>;
  /**
   * Lines for a report, each with its newline: of the thread and of what its process wrote outside of threads, the newest
   * that fit into `maxBytes`. From memory (this process's newest 4 MiB) when the database has none, or without a thread.
   */
  feedback(query: { threadId: string | null; maxBytes?: number }): Promise<string[]>;
  close(): Promise<void>;
}

const BATCH = 512;
const INTERVAL_MS = 200;
/** While the database cannot be written so many lines wait; later ones are counted, not kept. */
const MAX_WAITING = 8_192;
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const RING_BYTES = 4 * 1024 * 1024;
const FEEDBACK_BYTES = 10 * 1024 * 1024;
const CLOSE_MS = 500;

export function createLogs(
  { store, clock, log, processId }: { store: Store; clock: Clock; log: Logger; processId: string },
  caps: LogCaps = LOG_CAPS,
): StateLogs {
  const ring = ringBuffer(RING_BYTES);
  let waiting: string[] = [];
  let waitingBytes = 0;
  let lost = 0;
  let cancelTimer: (() => void) | null = null;
  let flushing: Promise<void> | null = null;
  let isClosed = false;
  /** The database file whose old rows were removed. */
  let retained: string | null = null;
  let retaining: Promise<void> | null = null;

  const write = async (rows: readonly LogRow[], patience?: number): Promise<boolean> => {
    const outcome = await store.write((db) => insertRows(db, rows, processId, caps), patience);
    if (outcome.ok && retained !== store.identity && !isClosed) {
      retained = store.identity;
      retaining = applyRetention(store, clock.now(), caps).catch((error: unknown) => {
        log.warn({ reason: toMessage(error) }, 'old log rows not removed');
      });
    }
    return outcome.ok;
  };

  /** Stores what waits, batch by batch, until there is nothing or it is not possible now. */
  const drain = async (patience?: number) => {
    while (waiting.length > 0 || lost > 0) {
      const lines = waiting.splice(0, BATCH);
      for (const line of lines) waitingBytes -= line.length;
      const rows = lines.map(parseLogLine).filter((row) => row !== null);
      const reported = lost;
      if (reported > 0) rows.push(lossRow(reported, clock.now()));
      lost = 0;
      if (await write(rows, patience)) {
        await setImmediate();
        continue;
      }
      lost += reported;
      if (store.isHopeless) return forget();
      waiting.unshift(...lines);
      for (const line of lines) waitingBytes += line.length;
      return;
    }
  };
  const forget = () => {
    waiting = [];
    waitingBytes = 0;
    lost = 0;
  };
  const flush = (patience?: number): Promise<void> => {
    cancelTimer?.();
    cancelTimer = null;
    const before = flushing ?? Promise.resolve();
    const own: Promise<void> = before
      .then(() => drain(patience))
      .catch((error: unknown) => log.warn({ reason: toMessage(error) }, 'log rows not stored'))
      .finally(() => {
        if (flushing === own) flushing = null;
      });
    flushing = own;
    return own;
  };

  const stream: LogStream = {
    write(line) {
      if (isClosed || isDeltaLine(line)) return;
      ring.push(line);
      if (store.isHopeless) return;
      if (waiting.length >= MAX_WAITING || waitingBytes >= MAX_WAITING_BYTES) {
        lost += 1;
        return;
      }
      waiting.push(line);
      waitingBytes += line.length;
      if (waiting.length % BATCH === 0 && !flushing) void flush();
      else cancelTimer ??= clock.timer(INTERVAL_MS, () => void flush());
    },
  };

  return {
    stream: () => stream,
    insert: write,
    flush,
    async tail(query) {
      await flush();
      const found = await store.use((db) => tailRows(db, query));
      return found.ok ? found.value : null;
    },
    async feedback({ threadId, maxBytes = FEEDBACK_BYTES }) {
      await flush();
      const found = threadId === null ? null : await store.use((db) => feedbackRows(db, threadId, maxBytes));
      if (found?.ok && found.value.length > 0) return found.value.map(formatRow);
      return newest(
        ring.texts().flatMap((line) => format(line)),
        maxBytes,
      );
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await flush(CLOSE_MS);
      await retaining;
    },
  };
}

function format(line: string): string[] {
  const row = parseLogLine(line);
  return row ? [formatRow(row)] : [];
}

/** The last lines that fit, in order. */
function newest(lines: string[], maxBytes: number): string[] {
  let left = maxBytes;
  const from = lines.findLastIndex((line) => {
    left -= Buffer.byteLength(line);
    return left < 0;
  });
  return lines.slice(from + 1);
}

function lossRow(count: number, at: number): LogRow {
  const message = 'log lines were lost while they could not be stored';
  return { at, level: 'WARN', message, fields: JSON.stringify({ count }), threadId: null };
}
