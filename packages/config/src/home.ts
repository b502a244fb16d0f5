import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CodexError, systemCode } from '@codex/base';
import type { Env } from './env.ts';

/**
 * The home of codex: `CODEX_HOME`, which must then be a folder, else `.codex` in the user's home. Reading never
 * creates it. Throws CodexError `config` (spec core §22.1).
 */
export function resolveHome(env: Env, homedir: string): string {
  const wanted = env['CODEX_HOME'];
  if (!wanted) return join(homedir, '.codex');
  try {
    if (statSync(wanted).isDirectory()) return realpathSync(wanted);
  } catch (cause) {
    const why = systemCode(cause) === 'ENOENT' ? 'does not exist' : 'cannot be read';
    throw new CodexError('config', `CODEX_HOME points to "${wanted}", which ${why}`, { cause });
  }
  throw new CodexError('config', `CODEX_HOME points to "${wanted}", which is not a directory`);
}
