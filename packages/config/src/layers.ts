import type { ConfigLayerMetadata } from '@codex/protocol';
import type { Layer } from './layer.ts';
import { mergeTables } from './merge.ts';
import { emptyTable, isTable, type TomlTable, type TomlValue } from './toml.ts';

/** The effective table of layers given from low to high; disabled ones do not count. */
export function mergeLayers(layers: readonly Layer[]): TomlTable {
  return layers
    .filter((layer) => layer.disabledReason === null)
    .reduce<TomlTable>((table, layer) => mergeTables(table, layer.config), emptyTable());
}

/**
 * Which layer each effective leaf comes from, by its dotted path; list elements count as leaves
 * (`config/read`, spec app-server §17.1). Layers are given from low to high.
 */
export function layerOrigins(layers: readonly Layer[]): Record<string, ConfigLayerMetadata> {
  const origins: Record<string, ConfigLayerMetadata> = Object.create(null) as Record<string, ConfigLayerMetadata>;
  const visit = (path: string, value: TomlValue, source: ConfigLayerMetadata) => {
    if (Array.isArray(value)) {
      value.forEach((item: TomlValue, index) => visit(join(path, String(index)), item, source));
    } else if (isTable(value)) {
      for (const [key, member] of Object.entries(value)) visit(join(path, key), member, source);
    } else origins[path] = source;
  };
  const descend = (path: string, value: TomlValue, stack: readonly (readonly [Layer, TomlValue])[]) => {
    if (isTable(value)) {
      for (const [key, member] of Object.entries(value)) {
        const below = stack.flatMap(([layer, table]) => {
          const found = isTable(table) ? table[key] : undefined;
          return found === undefined ? [] : [[layer, found] as const];
        });
        descend(join(path, key), member, below);
      }
      return;
    }
    const winner = stack.at(-1)?.[0];
    if (winner) visit(path, value, { name: winner.name, version: winner.version });
  };
  const active = layers.filter((layer) => layer.disabledReason === null);
  descend(
    '',
    mergeLayers(active),
    active.map((layer) => [layer, layer.config] as const),
  );
  return origins;
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
