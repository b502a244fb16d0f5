import { isAbsolute, resolve } from 'node:path';
import { CodexError } from '@codex/base';
import type { Config, Loaded, LoadedConfig, LoadOptions, Notice, TypedSettings } from '@codex/config';
import type { ConfigWarningNotification } from '@codex/protocol';
import { type ConfigWriter, createConfigWriter } from './config-writer.ts';
import type { ServiceOptions } from './service-options.ts';

/** What a request says about the configuration of its thread. */
export interface ConfigRequest {
  /** As the client wrote it; relative to the server's folder, which is also the default. */
  cwd?: string | null | undefined;
  /** Dotted keys. */
  config?: Readonly<Record<string, unknown>> | null | undefined;
  settings?: TypedSettings;
}

export interface ThreadConfig {
  config: Config;
  deprecations: readonly Notice[];
  startupWarnings: readonly string[];
}

/** The configuration, read afresh for every question. */
export interface ConfigService {
  /** Throws CodexError `config`: `failed to load configuration: …`. */
  forThread(request: ConfigRequest): Promise<ThreadConfig>;
  /** What is in force in a folder, without one for the server itself; built-in values while a file is broken. */
  current(folder?: string): Promise<Config>;
  /** All layers of a folder, for `config/read`; broken files are a value. */
  layers(cwd: string | null): Promise<Loaded>;
  /** For every client after `initialize`. */
  warnings(): Promise<readonly ConfigWarningNotification[]>;
  readonly writer: ConfigWriter;
}

export function createConfigService(options: ServiceOptions): ConfigService {
  const { home, cwd, env, overrides, profile, ids } = options;
  const reader = async () => (await import('@codex/config')).createConfigReader();
  let ready: ReturnType<typeof reader> | undefined;

  const load = async (more: Partial<LoadOptions>): Promise<Loaded> => {
    ready ??= reader();
    const given = { home, cwd, env, overrides, ...(profile === undefined ? {} : { profile }) };
    return (await ready).load({ ...given, ...more });
  };

  return {
    async forThread(request) {
      const loaded = await load({
        cwd: resolve(cwd, request.cwd ?? '.'),
        ...(request.config ? { requestConfig: request.config } : {}),
        ...(request.settings ? { settings: request.settings } : {}),
      });
      return orThrow(loaded);
    },
    async current(folder = cwd) {
      const loaded = await load({ cwd: folder });
      if (loaded.ok) return loaded.config;
      return (await import('@codex/config')).defaultConfig(home, folder, env);
    },
    layers: (folder) => load({ cwd: folder !== null && isAbsolute(folder) ? folder : resolve(cwd, folder ?? '.') }),
    warnings: async () => (await load({})).warnings,
    writer: createConfigWriter({ home, ids, load }),
  };
}

function orThrow(loaded: Loaded): LoadedConfig {
  if (loaded.ok) return loaded;
  const { message } = loaded.error;
  throw new CodexError('config', `failed to load configuration: ${message}`);
}
