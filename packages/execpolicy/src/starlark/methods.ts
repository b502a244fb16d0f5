import { dictMethod, listMethod } from './collection-methods.ts';
import { Fault } from './fault.ts';
import { textMethod } from './text-methods.ts';
import { type Callable, typeOf, type Value } from './value.ts';

/** `value.name`; only methods exist. */
export function attribute(value: Value, name: string): Callable {
  const found = methodsOf(value, name);
  if (found) return found;
  throw new Fault(`Object of type \`${typeOf(value)}\` has no attribute \`${name}\``);
}

function methodsOf(value: Value, name: string): Callable | null {
  if (typeof value === 'string') return textMethod(value, name);
  if (value === null || typeof value !== 'object') return null;
  if (value.kind === 'list') return listMethod(value, name);
  return value.kind === 'dict' ? dictMethod(value, name) : null;
}
