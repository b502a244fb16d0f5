import { canonicalJson, CodexError, toMessage } from '@codex/base';
import type { Config } from './config.ts';
import { Mismatch } from './decode.ts';
import type { Env } from './env.ts';
import { Refusal } from './error.ts';
import { createFileReader } from './file.ts';
import { mergeTables } from './merge.ts';
import { resolveConfig } from './resolve.ts';
import { decodeConfig } from './schema.ts';
import type { TomlTable } from './toml.ts';

/**
 * What the `config_file` of a role of agents changes in a configuration (spec core §13.4). Settings it does not speak of
 * are left out, so what flags and callers chose stays. Throws CodexError `config` for a file that is broken or missing.
 */
export function roleChanges(config: Config, path: string, env: Env): Partial<Config> {
  const file = createFileReader()(path, env['HOME']);
  if (file.error) throw new CodexError('config', file.error.message);
  if (!file.exists) throw new CodexError('config', `${path}: there is no such file`);
  try {
    const before = resolved(config, config.toml, env);
    const after = resolved(config, mergeTables(config.toml, file.table), env);
    const changed = Object.entries(after).filter(
      ([key, value]) => canonicalJson(value) !== canonicalJson(before[key as keyof Config]),
    );
    return Object.fromEntries(changed);
  } catch (error) {
    if (!(error instanceof Mismatch || error instanceof Refusal)) throw error;
    throw new CodexError('config', `${path}: ${toMessage(error)}`, { cause: error });
  }
}

function resolved(config: Config, table: TomlTable, env: Env): Config {
  const { home, cwd, profile, rulesFolders, hookFiles, requirements } = config;
  return resolveConfig({
    ...{ home, cwd, env, toml: decodeConfig(table), table },
    ...{ trust: config.projectTrust, markers: config.projectRootMarkers, rulesFolders, hookFiles, requirements },
    profile: profile ?? undefined,
    settings: {},
  }).config;
}
