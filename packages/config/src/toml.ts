import { isObject } from '@codex/base';
import { parse, TomlDate, TomlError } from 'smol-toml';
import type { TextRange } from '@codex/protocol';

export type TomlValue = string | number | boolean | readonly TomlValue[] | TomlTable;
/** Has no prototype, so that a key of any name is just a key. */
export interface TomlTable {
  readonly [key: string]: TomlValue;
}

export type ParsedToml = { ok: true; table: TomlTable } | { ok: false; message: string; range: TextRange | null };

/** Deeper documents are refused, so that every walk over a table may recurse. */
export const MAX_DEPTH = 100;
/** Stands for a value that was given up. */
export const TOO_DEEP = Symbol('nested too deep');
const TOO_DEEP_TEXT = `tables or arrays are nested more than ${MAX_DEPTH} levels deep`;

/** Parses a TOML document into frozen values. Never throws. */
export function parseToml(text: string): ParsedToml {
  try {
    const table = toToml(parse(text, { integersAsBigInt: 'asNeeded' }));
    return isTable(table) ? { ok: true, table } : { ok: false, message: TOO_DEEP_TEXT, range: null };
  } catch (error) {
    // Anything else is the parser running out of stack.
    if (!(error instanceof TomlError)) return { ok: false, message: TOO_DEEP_TEXT, range: null };
    const at = { line: error.line, column: error.column };
    const reason = error.message.split('\n', 1)[0]?.replace(/^Invalid TOML document: /, '') ?? 'invalid TOML';
    return { ok: false, message: inKnownWords(reason, text, at), range: { start: at, end: at } };
  }
}

/** The parser's commonest complaints in the words that users of config.toml know. */
function inKnownWords(reason: string, text: string, { line, column }: { line: number; column: number }): string {
  const row = text.split('\n')[line - 1] ?? '';
  switch (reason) {
    case 'trying to redefine an already defined table or value':
      return 'duplicate key';
    case 'illegal underscore':
      return '`_` may only go between digits';
    case 'illegal character in key':
      return row.trimStart().startsWith('[') ? 'unclosed table, expected `]`' : 'key with no value, expected `=`';
    case 'control characters are not allowed in strings':
      if (column <= row.length || !/=\s*["']/.test(row)) return reason;
      return /=\s*"/.test(row) ? 'invalid basic string, expected `"`' : "invalid literal string, expected `'`";
    case 'invalid value': {
      const value = row.slice(column - 1);
      const word = ['true', 'false'].find((each) => value.startsWith(each.charAt(0)));
      if (word) return `invalid boolean, expected \`${word}\``;
      const isBare = value === '' ? /=\s*$/.test(row) : /^[A-Za-z]/.test(value);
      return isBare ? 'string values must be quoted, expected literal string' : reason;
    }
    default:
      return reason;
  }
}

export function isTable(value: unknown): value is TomlTable {
  return isObject(value);
}

export function emptyTable(): Record<string, TomlValue> {
  return Object.create(null) as Record<string, TomlValue>;
}

/**
 * A frozen copy of any parsed value in the shape of a layer. Nulls are left out: they say nothing. Undefined when
 * nothing is left.
 */
export function toToml(value: unknown, depth = 0): TomlValue | undefined | typeof TOO_DEEP {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof TomlDate) return Object.freeze(dateTable(value));
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > MAX_DEPTH) return TOO_DEEP;
  if (Array.isArray(value)) {
    const items: TomlValue[] = [];
    for (const item of value) {
      const member = toToml(item, depth + 1);
      if (member === TOO_DEEP) return TOO_DEEP;
      if (member !== undefined) items.push(member);
    }
    return Object.freeze(items);
  }
  const table = emptyTable();
  for (const [key, item] of Object.entries(value)) {
    const member = toToml(item, depth + 1);
    if (member === TOO_DEEP) return TOO_DEEP;
    if (member !== undefined) table[key] = member;
  }
  return Object.freeze(table);
}

/** No key of the configuration is a date; clients and version hashes know dates in this form. */
function dateTable(value: TomlDate): Record<string, TomlValue> {
  const table = emptyTable();
  table['$__toml_private_datetime'] = value.toISOString();
  return table;
}
