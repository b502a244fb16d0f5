import { isAbsolute, resolve } from 'node:path';
import { CodexError } from '@codex/base';
import type {
  Config,
  ConfigReader,
  Loaded,
  LoadedConfig,
  LoadOptions,
  Notice,
  RequirementsRead,
  TypedSettings,
} from '@codex/config';
import type { AskForApproval, ConfigWarningNotification, SandboxPolicy } from '@codex/protocol';
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
  /** Settings that are not followed. */
  unheeded: readonly ConfigWarningNotification[];
}

/** Absent is no change. */
export interface PolicyChange {
  approvalPolicy?: AskForApproval | null | undefined;
  sandboxPolicy?: SandboxPolicy | null | undefined;
}

/** The configuration, read afresh for every question. */
export interface ConfigService {
  /** Throws CodexError `config`: `failed to load configuration: …`. */
  forThread(request: ConfigRequest): Promise<ThreadConfig>;
  /** What is in force in a folder, without one for the server itself; built-in values while a file is broken. */
  current(folder?: string): Promise<Config>;
  /** The same with what plugins and connected apps add, as in `forThread`. */
  complete(folder?: string): Promise<Config>;
  /** All layers of a folder, for `config/read`; broken files are a value. */
  layers(cwd: string | null): Promise<Loaded>;
  /** What an administrator prescribes now; a broken file is a value. */
  requirements(): Promise<RequirementsRead>;
  /** Why an administrator forbids a change; null when it is allowed. */
  refusal(wanted: PolicyChange): Promise<string | null>;
  readonly writer: ConfigWriter;
}

/** `complete` adds what plugins and connected apps bring, and does not reject. */
export function createConfigService(
  options: ServiceOptions,
  { complete }: { complete: (config: Config) => Promise<Config> },
): ConfigService {
  const { home, cwd, env, overrides, profile, configOptions, systemDir, ids } = options;
  const system = systemDir === undefined ? {} : { systemDir };
  let ready: Promise<ConfigReader> | undefined;
  const reader = () => (ready ??= import('@codex/config').then(({ createConfigReader }) => createConfigReader()));

  const load = async (more: Partial<LoadOptions>): Promise<Loaded> => {
    const given = {
      home,
      cwd,
      env,
      overrides,
      ...system,
      ...configOptions,
      ...(profile === undefined ? {} : { profile }),
    };
    return (await reader()).load({ ...given, ...more });
  };
  const requirements = async () => (await reader()).requirements({ env, ...system });
  const current = async (folder = cwd): Promise<Config> => {
    const loaded = await load({ cwd: folder });
    if (loaded.ok) return loaded.config;
    return (await import('@codex/config')).defaultConfig(home, folder, env, loaded.requirements);
  };

  return {
    async forThread(request) {
      const loaded = await load({
        cwd: resolve(cwd, request.cwd ?? '.'),
        ...(request.config ? { requestConfig: request.config } : {}),
        ...(request.settings ? { settings: request.settings } : {}),
      });
      const found = orThrow(loaded);
      return { ...found, config: await complete(found.config) };
    },
    current,
    complete: async (folder) => complete(await current(folder)),
    layers: (folder) => load({ cwd: folder !== null && isAbsolute(folder) ? folder : resolve(cwd, folder ?? '.') }),
    requirements,
    async refusal({ approvalPolicy, sandboxPolicy }) {
      const [config, prescribed] = await Promise.all([import('@codex/config'), requirements()]);
      return config.refusedByRequirements(prescribed.requirements, {
        approvalPolicy: approvalPolicy ?? undefined,
        sandbox: sandboxPolicy ? config.requiredSandbox(sandboxPolicy) : undefined,
      });
    },
    writer: createConfigWriter({ home, ids, load }),
  };
}

function orThrow(loaded: Loaded): LoadedConfig {
  if (loaded.ok) return loaded;
  const { message } = loaded.error;
  throw new CodexError('config', `failed to load configuration: ${message}`);
}
