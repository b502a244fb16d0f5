import { isTable, type TomlTable, type TomlValue } from './toml.ts';

const BARE_KEY = /^[A-Za-z0-9_-]+$/;

/** A dotted key; parts are quoted where they have to be. */
export function keyText(path: readonly string[]): string {
  return path.map((key) => (BARE_KEY.test(key) ? key : stringText(key))).join('.');
}

/** A value on one line; members of tables in alphabetical order. */
export function valueText(value: TomlValue): string {
  if (typeof value === 'string') return stringText(value);
  if (typeof value === 'boolean') return String(value);
  // Integers of TOML have 64 bits.
  if (typeof value === 'number') return Math.abs(value) < 2 ** 63 ? String(value) : value.toExponential();
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (!isTable(value)) return '""';
  const members = membersOf(value).map(([key, member]) => `${keyText([key])} = ${valueText(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

export function pairText(path: readonly string[], value: TomlValue): string {
  return `${keyText(path)} = ${valueText(value)}\n`;
}

/** A table under a header of its own, followed by those inside it. */
export function sectionText(path: readonly string[], table: TomlTable): string {
  const members = membersOf(table);
  const pairs = members.filter(([, value]) => !isTable(value)).map(([key, value]) => pairText([key], value));
  const sections = members.flatMap(([key, value]) => (isTable(value) ? [sectionText([...path, key], value)] : []));
  // A table with nothing but tables in it needs no header.
  const own = pairs.length > 0 || sections.length === 0 ? [`[${keyText(path)}]\n${pairs.join('')}`] : [];
  return [...own, ...sections].join('\n');
}

function membersOf(table: TomlTable): [string, TomlValue][] {
  return Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1));
}

function stringText(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}
