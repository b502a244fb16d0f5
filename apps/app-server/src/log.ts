import type { Writable } from 'node:stream';
import { isObject, type Logger, parseJson } from '@codex/base';

export interface Log extends Logger {
  /** Resolves when every entry has been written. */
  flush: () => Promise<void>;
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;
type Level = (typeof LEVELS)[number];
type Env = Readonly<Record<string, string | undefined>>;

/**
 * A log on stderr. `RUST_LOG` gives the least level (`debug`, `warn,codex_core=trace` …; of several the most talkative
 * counts, default error), `LOG_FORMAT=json` one object per entry. The library is loaded for the first entry.
 */
export function createLog(output: Writable, env: Env): Log {
  const least = levelOf(env['RUST_LOG']);
  const asJson = env['LOG_FORMAT']?.trim().toLowerCase() === 'json';
  const backend = lazyBackend(output, asJson);

  const child = (bindings: object): Logger => {
    const at = (level: Level) => {
      if (LEVELS.indexOf(level) < least) return () => {};
      return (fields: object, message: string) => backend.write(level, { ...bindings, ...fields }, message);
    };
    return {
      trace: at('trace'),
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      child: (more) => child({ ...bindings, ...more }),
    };
  };
  return { ...child({}), flush: backend.flush };
}

/** The index of the least level that is written; one past the last for none. */
function levelOf(filter: string | undefined): number {
  const named = (filter ?? '')
    .split(',')
    .map((directive) => directive.split('=').at(-1)?.trim().toLowerCase() ?? '')
    .map((name) => (name === 'off' ? LEVELS.length : LEVELS.findIndex((level) => level === name)))
    .filter((index) => index >= 0);
  return named.length > 0 ? Math.min(...named) : LEVELS.indexOf('error');
}

type Entry = [level: Level, fields: object, message: string];

function lazyBackend(output: Writable, asJson: boolean) {
  let write: ((...entry: Entry) => void) | undefined;
  let waiting: Entry[] = [];
  let loading: Promise<void> | undefined;

  const load = async () => {
    const { pino, stdSerializers, stdTimeFunctions } = await import('pino');
    const destination = { write: (line: string) => output.write(asJson ? line : toText(line)) };
    const log = pino(
      {
        level: 'trace',
        base: null,
        timestamp: stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        serializers: { error: stdSerializers.err },
      },
      destination,
    );
    write = (level, fields, message) => log[level](fields, message);
    for (const entry of waiting) write(...entry);
    waiting = [];
  };

  return {
    write(...entry: Entry) {
      if (write) {
        write(...entry);
        return;
      }
      waiting.push(entry);
      loading ??= load();
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
