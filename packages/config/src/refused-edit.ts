import type { ConfigEdit } from './edit.ts';
import { refusedByRequirements, type WantedSettings } from './enforce.ts';
import { featureKey, type FeatureKey } from './features.ts';
import type { Requirements } from './requirements.ts';
import { decodeConfig } from './schema.ts';
import type { TomlTable } from './toml.ts';

/**
 * Why requirements forbid edits of config.toml, null when they do not. `table` is the file as it would be; values that stood
 * there before do not matter, they are overruled whenever they are read.
 */
export function refusedEdit(edits: readonly ConfigEdit[], table: TomlTable, requirements: Requirements): string | null {
  const set = edits.filter(({ value }) => value !== null);
  const touches = (key: string) => set.some(({ path }) => path[0] === key);
  const toml = decodeConfig(table);
  const wanted: WantedSettings = {
    approvalPolicy: touches('approval_policy') ? toml.approval_policy : undefined,
    sandbox: touches('sandbox_mode') ? toml.sandbox_mode : undefined,
    webSearch: touches('web_search') ? toml.web_search : undefined,
    features: touches('features') ? byKey(toml.features ?? {}, set) : undefined,
  };
  return refusedByRequirements(requirements, wanted);
}

function byKey(
  features: Readonly<Record<string, boolean>>,
  edits: readonly ConfigEdit[],
): Partial<Record<FeatureKey, boolean>> {
  const wanted: Partial<Record<FeatureKey, boolean>> = {};
  for (const [name, enabled] of Object.entries(features)) {
    const key = featureKey(name);
    const isSet = edits.some(({ path }) => path[0] === 'features' && (path.length === 1 || path[1] === name));
    if (key !== null && isSet) wanted[key] = enabled;
  }
  return wanted;
}
