import { CodexError } from '@codex/base';
import { Refusal } from './error.ts';
import { parseToml, type TomlTable, toToml, type TomlValue, emptyTable, isTable, MAX_DEPTH, TOO_DEEP } from './toml.ts';
import { isFeatureName } from './features.ts';

/** One `-c key=value`: where it goes and what it sets. */
export interface Override {
  readonly path: readonly string[];
  readonly value: TomlValue;
}

/** One `-c`, `--enable` or `--disable` of a command line. */
export interface OverrideFlag {
  readonly option: 'config' | 'enable' | 'disable';
  readonly text: string;
}

/**
 * What such options mean, in the order given. Throws CodexError `config` for the first that means nothing. A key is dotted,
 * its parts may be quoted as in TOML; a value is TOML, and where it is not, the text itself without quotes around it (spec
 * core §22.1).
 */
export function readOverrides(flags: readonly OverrideFlag[]): Override[] {
  return flags.map(({ option, text }) => (option === 'config' ? readSetting(text) : readFeature(text, option)));
}

function readSetting(text: string): Override {
  const refuse = (why: string) => new CodexError('config', `error parsing -c overrides: ${why}: ${text}`);
  const path = splitKey(text, '=');
  if (!path || text[path.end] !== '=') throw refuse("Invalid override (missing '=')");
  if (path.parts.length === 1 && path.parts[0] === '') throw refuse('Empty key in override');
  if (path.parts.length > MAX_DEPTH) throw refuse('Key is nested too deep in override');
  return { path: canonical(path.parts), value: parseValue(text.slice(path.end + 1)) };
}

function readFeature(name: string, option: 'enable' | 'disable'): Override {
  if (!isFeatureName(name)) throw new CodexError('config', `Unknown feature flag: ${name}`);
  return { path: ['features', name], value: option === 'enable' };
}

/**
 * The session-flags table: command line first, then the request's dotted keys on top. Throws `Refusal` for a request
 * that is nested too deep.
 */
export function overridesTable(overrides: readonly Override[], request: Readonly<Record<string, unknown>>): TomlTable {
  const root = emptyTable();
  for (const { path, value } of overrides) place(root, path, value);
  for (const [key, raw] of Object.entries(request)) {
    const path = splitKey(key, null)?.parts ?? [];
    const value = path.length > MAX_DEPTH ? TOO_DEEP : toToml(raw);
    if (value === TOO_DEEP) throw new Refusal(`\`${path.slice(0, 3).join('.')}\` is nested too deep`);
    if (value !== undefined) place(root, path, value);
  }
  return root;
}

function place(root: Record<string, TomlValue>, path: readonly string[], value: TomlValue): void {
  let table = root;
  for (const part of path.slice(0, -1)) {
    const below = table[part];
    const next: Record<string, TomlValue> = Object.assign(emptyTable(), isTable(below) ? below : {});
    table[part] = next;
    table = next;
  }
  const last = path.at(-1);
  if (last !== undefined) table[last] = value;
}

/** Splits at dots outside quotes, up to `stop` or the end. Undefined when `stop` is never reached. */
function splitKey(text: string, stop: string | null): { parts: string[]; end: number } | undefined {
  const parts: string[] = [];
  let part = '';
  let at = 0;
  for (; at < text.length && text[at] !== stop; at++) {
    const char = text[at] ?? '';
    const close = (char === '"' || char === "'") && part.trim() === '' ? text.indexOf(char, at + 1) : -1;
    if (close > 0) {
      part = text.slice(at + 1, close);
      at = close;
    } else if (char === '.') {
      parts.push(part.trim());
      part = '';
    } else part += char;
  }
  if (stop !== null && at >= text.length) return undefined;
  parts.push(part.trim());
  return { parts, end: at };
}

function parseValue(raw: string): TomlValue {
  const text = raw.trim();
  const parsed = parseToml(`value = ${text}`);
  const keys = parsed.ok ? Object.keys(parsed.table) : [];
  const value = parsed.ok && keys.length === 1 ? parsed.table['value'] : undefined;
  return value ?? text.replace(/^["']+|["']+$/g, '');
}

/** The one key with a short name of old. */
function canonical(path: readonly string[]): readonly string[] {
  return path.length === 1 && path[0] === 'use_legacy_landlock' ? ['features', 'use_legacy_landlock'] : path;
}
