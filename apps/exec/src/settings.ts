import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { isObject } from '@codex/base';
import { type Config, loadConfig, type Override, readOverrides, resolveHome } from '@codex/config';
import type { ParamsIn } from '@codex/protocol';
import type { RunArguments } from './arguments.ts';
import { type AppIo, Refused } from './io.ts';

/** What a run is configured with. */
export interface RunSettings {
  home: string;
  overrides: Override[];
  config: Config;
  /** For `thread/start` and `thread/resume` alike. */
  thread: Pick<ParamsIn<'thread/start'>, 'model' | 'modelProvider' | 'cwd' | 'approvalPolicy' | 'sandbox' | 'config'>;
}

const LOCAL_MODELS: Readonly<Record<string, string>> = { ollama: 'gpt-oss:20b', lmstudio: 'openai/gpt-oss-20b' };

/**
 * Reads the configuration with what the command line says about it. Throws Refused or CodexError `config` for what is
 * wrong with either.
 */
export async function readSettings(args: RunArguments, io: AppIo, cwd: string): Promise<RunSettings> {
  const overrides = readOverrides(args.settings);
  const home = resolveHome(io.env, homedir());
  const { profile } = args;
  const loaded = await loadConfig({ home, cwd, env: io.env, overrides, ...(profile === undefined ? {} : { profile }) });
  if (!loaded.ok) throw new Refused(`Error: ${loaded.error.message}`);
  const { config } = loaded;
  const provider = args.oss ? localProvider(args, config) : null;
  const model = args.model ?? (provider === null ? null : (LOCAL_MODELS[provider] ?? null));
  return {
    home,
    overrides,
    config,
    thread: {
      cwd,
      approvalPolicy: 'never',
      model,
      modelProvider: provider,
      sandbox: args.sandbox ?? null,
      config: args.addDirs.length > 0 ? writableRoots(args.addDirs, config, cwd) : null,
    },
  };
}

function localProvider({ localProvider: chosen }: RunArguments, config: Config): string {
  const provider = chosen ?? config.ossProvider;
  const known = Object.keys(LOCAL_MODELS).join(' or ');
  if (provider === null) {
    throw new Refused(`Error: --oss needs --local-provider (${known}), or oss_provider in config.toml`);
  }
  if (!Object.hasOwn(LOCAL_MODELS, provider)) {
    throw new Refused(`Error: '${provider}' is no local provider; use ${known}`);
  }
  return provider;
}

/** `--add-dir` adds to what is configured; it is relative to the folder worked in. */
function writableRoots(added: readonly string[], config: Config, from: string): Record<string, unknown> {
  const table = config.toml['sandbox_workspace_write'];
  const configured = isObject(table) && Array.isArray(table['writable_roots']) ? table['writable_roots'] : [];
  return { 'sandbox_workspace_write.writable_roots': [...configured, ...added.map((dir) => resolve(from, dir))] };
}

/**
 * True when the provider is OpenAI's own at its own address: only there a run without a login has no chance. Others
 * say themselves what they miss.
 */
export function needsLogin({ config, thread }: RunSettings): boolean {
  const provider = config.modelProviders[thread.modelProvider ?? config.modelProvider];
  return provider !== undefined && provider.requiresOpenaiAuth && provider.baseUrl === null;
}
