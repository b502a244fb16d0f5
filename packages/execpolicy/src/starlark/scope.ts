import { Fault, type Span } from './fault.ts';
import type { Param } from './syntax.ts';
import { type Arguments, dict, tuple, type Value } from './value.ts';

/** The variables of a file, a call or a comprehension. */
export interface Scope {
  /** Every name that gets a value in here at some time. */
  readonly own: ReadonlySet<string>;
  readonly values: Map<string, Value>;
  readonly outer: Scope | null;
}

/** The value of a name as seen from a scope. */
export function lookup(name: string, span: Span, from: Scope): Value {
  for (let scope: Scope | null = from; scope; scope = scope.outer) {
    if (!scope.own.has(name)) continue;
    const value = scope.values.get(name);
    if (value !== undefined) return value;
    throw new Fault(`Local variable \`${name}\` referenced before assignment`, span);
  }
  throw new Fault(`Variable \`${name}\` not found`, span);
}

/** The values a call gives to the parameters of a function. */
export function bindParams(
  name: string,
  params: readonly Param[],
  fallbacks: readonly (Value | undefined)[],
  args: Arguments,
): Map<string, Value> {
  const values = new Map<string, Value>();
  const named = new Map(args.named);
  let used = 0;
  let byNameOnly = false;
  params.forEach((param, i) => {
    if (param.kind === 'list' || param.kind === 'separator') byNameOnly = true;
    if (param.kind === 'list') {
      values.set(param.name, tuple(args.positional.slice(used)));
      used = Math.max(used, args.positional.length);
    } else if (param.kind === 'dict') {
      values.set(param.name, dict(named));
      named.clear();
    } else if (param.kind === 'plain') {
      const placed = !byNameOnly && used < args.positional.length;
      const given = named.has(param.name) ? named.get(param.name) : fallbacks[i];
      const value = placed ? args.positional[used++] : given;
      if (placed && named.has(param.name)) throw new Fault(`Argument \`${param.name}\` occurs more than once`);
      if (value === undefined) throw new Fault(`Missing parameter \`${param.name}\` for call to \`${name}\``);
      values.set(param.name, value);
      named.delete(param.name);
    }
  });
  if (used < args.positional.length) {
    throw new Fault(`Found ${args.positional.length - used} extra positional argument(s) for call to ${name}`);
  }
  const [extra] = named.keys();
  if (extra !== undefined) throw new Fault(`Found \`${extra}\` extra named parameter(s) for call to ${name}`);
  return values;
}
