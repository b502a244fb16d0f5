import { Fault } from './fault.ts';
import { type Arguments, type Callable, list, type List, type Run, show, typeOf, type Value } from './value.ts';

/** A function of the library with parameters that can be given by place or by name; `?` ends the name of an optional one. */
export function builtin(name: string, params: readonly string[], body: (given: Given, run: Run) => Value): Callable {
  const names = params.map((param) => param.replace('?', ''));
  const required = params.filter((param) => !param.endsWith('?')).length;
  return {
    kind: 'function',
    name,
    call: (args, run) => body(givenOf(bindArguments(name, names, required, args)), run),
  };
}

/** The arguments of a call by parameter name, with the type checks rule functions make. */
export interface Given {
  get(param: string): Value | undefined;
  text(param: string): string;
  optionalText(param: string): string | null;
  integer(param: string, missing: number): number;
  list(param: string): List;
  optionalList(param: string): List | null;
}

function givenOf(values: ReadonlyMap<string, Value>): Given {
  const wrong = (param: string, expected: string): Fault => {
    const value = values.get(param) ?? null;
    const actual = `${typeOf(value)} (repr: ${show(value, true)})`;
    return new Fault(`Type of parameter \`${param}\` doesn't match, expected \`${expected}\`, actual \`${actual}\``);
  };
  const given: Given = {
    get: (param) => values.get(param),
    text(param) {
      const value = values.get(param);
      if (typeof value !== 'string') throw wrong(param, 'str');
      return value;
    },
    optionalText: (param) => (values.has(param) ? given.text(param) : null),
    integer(param, missing) {
      const value = values.get(param);
      if (value === undefined) return missing;
      if (typeof value !== 'bigint') throw wrong(param, 'int');
      return Number(BigInt.asIntN(53, value));
    },
    list(param) {
      const value = values.get(param) ?? null;
      if (value === null || typeof value !== 'object' || value.kind !== 'list') throw wrong(param, 'list');
      return value;
    },
    optionalList: (param) => (values.has(param) ? given.list(param) : null),
  };
  return given;
}

function bindArguments(
  name: string,
  params: readonly string[],
  required: number,
  { positional, named }: Arguments,
): Map<string, Value> {
  const bound = new Map<string, Value>();
  positional.slice(0, params.length).forEach((value, i) => bound.set(params[i] ?? '', value));
  const extra: string[] = [];
  for (const [key, value] of named) {
    if (!params.includes(key)) extra.push(key);
    else if (bound.has(key)) throw new Fault(`Argument \`${key}\` occurs more than once`);
    else bound.set(key, value);
  }
  const missing = params.slice(0, required).find((param) => !bound.has(param));
  if (missing !== undefined) throw new Fault(`Missing parameter \`${missing}\` for call to \`${name}\``);
  if (extra.length > 0) {
    const names = extra.map((key) => `\`${key}\``).join(' ');
    throw new Fault(`Found ${names} extra named parameter(s) for call to ${name}`);
  }
  if (positional.length > params.length) {
    throw new Fault(`Found ${positional.length - params.length} extra positional argument(s) for call to ${name}`);
  }
  return bound;
}

/** A function of the library that takes any number of values by place. */
export function variadic(
  name: string,
  least: number,
  body: (values: readonly Value[], named: ReadonlyMap<string, Value>, run: Run) => Value,
  allowed: readonly string[] = [],
): Callable {
  return {
    kind: 'function',
    name,
    call({ positional, named }, run) {
      const extra = [...named.keys()].filter((key) => !allowed.includes(key) && !allowed.includes('*'));
      if (extra.length > 0) throw new Fault(`Found \`${extra[0]}\` extra named parameter(s) for call to ${name}`);
      if (positional.length < least) {
        throw new Fault(`Wrong number of positional arguments, expected ${least}, got ${positional.length}`);
      }
      return body(positional, named, run);
    },
  };
}

export function texts(values: readonly string[]): List {
  return list([...values]);
}
