import { emptyTable, isTable, type TomlTable, type TomlValue } from './toml.ts';

export type Path = readonly (string | number)[];

/** Turns a value into what the program uses, or throws a `Mismatch`. */
export type Decode<T> = (value: TomlValue) => T;

/** A value that does not fit. `path` leads from the decoded value to the one at fault. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';
  path: Path = [];
  /** What to point at: the value, or the key when the rule concerns the table as a whole. */
  readonly at: 'value' | 'key';
  constructor(message: string, at: 'value' | 'key' = 'value') {
    super(message);
    this.at = at;
  }

  /** The reason and the key; switches of features have no place of their own. */
  get described(): string {
    const keys = this.path.filter((part) => typeof part === 'string');
    const features = keys.indexOf('features');
    const key = keys.slice(0, features < 0 ? undefined : features + 1).join('.');
    return key === '' ? this.message : `${this.message}\nin \`${key}\`\n`;
  }
}

export const text: Decode<string> = (value) => (typeof value === 'string' ? value : wrongType(value, 'a string'));
export const path: Decode<string> = (value) => (typeof value === 'string' ? value : wrongType(value, 'path string'));
export const flag: Decode<boolean> = (value) => (typeof value === 'boolean' ? value : wrongType(value, 'a boolean'));
export const real: Decode<number> = (value) => (typeof value === 'number' ? value : wrongType(value, 'f64'));
export const int: Decode<number> = integer('i64', -(2 ** 63));
export const u64: Decode<number> = integer('u64', 0);
export const usize: Decode<number> = integer('usize', 0);
export const u16: Decode<number> = integer('u16', 0, 65_535);

function integer(name: string, min: number, max = 2 ** 63): Decode<number> {
  return (value) => {
    if (!isInteger(value)) return wrongType(value, name);
    if (value < min || value > max) throw new Mismatch(`invalid value: integer \`${value}\`, expected ${name}`);
    return value;
  };
}

export function oneOf<const T extends string>(...names: readonly T[]): Decode<T> {
  return (value) => {
    if (typeof value !== 'string') throw new Mismatch('wanted string or table');
    return names.find((name) => name === value) ?? unknownVariant(value, names);
  };
}

export function unknownVariant(value: string, names: readonly string[]): never {
  const quoted = names.map((name) => `\`${name}\``);
  const list = quoted.length > 2 ? `one of ${quoted.join(', ')}` : quoted.join(' or ');
  throw new Mismatch(`unknown variant \`${value}\`, expected ${list}`);
}

export function list<T>(item: Decode<T>): Decode<readonly T[]> {
  return (value) =>
    Array.isArray(value)
      ? value.map((entry: TomlValue, index) => within(index, () => item(entry)))
      : wrongType(value, 'a sequence');
}

export function map<T>(item: Decode<T>): Decode<Readonly<Record<string, T>>> {
  return (value) => {
    if (!isTable(value)) return wrongType(value, 'a map');
    const out = Object.create(null) as Record<string, T>;
    for (const [key, entry] of Object.entries(value)) out[key] = within(key, () => item(entry));
    return out;
  };
}

/** Any table; what is inside belongs to another part of the program. */
export const anyTable: Decode<TomlTable> = (value) => (isTable(value) ? value : wrongType(value, 'a map'));

type Fields = Readonly<Record<string, Decode<unknown>>>;
export type Decoded<F extends Fields, R extends keyof F = never> = {
  readonly [K in R]: ReturnType<F[K]>;
} & { readonly [K in Exclude<keyof F, R>]?: ReturnType<F[K]> | undefined };

/** A table with known fields; unknown ones are ignored. Faults are found in the order of the document. */
export function struct<const F extends Fields, const R extends keyof F & string = never>(
  name: string,
  fields: F,
  required: readonly R[] = [],
): Decode<Decoded<F, R>> {
  return (value) => {
    if (!isTable(value)) return wrongType(value, `struct ${name}`);
    const out = emptyTable() as Record<string, unknown>;
    for (const [key, entry] of Object.entries(value)) {
      const decode = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (decode) out[key] = within(key, () => decode(entry));
    }
    for (const key of required) if (out[key] === undefined) throw new Mismatch(`missing field \`${key}\``);
    return out as Decoded<F, R>;
  };
}

/** Runs a decoder of a member and puts its name in front of the path of a fault. */
export function within<T>(key: string | number, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof Mismatch) error.path = [key, ...error.path];
    throw error;
  }
}

export function wrongType(value: TomlValue, expected: string): never {
  throw new Mismatch(`invalid type: ${describe(value)}, expected ${expected}`);
}

function isInteger(value: TomlValue): value is number {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 2 ** 63;
}

function describe(value: TomlValue): string {
  if (typeof value === 'string') return `string ${JSON.stringify(value)}`;
  if (typeof value === 'boolean') return `boolean \`${value}\``;
  if (typeof value === 'number')
    return isInteger(value) ? `integer \`${value}\`` : `floating point \`${float(value)}\``;
  return Array.isArray(value) ? 'sequence' : 'map';
}

/** Always with a point, never with an exponent. */
function float(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'inf' : '-inf';
  if (!Number.isInteger(value)) return String(value);
  const [digits = '', exponent] = String(Math.abs(value)).split('e+');
  const [whole = '', rest = ''] = digits.split('.');
  return `${value < 0 ? '-' : ''}${whole}${rest.padEnd(Number(exponent ?? 0), '0')}.0`;
}
