/** Structured log, fields before text. Texts are for developers; nothing secret, no prompts at info or above. */
export interface Logger {
  trace(fields: object, message: string): void;
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(bindings: object): Logger;
}

const nothing = () => {};

export const nullLogger: Logger = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => nullLogger,
};

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Where entries go. `write` is called only for levels that are wanted, with the fields of all children. */
export interface LogSink {
  wants(level: LogLevel): boolean;
  write(level: LogLevel, fields: object, message: string): void;
}

export function createLogger(sink: LogSink, bindings: object = {}): Logger {
  const at = (level: LogLevel) => (fields: object, message: string) => {
    if (sink.wants(level)) sink.write(level, { ...bindings, ...fields }, message);
  };
  return {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (more) => createLogger(sink, { ...bindings, ...more }),
  };
}

/**
 * The index in LOG_LEVELS of the least level that a filter lets through, one past the last for `off`. Filters look like
 * `debug` or `warn,codex_core=trace`; of several levels the most talkative counts, without one it is error.
 */
export function leastLevel(filter: string | undefined): number {
  const named = (filter ?? '')
    .split(',')
    .map((directive) => directive.split('=').at(-1)?.trim().toLowerCase() ?? '')
    .map((name) => (name === 'off' ? LOG_LEVELS.length : LOG_LEVELS.findIndex((level) => level === name)))
    .filter((index) => index >= 0);
  return named.length > 0 ? Math.min(...named) : LOG_LEVELS.indexOf('error');
}
