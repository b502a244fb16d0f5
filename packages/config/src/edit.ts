import { canonicalJson } from '@codex/base';
import { Mismatch } from './decode.ts';
import { decodeConfig } from './schema.ts';
import { emptyTable, isTable, parseToml, TOO_DEEP, toToml, type TomlTable, type TomlValue } from './toml.ts';
import { removeText, setText, valueAt } from './toml-edit.ts';

export { valueAt };

/** One change of a config.toml (spec app-server §17.2). */
export interface ConfigEdit {
  /** At least one key. */
  readonly path: readonly string[];
  /** JSON; null takes the key out. */
  readonly value: unknown;
  /** `upsert` merges tables; anything else is replaced either way. */
  readonly merge: 'replace' | 'upsert';
}

/** The path leads nowhere; the edit cannot be made; what it makes is no valid configuration. */
export type EditFault = 'pathNotFound' | 'impossible' | 'invalid';

export type EditedConfig =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: EditFault; readonly message: string };

/**
 * The text of a config.toml after all edits, or why there is none. What the edits do not name stays as it is written,
 * comments and order included. The result is valid by itself; what other layers make of it is not looked at.
 */
export function editConfig(text: string, edits: readonly ConfigEdit[]): EditedConfig {
  let edited = text;
  for (const edit of edits) {
    const outcome = applyEdit(edited, edit);
    if (!outcome.ok) return outcome;
    edited = outcome.text;
  }
  const parsed = parseToml(edited);
  if (!parsed.ok) return invalid(parsed.message);
  try {
    decodeConfig(parsed.table);
    return { ok: true, text: edited };
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    return invalid(error.described);
  }
}

function applyEdit(text: string, { path, value, merge }: ConfigEdit): EditedConfig {
  const parsed = parseToml(text);
  if (!parsed.ok) return invalid(parsed.message);
  const { table } = parsed;
  const parent = valueAt(table, path.slice(0, -1));
  if (value === null) {
    if (!isTable(parent)) return { ok: false, reason: 'pathNotFound', message: 'Path not found' };
    if (valueAt(table, path) === undefined) return { ok: true, text };
    return checked(removeText(text, path), withValue(table, path, undefined));
  }
  for (let length = 1; length < path.length; length++) {
    const passed = valueAt(table, path.slice(0, length));
    if (passed !== undefined && !isTable(passed)) return impossible('cannot set value on non-table parent');
  }
  if (hasNull(value)) return impossible('invalid value: invalid type: null, expected any valid TOML value');
  const wanted = toToml(value);
  if (wanted === undefined || wanted === TOO_DEEP) return impossible('invalid value: nested too deep');

  let edited = text;
  let expected = table;
  for (const change of changesTo(table, path, wanted, merge)) {
    const { path: at, value: next } = change;
    if (next === undefined) edited = removeText(edited, at);
    else if (canonicalJson(valueAt(expected, at)) !== canonicalJson(next)) edited = setText(edited, at, next);
    expected = withValue(expected, at, next);
  }
  return checked(edited, expected);
}

/** The text is taken only if it says what it should, and nothing else has changed. */
function checked(text: string, expected: TomlTable): EditedConfig {
  const parsed = parseToml(text);
  if (parsed.ok && canonicalJson(withoutEmpty(parsed.table)) === canonicalJson(withoutEmpty(expected))) {
    return { ok: true, text };
  }
  return impossible('the file is written in a way that this change cannot be made in without touching other settings');
}

function impossible(message: string): EditedConfig {
  return { ok: false, reason: 'impossible', message };
}

function invalid(message: string): EditedConfig {
  return { ok: false, reason: 'invalid', message };
}

interface Change {
  path: readonly string[];
  /** Undefined takes the key out. */
  value: TomlValue | undefined;
}

/** A table is changed by what differs in it, so that the rest keeps its place and its comments. */
function changesTo(table: TomlTable, path: readonly string[], value: TomlValue, merge: ConfigEdit['merge']): Change[] {
  const before = valueAt(table, path);
  if (!isTable(value) || !isTable(before)) return [{ path, value }];
  const kept = Object.entries(value).flatMap(([key, member]) => changesTo(table, [...path, key], member, merge));
  if (merge === 'upsert') return kept;
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(value, key));
  return [...kept, ...gone.map((key) => ({ path: [...path, key], value: undefined }))];
}

function withValue(table: TomlTable, path: readonly string[], value: TomlValue | undefined): TomlTable {
  const [key, ...rest] = path;
  if (key === undefined) return table;
  const out = Object.assign(emptyTable(), table);
  const member = out[key];
  const next = rest.length === 0 ? value : withValue(isTable(member) ? member : emptyTable(), rest, value);
  if (next === undefined) delete out[key];
  else out[key] = next;
  return out;
}

/** Tables come and go with their last member. */
function withoutEmpty(value: TomlValue): TomlValue {
  if (!isTable(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [key, withoutEmpty(member)] as const);
  const kept = members.filter(([, member]) => !isTable(member) || Object.keys(member).length > 0);
  return Object.fromEntries(kept);
}

function hasNull(value: unknown): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.values(value).some(hasNull);
}
