import { isAbsolute, join, resolve } from 'node:path';
import { emptyTable, isTable, type TomlTable, type TomlValue } from './toml.ts';

/** Keys that hold a path or a list of paths; `*` stands for any name or list index. */
const IN_PROFILES = [
  'model_catalog_json',
  'model_instructions_file',
  'experimental_instructions_file',
  'experimental_compact_prompt_file',
  'js_repl_node_path',
  'js_repl_node_module_dirs',
  'zsh_path',
];
const PATH_KEYS = [
  ...IN_PROFILES.map((key) => [key]),
  ...IN_PROFILES.map((key) => ['profiles', '*', key]),
  ['sandbox_workspace_write', 'writable_roots'],
  ['sqlite_home'],
  ['log_dir'],
  ['agents', '*', 'config_file'],
  ['skills', 'config', '*', 'path'],
];

/** The layer's table with paths made absolute against `folder`, where the layer is defined (spec core §22.1). */
export function resolvePaths(table: TomlTable, folder: string, userHome: string | undefined): TomlTable {
  const absolute = (path: string) => absolutePath(path, folder, userHome);
  return PATH_KEYS.reduce<TomlTable>((done, keys) => rewrite(done, keys, absolute) as TomlTable, table);
}

/** `~` is the user's home. */
export function absolutePath(path: string, folder: string, userHome: string | undefined): string {
  const expanded = userHome && (path === '~' || path.startsWith('~/')) ? join(userHome, path.slice(1)) : path;
  return isAbsolute(expanded) ? resolve(expanded) : resolve(folder, expanded);
}

function rewrite(value: TomlValue, keys: readonly string[], absolute: (path: string) => string): TomlValue {
  const [key, ...rest] = keys;
  if (key === undefined) {
    if (typeof value === 'string') return absolute(value);
    if (!Array.isArray(value)) return value;
    return Object.freeze(value.map((item: TomlValue) => (typeof item === 'string' ? absolute(item) : item)));
  }
  if (key === '*' && Array.isArray(value)) {
    return Object.freeze(value.map((item: TomlValue) => rewrite(item, rest, absolute)));
  }
  if (!isTable(value)) return value;
  const names = key === '*' ? Object.keys(value) : Object.hasOwn(value, key) ? [key] : [];
  let copy: Record<string, TomlValue> | undefined;
  for (const name of names) {
    const before = value[name];
    if (before === undefined) continue;
    const after = rewrite(before, rest, absolute);
    if (after === before) continue;
    copy ??= Object.assign(emptyTable(), value);
    copy[name] = after;
  }
  return copy ? Object.freeze(copy) : value;
}
