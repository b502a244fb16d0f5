import { homedir } from 'node:os';
import {
  type Config,
  loadConfig,
  type LoadOptions,
  type Override,
  readOverrides,
  resolveHome,
  threadSettings,
  type ThreadSettings,
} from '@codex/config';
import type { RunArguments } from './arguments.ts';
import { type AppIo, Refused } from './io.ts';

/** What a run is configured with. */
export interface RunSettings {
  home: string;
  overrides: Override[];
  /** What is left out of the configuration. */
  configOptions: Pick<LoadOptions, 'userConfigText' | 'withoutRules'>;
  config: Config;
  /** For `thread/start` and `thread/resume` alike. */
  thread: ThreadSettings & { readonly approvalPolicy: 'never' };
}

/**
 * Reads the configuration with what the command line says about it. Throws Refused or CodexError `config` for what is
 * wrong with either.
 */
export async function readSettings(args: RunArguments, io: AppIo, cwd: string): Promise<RunSettings> {
  const overrides = readOverrides(args.settings);
  const home = resolveHome(io.env, homedir());
  const { profile } = args;
  const configOptions = { withoutRules: args.ignoreRules, ...(args.ignoreUserConfig ? { userConfigText: '' } : {}) };
  const chosen = { overrides, ...configOptions, ...(profile === undefined ? {} : { profile }) };
  const loaded = await loadConfig({ home, cwd, env: io.env, ...chosen });
  if (!loaded.ok) throw new Refused(`Error: ${loaded.error.message}`);
  const { config } = loaded;
  return {
    home,
    overrides,
    configOptions,
    config,
    thread: { ...threadSettings(args, config, cwd), approvalPolicy: 'never' },
  };
}
