import { join } from 'node:path';
import type { ConfigWarningNotification } from '@codex/protocol';
import type { Config } from './config.ts';
import type { Env } from './env.ts';
import { Mismatch } from './decode.ts';
import { type ConfigError, fileError, plainError, Refusal } from './error.ts';
import type { Notice } from './features.ts';
import { createFileReader, fileOf, type ReadConfigFile } from './file.ts';
import { disabledLayersWarning, type Layer, readLayers } from './layer.ts';
import { mergeLayers } from './layers.ts';
import { type Override, overridesTable } from './overrides.ts';
import { locate } from './position.ts';
import { NO_REQUIREMENTS, readRequirements, type Requirements, type RequirementsRead } from './requirements.ts';
import { type Resolution, type ResolveInput, resolveConfig, type TypedSettings } from './resolve.ts';
import { decodeConfig } from './schema.ts';
import { emptyTable, isTable, type TomlTable, type TomlValue } from './toml.ts';
import { DEFAULT_ROOT_MARKERS } from './trust.ts';

export type ConfigWarning = ConfigWarningNotification;

const SYSTEM_DIR = '/etc/codex';

export interface LoadOptions {
  /** As `resolveHome` gives it; need not exist. */
  home: string;
  /** Absolute. */
  cwd: string;
  env: Env;
  /** `-c`, `--enable` and `--disable` in the order given. */
  overrides?: readonly Override[];
  /** Dotted keys and JSON values of a request's `config`; above the overrides. */
  requestConfig?: Readonly<Record<string, unknown>>;
  /** `--profile`: stronger than the key `profile`. */
  profile?: string;
  /** Typed fields of a request or flags: above everything, profiles included. */
  settings?: TypedSettings;
  /** In place of what is in the user's config.toml, to try out a change. */
  userConfigText?: string;
  /** No files of rules about commands; an administrator's rules stay. */
  withoutRules?: boolean;
  /** Where the system's config.toml and requirements.toml are. Default /etc/codex. */
  systemDir?: string;
}

export type Loaded = LoadedConfig | FailedConfig;

export interface LoadedConfig {
  readonly ok: true;
  readonly config: Config;
  /** Low to high precedence, disabled ones included. */
  readonly layers: readonly Layer[];
  /** To be sent as `configWarning`. */
  readonly warnings: readonly ConfigWarning[];
  /** Of these, the ones about settings that are not followed. */
  readonly unheeded: readonly ConfigWarning[];
  /** To be sent as `deprecationNotice`. */
  readonly deprecations: readonly Notice[];
  /** Remarks for the user of a thread, such as unfinished features in use. */
  readonly startupWarnings: readonly string[];
}

export interface FailedConfig {
  readonly ok: false;
  readonly error: ConfigError;
  /** In force all the same. */
  readonly requirements: Requirements;
  readonly layers: readonly Layer[];
  readonly warnings: readonly ConfigWarning[];
}

export interface ConfigReader {
  /** Reads the configuration for a folder. Faults of the user are values; it does not throw for any file content. */
  load(options: LoadOptions): Promise<Loaded>;
  /** What an administrator prescribes for this machine, without anything else. */
  requirements(options: Pick<LoadOptions, 'env' | 'systemDir'>): RequirementsRead;
}

/** A reader that parses each file once until it changes. Keep one per process. */
export function createConfigReader(): ConfigReader {
  const read = createFileReader();
  return { load: async (options) => load(options, read), requirements: (options) => requirementsOf(options, read) };
}

/** Reads once, remembering nothing. */
export async function loadConfig(options: LoadOptions): Promise<Loaded> {
  return load(options, createFileReader());
}

/** What a process runs on while config.toml is broken. */
export function defaultConfig(home: string, cwd: string, env: Env, requirements = NO_REQUIREMENTS): Config {
  const table = Object.freeze(emptyTable());
  const input = { home, cwd, env, table, trust: null, markers: DEFAULT_ROOT_MARKERS, profile: undefined, settings: {} };
  const places = { rulesFolders: [join(home, 'rules')], hookFiles: [join(home, 'hooks.json')] };
  return resolveConfig({ ...input, ...places, requirements, toml: decodeConfig(table) }).config;
}

