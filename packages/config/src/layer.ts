import { existsSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigLayerSource } from '@codex/protocol';
import type { TrustLevel } from './config.ts';
import type { ConfigError } from './error.ts';
import { type ConfigFile, type ReadConfigFile, versionOf } from './file.ts';
import { mergeTables } from './merge.ts';
import { resolvePaths } from './paths.ts';
import { emptyTable, type TomlTable } from './toml.ts';
import { createTrust, DEFAULT_ROOT_MARKERS, foldersBetween, projectRoot } from './trust.ts';

/** One source of settings (spec core §22.1, app-server §17.1). */
export interface Layer {
  readonly name: ConfigLayerSource;
  readonly version: string;
  readonly config: TomlTable;
  /** Why the layer does not count; null when it does. */
  readonly disabledReason: string | null;
  /** The file it was read from, and its text for positions; null for session flags. */
  readonly file: ConfigFile | null;
}

export interface LayerSources {
  readonly home: string;
  readonly cwd: string;
  readonly systemDir: string;
  readonly userHome: string | undefined;
  /** Session flags as one table, paths in it relative to `cwd`. */
  readonly flags: TomlTable;
}

export interface LayerStack {
  /** Low to high precedence. */
  readonly layers: readonly Layer[];
  /** The first enabled file that cannot be parsed. */
  readonly error: ConfigError | null;
  readonly trust: TrustLevel | null;
  readonly markers: readonly string[];
  /** Where rules about commands are read from, low to high precedence. */
  readonly rulesFolders: readonly string[];
  /** Where hooks may be told, there or not; low to high precedence. */
  readonly hookFiles: readonly string[];
}

/** Reads all layers. Project layers of a folder that is not trusted are there, but disabled. */
export function readLayers(sources: LayerSources, read: ReadConfigFile): LayerStack {
  const { home, cwd, systemDir, userHome } = sources;
  const system = read(join(systemDir, 'config.toml'), userHome);
  const user = read(join(home, 'config.toml'), userHome);
  const managed = read(join(systemDir, 'managed_config.toml'), userHome);
  const flags = resolvePaths(sources.flags, cwd, userHome);

  // Trust and markers must not come from the project itself.
  const outside = [system.table, user.table, flags, managed.table].reduce<TomlTable>(mergeTables, emptyTable());
  const markers = rootMarkers(outside['project_root_markers']);
  const trustOf = createTrust(outside['projects'], cwd, markers);

  const projectFolders = foldersBetween(projectRoot(cwd, markers), cwd).filter((each) => isProjectFolder(each, home));
  const projects = projectFolders.map((folder) => {
    const dotCodexFolder = join(folder, '.codex');
    const file = read(join(dotCodexFolder, 'config.toml'), userHome);
    const trust = trustOf(folder);
    const reason = file.exists && trust.level !== 'trusted' ? disabledReason(trust, user.path) : null;
    return fromFile({ type: 'project', dotCodexFolder }, file, reason);
  });
  // A rule can take a command out of the sandbox, a hook is one: those of a project count only when its user trusts it.
  const trusted = projectFolders.filter((folder) => trustOf(folder).level === 'trusted');
  const believed = [systemDir, home, ...trusted.map((folder) => join(folder, '.codex'))];
  const layers = [
    fromFile({ type: 'system', file: system.path }, system),
    fromFile({ type: 'user', file: user.path }, user),
    ...projects,
    ...(Object.keys(flags).length > 0 ? [fromFlags(flags)] : []),
    ...(managed.exists ? [fromFile({ type: 'legacyManagedConfigTomlFromFile', file: managed.path }, managed)] : []),
  ];
  const faulty = layers.find((layer) => layer.disabledReason === null && layer.file?.error);
  return {
    layers,
    error: faulty?.file?.error ?? null,
    trust: trustOf(cwd).level,
    markers,
    rulesFolders: believed.map((folder) => join(folder, 'rules')),
    hookFiles: believed.map((folder) => join(folder, 'hooks.json')),
  };
}

/** The text of the `configWarning` about disabled project layers; null when there are none (app-server §17.4). */
export function disabledLayersWarning(layers: readonly Layer[]): string | null {
  const entries = layers.flatMap(({ name, disabledReason: reason }) =>
    name.type === 'project' && reason !== null ? [[name.dotCodexFolder, reason] as const] : [],
  );
  if (entries.length === 0) return null;
  const lines = entries.map(([folder, reason], index) => `    ${index + 1}. ${folder}\n       ${reason}\n`);
  return (
    'Project config.toml files are disabled in the following folders. ' +
    `Settings in those files are ignored, but skills and exec policies still load.\n${lines.join('')}`
  );
}

function disabledReason(trust: { level: TrustLevel | null; key: string }, userFile: string): string {
  return trust.level === 'untrusted'
    ? `${trust.key} is marked as untrusted in ${userFile}. To load config.toml, mark it trusted.`
    : `To load config.toml, add ${trust.key} as a trusted project in ${userFile}.`;
}

function fromFile(name: ConfigLayerSource, file: ConfigFile, disabled: string | null = null): Layer {
  return { name, version: file.version, config: file.table, disabledReason: disabled, file };
}

function fromFlags(flags: TomlTable): Layer {
  return { name: { type: 'sessionFlags' }, version: versionOf(flags), config: flags, disabledReason: null, file: null };
}

/** A folder with `.codex` in it, unless that is the home of codex, which is the user layer already. */
function isProjectFolder(folder: string, home: string): boolean {
  const own = join(folder, '.codex');
  try {
    if (own === home || !statSync(own, { throwIfNoEntry: false })?.isDirectory()) return false;
  } catch {
    return false;
  }
  return !existsSync(home) || realpathSync.native(own) !== realpathSync.native(home);
}

function rootMarkers(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return DEFAULT_ROOT_MARKERS;
  return value.filter((item): item is string => typeof item === 'string');
}
