import { isAbsolute, join, resolve } from 'node:path';
import { canonicalJson, CodexError, type Ids, replaceFile } from '@codex/base';
import type { ConfigEdit, EditedConfig, Layer, Loaded, LoadOptions } from '@codex/config';
import type { ConfigLayerSource, ParamsOf, ResultOf } from '@codex/protocol';
import { orOsError } from '../os-error.ts';

type WriteErrorCode =
  | 'configLayerReadonly'
  | 'configVersionConflict'
  | 'configValidationError'
  | 'configPathNotFound'
  | 'userLayerNotFound';
type Written = ResultOf<'config/batchWrite'>;

/** Changes the user's config.toml, all edits or none (§17.2). One call at a time. */
export interface ConfigWriter {
  write(params: Omit<ParamsOf<'config/batchWrite'>, 'reloadUserConfig'>): Promise<Written>;
}

export interface ConfigWriterDeps {
  home: string;
  ids: Ids;
  load: (more: Partial<LoadOptions>) => Promise<Loaded>;
}

export function createConfigWriter({ home, ids, load }: ConfigWriterDeps): ConfigWriter {
  const file = join(home, 'config.toml');
  return {
    async write({ edits, filePath, expectedVersion }) {
      if (typeof filePath === 'string' && !(isAbsolute(filePath) && resolve(filePath) === resolve(file))) {
        throw refusal('configLayerReadonly', 'Only writes to the user config are allowed');
      }
      const changes = edits.map(readEdit);
      const before = userLayer(await load({}));
      if (typeof expectedVersion === 'string' && expectedVersion !== before.version) {
        const message = 'Configuration was modified since last read. Fetch latest version and retry.';
        throw refusal('configVersionConflict', message);
      }
      const text = before.file?.text ?? '';
      // What cannot be read must not be replaced by what is written now.
      if (before.file?.error) {
        throw new CodexError('internal', `failed to load configuration: ${before.file.error.message}`);
      }
      const { editConfig, refusedEdit } = await import('@codex/config');
      const edited = editConfig(text, changes);
      if (!edited.ok) throw editRefusal(edited);
      if (edited.text !== text) {
        const tried = await load({ userConfigText: edited.text });
        // What is chosen may be defined by a later write.
        if (!tried.ok && !tried.error.isChoice) throw invalid(tried.error.misfit ?? tried.error.message);
        const requirements = tried.ok ? tried.config.requirements : tried.requirements;
        const forbidden = refusedEdit(changes, userLayer(tried).config, requirements);
        if (forbidden !== null) throw invalid(forbidden);
        await orOsError(replaceFile(file, edited.text, ids.hex(12)));
      }
      const after = await load({});
      const overriddenMetadata = await findOverride(after, changes);
      return {
        status: overriddenMetadata ? 'okOverridden' : 'ok',
        version: userLayer(after).version,
        filePath: file,
        overriddenMetadata,
      };
    },
  };
}

function readEdit({ keyPath, value, mergeStrategy }: ParamsOf<'config/batchWrite'>['edits'][number]): ConfigEdit {
  if (keyPath.trim() === '') throw refusal('configValidationError', 'keyPath must not be empty');
  return { path: keyPath.split('.'), value: value ?? null, merge: mergeStrategy };
}

function userLayer(loaded: Loaded): Layer {
  const layer = loaded.layers.find(({ name }) => name.type === 'user');
  if (!layer) throw refusal('userLayerNotFound', 'the user configuration is not among the layers');
  return layer;
}

/** The first edit that has no effect because a stronger layer says something else. */
async function findOverride(loaded: Loaded, edits: readonly ConfigEdit[]): Promise<Written['overriddenMetadata']> {
  const { mergeLayers, valueAt } = await import('@codex/config');
  // The question is about the server, which belongs to no project.
  const layers = loaded.layers.filter(({ name, disabledReason }) => name.type !== 'project' && disabledReason === null);
  const user = userLayer(loaded);
  const above = layers.slice(layers.indexOf(user) + 1);
  const effective = mergeLayers(layers);
  for (const { path } of edits) {
    const layer = above.findLast(({ config }) => valueAt(config, path) !== undefined);
    const value = valueAt(effective, path);
    if (!layer || canonicalJson(value) === canonicalJson(valueAt(user.config, path))) continue;
    return {
      message: `Overridden by ${nameOf(layer.name)}`,
      overridingLayer: { name: layer.name, version: layer.version },
      effectiveValue: value,
    };
  }
  return null;
}

function nameOf(source: ConfigLayerSource): string {
  switch (source.type) {
    case 'mdm':
      return `managed policy (MDM): ${source.domain}`;
    case 'system':
      return `managed config (system): ${source.file}`;
    case 'user':
      return `user config: ${source.file}`;
    case 'project':
      return `project config: ${join(source.dotCodexFolder, 'config.toml')}`;
    case 'sessionFlags':
      return 'session flags';
    case 'legacyManagedConfigTomlFromFile':
      return `legacy managed_config.toml: ${source.file}`;
    case 'legacyManagedConfigTomlFromMdm':
      return 'legacy managed configuration from MDM';
  }
}

function editRefusal({ reason, message }: Extract<EditedConfig, { ok: false }>): CodexError {
  switch (reason) {
    case 'pathNotFound':
      return refusal('configPathNotFound', message);
    case 'impossible':
      return refusal('configValidationError', message);
    case 'invalid':
      return invalid(message);
  }
}

function invalid(message: string): CodexError {
  return refusal('configValidationError', `Invalid configuration: ${message}`);
}

function refusal(code: WriteErrorCode, message: string): CodexError {
  return new CodexError('invalidRequest', message, { data: { config_write_error_code: code } });
}