function load(options: LoadOptions, fromDisk: ReadConfigFile): Loaded {
  const { home, cwd, env, userConfigText: text } = options;
  const user = join(home, 'config.toml');
  const read: ReadConfigFile = (path, userHome) =>
    text !== undefined && path === user ? fileOf(path, text, userHome) : fromDisk(path, userHome);
  const { requirements, error: requirementsError } = requirementsOf(options, read);
  const flags = flagsOf(options);
  if ('message' in flags) {
    return { ok: false, error: flags, requirements, layers: [], warnings: [invalidWarning(flags)] };
  }
  const stack = readLayers(
    {
      home,
      cwd,
      systemDir: options.systemDir ?? SYSTEM_DIR,
      userHome: userHomeOf(env),
      flags: flags.table,
    },
    read,
  );
  const { layers } = stack;
  const disabled = disabledLayersWarning(layers);
  const layerWarnings: ConfigWarning[] = disabled ? [{ summary: disabled, details: null }] : [];
  const fail = (error: ConfigError): FailedConfig => ({
    ok: false,
    error,
    requirements,
    layers,
    warnings: [invalidWarning(error), ...layerWarnings],
  });
  const broken = requirementsError ?? stack.error;
  if (broken) return fail(broken);

  const table = mergeLayers(layers.map(withoutUserMatters));
  const { trust, markers, hookFiles } = stack;
  const rulesFolders = options.withoutRules ? [] : stack.rulesFolders;
  const { profile, settings = {} } = options;
  const base = { home, cwd, env, table, trust, markers, rulesFolders, hookFiles, requirements, profile, settings };
  const result = resolve(base, layers);
  if ('message' in result) return fail(result);
  const unheeded = asWarnings(result.unheeded);
  return {
    ok: true,
    config: result.config,
    layers,
    warnings: [...layerWarnings, ...asWarnings(result.warnings), ...unheeded],
    unheeded,
    deprecations: result.deprecations,
    startupWarnings: result.startupWarnings,
  };
}

/**
 * Which skills are switched off, and whether there are plugins and which, is said by the user, not by a project (skills
 * specification §3, §5).
 */
function withoutUserMatters(layer: Layer): Layer {
  if (layer.name.type !== 'project') return layer;
  const { plugins: _plugins, skills, features, ...others } = layer.config;
  return {
    ...layer,
    config: {
      ...others,
      ...(skills === undefined ? {} : { skills: without(skills, 'config') }),
      ...(features === undefined ? {} : { features: without(features, 'plugins') }),
    },
  };
}

function without(table: TomlValue, key: string): TomlValue {
  if (!isTable(table)) return table;
  const { [key]: _, ...others } = table;
  return others;
}

function requirementsOf({ env, systemDir }: Pick<LoadOptions, 'env' | 'systemDir'>, read: ReadConfigFile) {
  return readRequirements(systemDir ?? SYSTEM_DIR, userHomeOf(env), read);
}

function userHomeOf(env: Env): string | undefined {
  return env['HOME'] ?? env['USERPROFILE'];
}

function asWarnings(summaries: readonly string[]): ConfigWarning[] {
  return summaries.map((summary) => ({ summary, details: null }));
}

function flagsOf({ overrides, requestConfig }: LoadOptions): { table: TomlTable } | ConfigError {
  try {
    return { table: overridesTable(overrides ?? [], requestConfig ?? {}) };
  } catch (error) {
    if (error instanceof Refusal) return plainError(error.message);
    throw error;
  }
}

function resolve(input: Omit<ResolveInput, 'toml'>, layers: readonly Layer[]): Resolution | ConfigError {
  try {
    return resolveConfig({ ...input, toml: decodeConfig(input.table) });
  } catch (error) {
    if (error instanceof Refusal) return plainError(error.message, { isChoice: true });
    if (error instanceof Mismatch) return blame(error, layers);
    throw error;
  }
}

/** Finds the file in which the bad value stands; a value of session flags is named by its key instead. */
function blame(mismatch: Mismatch, layers: readonly Layer[]): ConfigError {
  for (const { file, config, disabledReason } of layers) {
    const fault = file && disabledReason === null ? faultOf(config) : null;
    if (!file || !fault) continue;
    return fileError(file.path, fault.message, locate(file.text, fault.path, fault.at), fault.described);
  }
  return plainError(mismatch.described, { misfit: mismatch.described });
}

function faultOf(table: TomlTable): Mismatch | null {
  try {
    decodeConfig(table);
    return null;
  } catch (error) {
    if (error instanceof Mismatch) return error;
    throw error;
  }
}

/** The client learns of a broken configuration once, at start (spec app-server §17.4). */
function invalidWarning({ message, path, range }: ConfigError): ConfigWarning {
  return {
    summary: 'Invalid configuration; using defaults.',
    details: message,
    ...(path === null ? {} : { path }),
    ...(range === null ? {} : { range }),
  };
}
