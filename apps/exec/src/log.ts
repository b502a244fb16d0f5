import type { Writable } from 'node:stream';
import { createLogger, leastLevel, LOG_LEVELS, type Logger } from '@codex/base';

/** Entries on stderr as text, from the least level that `RUST_LOG` names; default error. */
export function stderrLog(stderr: Writable, env: Readonly<Record<string, string | undefined>>): Logger {
  const least = leastLevel(env['RUST_LOG']);
  return createLogger({
    wants: (level) => LOG_LEVELS.indexOf(level) >= least,
    write: (level, fields, message) => {
      stderr.write(`${level.toUpperCase()} ${message} ${JSON.stringify(fields, plainError)}\n`);
    },
  });
}

function plainError(_key: string, value: unknown): unknown {
  return value instanceof Error ? value.message : value;
}
