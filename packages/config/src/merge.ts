import { emptyTable, isTable, type TomlTable } from './toml.ts';

/** Tables are merged member by member, anything else is replaced (spec core §22.1). Inputs stay as they are. */
export function mergeTables(low: TomlTable, high: TomlTable): TomlTable {
  const out = Object.assign(emptyTable(), low);
  for (const [key, value] of Object.entries(high)) {
    const below = out[key];
    out[key] = isTable(below) && isTable(value) ? mergeTables(below, value) : value;
  }
  return out;
}
