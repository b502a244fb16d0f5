import { Fault } from './fault.ts';

/** None is null, an int is a bigint, a float is a number. */
export type Value = null | boolean | bigint | number | string | List | Tuple | Dict | Range | Callable;

export interface List {
  readonly kind: 'list';
  readonly items: Value[];
  /** How many loops run over it: it must not change meanwhile. */
  loops: number;
}

export interface Tuple {
  readonly kind: 'tuple';
  readonly items: readonly Value[];
}

export interface Dict {
  readonly kind: 'dict';
  /** By `keyOf` of the key. */
  readonly entries: Map<string, readonly [Value, Value]>;
  loops: number;
}

export interface Range {
  readonly kind: 'range';
  readonly start: number;
  readonly stop: number;
  readonly step: number;
}

export interface Callable {
  readonly kind: 'function';
  readonly name: string;
  call(args: Arguments, run: Run): Value;
}

export interface Arguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

/** What library functions need of the running file. */
export interface Run {
  /** Calls a function value. */
  call(callee: Value, positional: readonly Value[]): Value;
  /** Counts work; throws when the file has done too much of it. */
  spend(steps: number): void;
}

export function list(items: Value[]): List {
  return { kind: 'list', items, loops: 0 };
}

export function tuple(items: readonly Value[]): Tuple {
  return { kind: 'tuple', items };
}

export function dict(pairs: Iterable<readonly [Value, Value]> = []): Dict {
  const entries = new Map<string, readonly [Value, Value]>();
  for (const pair of pairs) entries.set(keyOf(pair[0]), pair);
  return { kind: 'dict', entries, loops: 0 };
}

/** The name of a value's type as errors print it. */
export function typeOf(value: Value): string {
  if (value === null) return 'NoneType';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'float';
    case 'string':
      return 'string';
    default:
      return value.kind;
  }
}

export function isTrue(value: Value): boolean {
  if (value === null || typeof value !== 'object') return Boolean(value);
  switch (value.kind) {
    case 'list':
    case 'tuple':
      return value.items.length > 0;
    case 'dict':
      return value.entries.size > 0;
    case 'range':
      return rangeLength(value) > 0;
    case 'function':
      return true;
  }
}

/** Equal values that may be keys have equal texts. */
export function keyOf(value: Value): string {
  if (value === null) return 'None';
  switch (typeof value) {
    case 'boolean':
      return `b${value}`;
    case 'bigint':
      return `n${value}`;
    case 'number':
      return Number.isInteger(value) ? `n${BigInt(value)}` : `n${value}`;
    case 'string':
      return `s${JSON.stringify(value)}`;
    default:
  }
  if (value.kind !== 'tuple') throw new Fault(`Value of type \`${typeOf(value)}\` is not hashable`);
  return joined(value.items, (item) => `${keyOf(item)},`, 't(', ')');
}

/** What a loop over the value goes through; null when it cannot be looped over. Text cannot. */
export function itemsOf(value: Value): readonly Value[] | null {
  if (value === null || typeof value !== 'object') return null;
  switch (value.kind) {
    case 'list':
    case 'tuple':
      return value.items;
    case 'dict':
      return [...value.entries.values()].map(([key]) => key);
    case 'range':
      return Array.from({ length: rangeLength(value) }, (_, i) => BigInt(value.start + i * value.step));
    case 'function':
      return null;
  }
}

export function rangeLength({ start, stop, step }: Range): number {
  return Math.max(0, Math.ceil((stop - start) / step));
}

/** Text of a value: `quoted` as in source code, otherwise strings stand for themselves. */
export function show(value: Value, quoted: boolean, depth = 0): string {
  if (value === null) return 'None';
  switch (typeof value) {
    case 'boolean':
      return value ? 'True' : 'False';
    case 'bigint':
      return value.toString();
    case 'number':
      return showFloat(value);
    case 'string':
      return quoted ? quote(value) : value;
    default:
  }
  // A list can hold itself.
  if (depth > 20) return '...';
  const inner = (item: Value) => show(item, true, depth + 1);
  switch (value.kind) {
    case 'list':
      return joined(value.items, inner, '[', ']', ', ');
    case 'tuple':
      return joined(value.items, inner, '(', value.items.length === 1 ? ',)' : ')', ', ');
    case 'dict':
      return joined([...value.entries.values()], ([key, item]) => `${inner(key)}: ${inner(item)}`, '{', '}', ', ');
    case 'range': {
      const { start, stop, step } = value;
      if (step !== 1) return `range(${start}, ${stop}, ${step})`;
      return start === 0 ? `range(${stop})` : `range(${start}, ${stop})`;
    }
    case 'function':
      return value.name;
  }
}

/** A value can hold another many times over and so be far larger written out than in memory. */
const MAX_TEXT = 100_000;

function joined<T>(items: readonly T[], write: (item: T) => string, open: string, close: string, between = ''): string {
  let text = open;
  for (const [i, item] of items.entries()) {
    text += (i > 0 ? between : '') + write(item);
    if (text.length > MAX_TEXT) throw new Fault('value is too large to be written out');
  }
  return text + close;
}

function showFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? '+inf' : '-inf';
  const large = Math.abs(value) >= 1e16;
  const text = large ? value.toExponential() : value.toString();
  const [digits = '', exponent] = text.split('e');
  if (exponent !== undefined) return `${digits}e${exponent.replace(/^([+-])(\d)$/, '$10$2')}`;
  return digits.includes('.') ? digits : `${digits}.0`;
}

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' };

function quote(text: string): string {
  let quoted = '';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (NAMED[char] !== undefined) quoted += NAMED[char];
    else if (code >= 0x20 && code < 0x7f) quoted += char;
    else if (code < 0x100) quoted += `\\x${code.toString(16).padStart(2, '0')}`;
    else if (code < 0x10000) quoted += `\\u${code.toString(16).padStart(4, '0')}`;
    else quoted += `\\U${code.toString(16).padStart(8, '0')}`;
  }
  return `"${quoted}"`;
}
