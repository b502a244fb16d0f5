import { isObject, parseJson } from '@codex/base';

export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/** One entry of the log. */
export interface LogRow {
  /** Milliseconds. */
  at: number;
  level: LogLevel;
  message: string | null;
  /** What else the entry says, as JSON; null when nothing. */
  fields: string | null;
  threadId: string | null;
}

const LEVELS: readonly LogLevel[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];
/** A longer message or set of fields is cut: one entry must not push out all others. */
const MAX_TEXT = 64 * 1024;
/** Entries about one piece of streamed text among thousands. */
const DELTA = /"method":"[^"]*delta"/i;

/** True for lines that are not kept: there is one for every few characters that a model writes. */
export function isDeltaLine(line: string): boolean {
  return DELTA.test(line);
}

/** A line of pino, levels as numbers or words, times as milliseconds or ISO text; null for anything else. */
export function parseLogLine(line: string): LogRow | null {
  const parsed = parseJson(line);
  if (!parsed.ok || !isObject(parsed.value)) return null;
  const { level, time, msg, pid: _pid, hostname: _host, threadId, ...fields } = parsed.value;
  const at = typeof time === 'string' ? Date.parse(time) : time;
  if (typeof at !== 'number' || !Number.isFinite(at)) return null;
  return {
    at,
    level: levelOf(level),
    message: typeof msg === 'string' ? msg.slice(0, MAX_TEXT) : null,
    fields: Object.keys(fields).length > 0 ? shorten(fields) : null,
    threadId: typeof threadId === 'string' ? threadId : null,
  };
}

function shorten(fields: Record<string, unknown>): string {
  const text = JSON.stringify(fields);
  return text.length <= MAX_TEXT ? text : JSON.stringify({ cut: text.slice(0, MAX_TEXT) });
}

function levelOf(level: unknown): LogLevel {
  if (typeof level === 'number') return LEVELS[Math.min(4, Math.max(0, Math.floor(level / 10) - 1))] ?? 'INFO';
  const word = String(level).toUpperCase();
  return LEVELS.find((known) => known === word) ?? (word === 'FATAL' ? 'ERROR' : 'INFO');
}

/** What a row counts against the caps. */
export function bytesOf(row: LogRow): number {
  return Buffer.byteLength(`${row.message ?? ''}${row.fields ?? ''}${row.level}`);
}

/** `2026-11-21T11:00:17.000000Z  INFO message {"field":1}`, ended by a newline. */
export function formatRow({ at, level, message, fields }: Omit<LogRow, 'threadId'>): string {
  const micros = String(Math.floor((at % 1) * 1000)).padStart(3, '0');
  const time = `${new Date(Math.floor(at)).toISOString().slice(0, -1)}${micros}Z`;
  const text = `${message ?? ''}${fields === null ? '' : ` ${fields}`}`;
  return `${time} ${level.padStart(5)} ${text}${text.endsWith('\n') ? '' : '\n'}`;
}
