import type { Writable } from 'node:stream';
import type { Logger } from '@codex/base';

type Env = Readonly<Record<string, string | undefined>>;
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;

/** Entries on stderr as text, from the least level that `RUST_LOG` names; default error. */
export function stderrLog(stderr: Writable, env: Env, bindings: object = {}): Logger {
  const named = (env['RUST_LOG'] ?? '').split(',').map((directive) => directive.split('=').at(-1)?.trim() ?? '');
  const indexes = named.map((name) => (LEVELS as readonly string[]).indexOf(name)).filter((index) => index >= 0);
  const least = named.includes('off') ? LEVELS.length : indexes.length > 0 ? Math.min(...indexes) : 4;
  const at = (level: (typeof LEVELS)[number]) => (fields: object, message: string) => {
    if (LEVELS.indexOf(level) < least) return;
    stderr.write(`${level.toUpperCase()} ${message} ${JSON.stringify({ ...bindings, ...fields }, plainError)}\n`);
  };
  return {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (more) => stderrLog(stderr, env, { ...bindings, ...more }),
  };
}

function plainError(_key: string, value: unknown): unknown {
  return value instanceof Error ? value.message : value;
}
