import { builtin, variadic } from './arguments.ts';
import { Fault } from './fault.ts';
import { iterate } from './format.ts';
import { compare } from './operators.ts';
import {
  type Callable,
  dict,
  isTrue,
  itemsOf,
  list,
  rangeLength,
  type Run,
  show,
  tuple,
  typeOf,
  type Value,
} from './value.ts';

/** The functions every file can use, besides those of the rules. */
export function library(): Callable[] {
  return [
    variadic('fail', 0, (values) => {
      throw new Fault(`fail: ${values.map((value) => show(value, false)).join(' ')}`.trimEnd());
    }),
    builtin('len', ['value'], (given) => BigInt(lengthOf(given.get('value') ?? null))),
    builtin('str', ['value'], (given) => show(given.get('value') ?? null, false)),
    builtin('repr', ['value'], (given) => show(given.get('value') ?? null, true)),
    builtin('type', ['value'], (given) => typeOf(given.get('value') ?? null)),
    builtin('bool', ['value?'], (given) => isTrue(given.get('value') ?? null)),
    builtin('int', ['value', 'base?'], (given) => toInteger(given.get('value') ?? null, given.integer('base', 10))),
    builtin('float', ['value?'], (given) => toFloat(given.get('value') ?? 0)),
    builtin('list', ['items?'], (given, run) => list([...spent(given.get('items') ?? tuple([]), run)])),
    builtin('tuple', ['items?'], (given, run) => tuple([...spent(given.get('items') ?? tuple([]), run)])),
    variadic('dict', 0, ([pairs], named) => dict([...pairsOf(pairs), ...named]), ['*']),
    variadic('range', 1, (values, _named, run) => range(values, run)),
    builtin('enumerate', ['items', 'start?'], (given, run) => {
      const start = BigInt(given.integer('start', 0));
      return list(spent(given.get('items') ?? null, run).map((item, i) => tuple([start + BigInt(i), item])));
    }),
    variadic('zip', 0, (values, _named, run) => {
      const columns = values.map((value) => spent(value, run));
      const length = columns.reduce((least, column) => Math.min(least, column.length), columns[0]?.length ?? 0);
      return list(Array.from({ length }, (_, i) => tuple(columns.map((column) => column[i] ?? null))));
    }),
    builtin('sorted', ['items', 'key?', 'reverse?'], (given, run) => {
      const items = spent(given.get('items') ?? null, run);
      return list(sorted(items, given.get('key') ?? null, isTrue(given.get('reverse') ?? null), run));
    }),
    builtin('reversed', ['items'], (given, run) => list([...spent(given.get('items') ?? null, run)].reverse())),
    builtin('any', ['items'], (given, run) => spent(given.get('items') ?? null, run).some(isTrue)),
    builtin('all', ['items'], (given, run) => spent(given.get('items') ?? null, run).every(isTrue)),
    variadic('min', 1, (values, named, run) => extreme('min', values, named, run), ['key']),
    variadic('max', 1, (values, named, run) => extreme('max', values, named, run), ['key']),
    builtin('abs', ['value'], (given) => {
      const value = given.get('value') ?? null;
      if (typeof value === 'bigint') return value < 0n ? -value : value;
      return Math.abs(toFloat(value));
    }),
    builtin('ord', ['value'], (given) => {
      const [char, ...more] = Array.from(given.text('value'));
      if (char === undefined || more.length > 0) throw new Fault('ord() expects a text of one character');
      return BigInt(char.codePointAt(0) ?? 0);
    }),
    builtin('chr', ['value'], (given) => {
      const code = given.integer('value', 0);
      const valid = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000);
      if (!valid) throw new Fault(`chr() expects the number of a character, got ${code}`);
      return String.fromCodePoint(code);
    }),
  ];
}

function spent(value: Value, run: Run): readonly Value[] {
  if (value !== null && typeof value === 'object' && value.kind === 'range') run.spend(rangeLength(value));
  const items = iterate(value);
  run.spend(items.length);
  return items;
}

function lengthOf(value: Value): number {
  if (typeof value === 'string') return Array.from(value).length;
  if (value !== null && typeof value === 'object' && value.kind === 'range') return rangeLength(value);
  const items = itemsOf(value);
  if (!items) throw new Fault(`Operation \`len()\` not supported on type \`${typeOf(value)}\``);
  return items.length;
}

function toInteger(value: Value, base: number): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number' && Number.isFinite(value)) return BigInt(Math.trunc(value));
  if (typeof value !== 'string') throw new Fault(`int() cannot convert a value of type \`${typeOf(value)}\``);
  const [, sign = '', digits = ''] = /^([+-]?)(?:0[xXoObB])?([0-9a-z]+)$/i.exec(value) ?? [];
  const parsed = /^[0-9a-z]{1,200}$/i.test(digits) && base >= 2 && base <= 36 ? parseDigits(digits, base) : null;
  if (parsed === null) throw new Fault(`Cannot parse \`${value}\` as an integer in base ${base}`);
  return sign === '-' ? -parsed : parsed;
}

function parseDigits(digits: string, base: number): bigint | null {
  let value = 0n;
  for (const digit of digits) {
    const weight = Number.parseInt(digit, 36);
    if (weight >= base) return null;
    value = value * BigInt(base) + BigInt(weight);
  }
  return value;
}

function toFloat(value: Value): number {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  if (typeof value === 'string' && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value)) return Number(value);
  throw new Fault(`float() cannot convert ${show(value, true)}`);
}

function pairsOf(value: Value | undefined): (readonly [Value, Value])[] {
  if (value === undefined) return [];
  if (value !== null && typeof value === 'object' && value.kind === 'dict') return [...value.entries.values()];
  return iterate(value).map((item) => {
    const [key, entry, ...more] = iterate(item);
    if (key === undefined || entry === undefined || more.length > 0) throw new Fault('dict() expects pairs');
    return [key, entry];
  });
}

function range(values: readonly Value[], run: Run): Value {
  if (values.length > 3) throw new Fault('range() expects one to three numbers');
  const numbers = values.map((value) => {
    if (typeof value !== 'bigint') throw new Fault(`range() expects numbers, got \`${typeOf(value)}\``);
    return Number(BigInt.asIntN(32, value));
  });
  const [first = 0, second, step = 1] = numbers;
  if (step === 0) throw new Fault('range() expects a step that is not 0');
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  run.spend(1);
  return { kind: 'range', start, stop, step };
}

function sorted(items: readonly Value[], key: Value, reverse: boolean, run: Run): Value[] {
  const keyed = items.map((item) => ({ item, key: key === null ? item : run.call(key, [item]) }));
  keyed.sort((a, b) => (reverse ? compare(b.key, a.key, run) : compare(a.key, b.key, run)));
  return keyed.map(({ item }) => item);
}

function extreme(which: 'min' | 'max', values: readonly Value[], named: ReadonlyMap<string, Value>, run: Run): Value {
  const [first = null] = values;
  const items = values.length === 1 ? spent(first, run) : values;
  const ordered = sorted(items, named.get('key') ?? null, which === 'max', run);
  const [best] = ordered;
  if (best === undefined) throw new Fault(`${which}() expects at least one value`);
  return best;
}
