import { resolve } from 'node:path';
import { CodexError, isObject } from '@codex/base';
import type { SandboxMode } from '@codex/protocol';
import type { CommandLine } from './command-line.ts';
import type { Config } from './config.ts';

/** What a command line asks of a thread, as `thread/start` and `thread/resume` take it. */
export interface ThreadSettings {
  readonly cwd: string;
  readonly model: string | null;
  readonly modelProvider: string | null;
  readonly sandbox: SandboxMode | null;
  readonly config: Record<string, unknown> | null;
}

export interface ThreadOptions {
  readonly model: string | undefined;
  readonly oss: boolean;
  readonly localProvider: string | undefined;
  readonly sandbox: SandboxMode | undefined;
  readonly addDirs: readonly string[];
}

const LOCAL_MODELS: Readonly<Record<string, string>> = { ollama: 'gpt-oss:20b', lmstudio: 'openai/gpt-oss-20b' };

/** The options of a line that was read with RUN_OPTIONS. */
export function threadOptions({ flags, values }: CommandLine): ThreadOptions {
  const value = (name: string) => values.get(name)?.at(-1);
  const bypass = flags.has('dangerously-bypass-approvals-and-sandbox');
  return {
    model: value('model'),
    oss: flags.has('oss'),
    localProvider: value('local-provider'),
    sandbox: bypass
      ? 'danger-full-access'
      : flags.has('full-auto')
        ? 'workspace-write'
        : (value('sandbox') as SandboxMode | undefined),
    addDirs: values.get('add-dir') ?? [],
  };
}

/** Throws CodexError `config` when `--oss` names no provider that is known here. */
export function threadSettings(options: ThreadOptions, config: Config, cwd: string): ThreadSettings {
  const provider = options.oss ? localProvider(options, config) : null;
  return {
    cwd,
    model: options.model ?? (provider === null ? null : (LOCAL_MODELS[provider] ?? null)),
    modelProvider: provider,
    sandbox: options.sandbox ?? null,
    config: options.addDirs.length > 0 ? writableRoots(options.addDirs, config, cwd) : null,
  };
}

function localProvider({ localProvider: chosen }: ThreadOptions, config: Config): string {
  const provider = chosen ?? config.ossProvider;
  const known = Object.keys(LOCAL_MODELS).join(' or ');
  if (provider === null) {
    throw new CodexError('config', `--oss needs --local-provider (${known}), or oss_provider in config.toml`);
  }
  if (!Object.hasOwn(LOCAL_MODELS, provider)) {
    throw new CodexError('config', `'${provider}' is no local provider; use ${known}`);
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
export function needsLogin({
  config,
  thread,
}: {
  readonly config: Config;
  readonly thread: Pick<ThreadSettings, 'modelProvider'>;
}): boolean {
  const provider = config.modelProviders[thread.modelProvider ?? config.modelProvider];
  return provider !== undefined && provider.requiresOpenaiAuth && provider.baseUrl === null;
}
