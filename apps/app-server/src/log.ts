import type { Writable } from 'node:stream';
import {
  createLogger,
  isObject,
  leastLevel,
  LOG_LEVELS,
  type Logger,
  type LogLevel,
  parseJson,
  systemClock,
} from '@codex/base';

export interface Log extends Logger {
  /** From now on entries of every level also go to `store`, JSON as pino writes it. */
  keep: (store: { write(line: string): void }) => KeptLog;
  /** Resolves when every entry has been written. */
  flush: () => Promise<void>;
}

export interface KeptLog {
  /** Passes on what waits. */
  flush(): Promise<void>;
  /** The same before an end, except for small talk when nothing else was ever said: loading takes longer than it is worth. */
  end(): Promise<void>;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Entries that are only kept do not make the library load while the program starts. */
const QUIET_MS = 1_000;
/** Of those, so many wait for it. */
const MAX_WAITING = 1_000;

/**
 * A log on stderr. `RUST_LOG` gives the least level (`debug`, `warn,codex_core=trace` …; of several the most talkative
 * counts, default error), `LOG_FORMAT=json` one object per entry. The library is loaded for the first entry, a second
 * later when that is not for stderr.
 */
export function createLog(output: Writable, env: Env): Log {
  const least = leastLevel(env['RUST_LOG']);
  const asJson = env['LOG_FORMAT']?.trim().toLowerCase() === 'json';
  const backend = lazyBackend(output, { asJson, least });

  return { ...createLogger(backend), keep: backend.keep, flush: backend.flush };
}

type Entry = [level: LogLevel, fields: object, message: string];

function lazyBackend(output: Writable, { asJson, least }: { asJson: boolean; least: number }) {
  let write: ((...entry: Entry) => void) | undefined;
  let store: { write(line: string): void } | undefined;
  let waiting: Entry[] = [];
  let loading: Promise<void> | undefined;
  let cancelTimer: (() => void) | undefined;

  const isShown = (level: LogLevel) => LOG_LEVELS.indexOf(level) >= least;
  const load = async () => {
    cancelTimer?.();
    const { multistream, pino, stdSerializers, stdTimeFunctions } = await import('pino');
    const shown = { write: (line: string) => void output.write(asJson ? line : toText(line)) };
    const kept = { write: (line: string) => store?.write(line) };
    const level = LOG_LEVELS[least];
    const log = pino(
      {
        level: 'trace',
        base: null,
        timestamp: stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        serializers: { error: stdSerializers.err },
      },
      multistream([...(level ? [{ level, stream: shown }] : []), { level: 'trace', stream: kept }]),
    );
    write = (at, fields, message) => log[at](fields, message);
    for (const entry of waiting) write(...entry);
    waiting = [];
  };
  const begin = () => (loading ??= load());

  return {
    wants: (level: LogLevel) => isShown(level) || store !== undefined,
    write(...entry: Entry) {
      if (write) {
        write(...entry);
        return;
      }
      const [level] = entry;
      if (isShown(level)) {
        waiting.push(entry);
        void begin();
      } else if (waiting.length < MAX_WAITING) {
        waiting.push(entry);
        cancelTimer ??= systemClock.timer(QUIET_MS, () => void begin());
      }
    },
    keep: (given: { write(line: string): void }) => {
      store = given;
      return {
        async flush() {
          if (waiting.length > 0) void begin();
          await loading;
        },
        async end() {
          if (waiting.some(([level]) => LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf('info'))) void begin();
          cancelTimer?.();
          await loading;
        },
      };
    },
    flush: async () => {
      await loading;
    },
  };
}

/** `<time> <LEVEL> <message> field=value …` */
function toText(line: string): string {
  const parsed = parseJson(line);
  if (!parsed.ok || !isObject(parsed.value)) return line;
  const { time, level, msg, ...fields } = parsed.value;
  const rest = Object.entries(fields).map(([name, value]) => {
    const shown = isObject(value) && typeof value['message'] === 'string' ? value['message'] : value;
    return ` ${name}=${typeof shown === 'string' ? shown : JSON.stringify(shown)}`;
  });
  return `${String(time)} ${String(level).toUpperCase().padStart(5)} ${String(msg)}${rest.join('')}\n`;
}
