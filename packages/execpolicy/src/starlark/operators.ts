import { Fault } from './fault.ts';
import { formatPercent } from './format.ts';
import { dict, itemsOf, keyOf, list, type Run, tuple, typeOf, type Value } from './value.ts';

/** Texts and lists do not grow beyond this many elements. */
export const MAX_LENGTH = 1_000_000;

export function binary(operator: string, left: Value, right: Value, run: Run): Value {
  switch (operator) {
    case '==':
      return equal(left, right, run);
    case '!=':
      return !equal(left, right, run);
    case '<':
      return compare(left, right, run) < 0;
    case '>':
      return compare(left, right, run) > 0;
    case '<=':
      return compare(left, right, run) <= 0;
    case '>=':
      return compare(left, right, run) >= 0;
    case 'in':
      return contains(right, left, run);
    case 'not in':
      return !contains(right, left, run);
    case '+':
      return add(left, right, run) ?? unsupported('+', left, right);
    case '*':
      return multiply(left, right, run) ?? unsupported('*', left, right);
    case '%':
      if (typeof left === 'string') return formatPercent(left, right);
      return arithmetic('%', left, right);
    case '|':
      if (isKind(left, 'dict') && isKind(right, 'dict')) {
        run.spend(left.entries.size + right.entries.size);
        return dict([...left.entries.values(), ...right.entries.values()]);
      }
      return bits(operator, left, right);
    case '&':
    case '^':
    case '<<':
    case '>>':
      return bits(operator, left, right);
    default:
      return arithmetic(operator, left, right);
  }
}

export function unary(operator: string, value: Value): Value {
  if (operator === '-' && typeof value === 'bigint') return -value;
  if (operator === '-' && typeof value === 'number') return -value;
  if (operator === '+' && (typeof value === 'bigint' || typeof value === 'number')) return value;
  if (operator === '~' && typeof value === 'bigint') return ~value;
  throw new Fault(`Operation \`${operator}\` not supported on type \`${typeOf(value)}\``);
}

export function isKind<K extends 'list' | 'tuple' | 'dict'>(
  value: Value,
  kind: K,
): value is Extract<Value, { kind: K }> {
  return value !== null && typeof value === 'object' && value.kind === kind;
}

export function unsupported(operator: string, left: Value, right: Value): never {
  throw new Fault(`Operation \`${operator}\` not supported for types \`${typeOf(left)}\` and \`${typeOf(right)}\``);
}

function limited(length: number, run: Run): void {
  if (length > MAX_LENGTH) throw new Fault('value is too large');
  run.spend(length);
}

function add(left: Value, right: Value, run: Run): Value | undefined {
  if (typeof left === 'string' && typeof right === 'string') {
    limited(left.length + right.length, run);
    return left + right;
  }
  if (isKind(left, 'list') && isKind(right, 'list')) {
    limited(left.items.length + right.items.length, run);
    return list([...left.items, ...right.items]);
  }
  if (isKind(left, 'tuple') && isKind(right, 'tuple')) {
    limited(left.items.length + right.items.length, run);
    return tuple([...left.items, ...right.items]);
  }
  return isNumber(left) && isNumber(right) ? arithmetic('+', left, right) : undefined;
}

function multiply(left: Value, right: Value, run: Run): Value | undefined {
  if (isNumber(left) && isNumber(right)) return arithmetic('*', left, right);
  if (typeof left === 'bigint') return typeof right === 'bigint' ? undefined : multiply(right, left, run);
  if (typeof right !== 'bigint') return undefined;
  const times = right < 0n ? 0 : right > BigInt(MAX_LENGTH) ? MAX_LENGTH + 1 : Number(right);
  if (typeof left === 'string') {
    limited(left.length * times, run);
    return left.repeat(left === '' ? 0 : times);
  }
  if (!isKind(left, 'list') && !isKind(left, 'tuple')) return undefined;
  limited(left.items.length * times, run);
  const items = left.items.length === 0 ? [] : Array.from({ length: times }, () => left.items).flat();
  return left.kind === 'list' ? list(items) : tuple(items);
}

function isNumber(value: Value): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number';
}

function arithmetic(operator: string, left: Value, right: Value): Value {
  if (!isNumber(left) || !isNumber(right)) return unsupported(operator, left, right);
  if (typeof left === 'bigint' && typeof right === 'bigint' && operator !== '/') return integers(operator, left, right);
  const [a, b] = [Number(left), Number(right)];
  if (b === 0 && operator === '/') throw new Fault('float division by zero');
  if (b === 0 && operator === '//') throw new Fault('Floor division by zero');
  if (b === 0 && operator === '%') throw new Fault('Modulo by zero');
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '//':
      return Math.floor(a / b);
    case '%':
      return a - b * Math.floor(a / b);
    default:
      return unsupported(operator, left, right);
  }
}

/** No integer of a rules file needs more bits. */
const MAX_INTEGER = 1n << 4096n;

function integers(operator: string, a: bigint, b: bigint): Value {
  if (b === 0n && operator === '//') throw new Fault('Floor division by zero');
  if (b === 0n && operator === '%') throw new Fault('Modulo by zero');
  switch (operator) {
    case '+':
      return bounded(a + b);
    case '-':
      return bounded(a - b);
    case '*':
      return bounded(a * b);
    case '//':
      return (a - (((a % b) + b) % b)) / b;
    case '%':
      return ((a % b) + b) % b;
    default:
      return unsupported(operator, a, b);
  }
}

function bounded(value: bigint): bigint {
  if (value > MAX_INTEGER || value < -MAX_INTEGER) throw new Fault('integer is too large');
  return value;
}

function bits(operator: string, left: Value, right: Value): Value {
  if (typeof left === 'boolean' && typeof right === 'boolean') {
    if (operator === '|') return left || right;
    if (operator === '&') return left && right;
    if (operator === '^') return left !== right;
  }
  if (typeof left !== 'bigint' || typeof right !== 'bigint') return unsupported(operator, left, right);
  if (operator === '|') return left | right;
  if (operator === '&') return left & right;
  if (operator === '^') return left ^ right;
  if (right < 0n) throw new Fault('Negative shift');
  if (operator === '>>') return left >> (right > 10_000n ? 10_000n : right);
  if (right > 4096n) throw new Fault('integer is too large');
  return bounded(left << right);
}

export function equal(left: Value, right: Value, run: Run, depth = 0): boolean {
  run.spend(1);
  if (depth > 100) throw new Fault('value is nested too deeply');
  if (isNumber(left) && isNumber(right))
    return typeof left === typeof right ? left === right : Number(left) === Number(right);
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return left === right;
  if (left.kind !== right.kind) return false;
  if (isKind(left, 'dict') && isKind(right, 'dict')) {
    if (left.entries.size !== right.entries.size) return false;
    return [...left.entries].every(([key, [, value]]) => {
      const other = right.entries.get(key);
      return other !== undefined && equal(value, other[1], run, depth + 1);
    });
  }
  const a = itemsOf(left);
  const b = itemsOf(right);
  if (!a || !b) return left === right;
  return a.length === b.length && a.every((item, i) => equal(item, b[i] ?? null, run, depth + 1));
}

/** Below zero when `left` comes first. */
export function compare(left: Value, right: Value, run: Run, depth = 0): number {
  run.spend(1);
  if (depth > 100) throw new Fault('value is nested too deeply');
  if (isNumber(left) && isNumber(right)) return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'string' && typeof right === 'string')
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if ((isKind(left, 'list') && isKind(right, 'list')) || (isKind(left, 'tuple') && isKind(right, 'tuple'))) {
    for (let i = 0; i < Math.min(left.items.length, right.items.length); i++) {
      const order = compare(left.items[i] ?? null, right.items[i] ?? null, run, depth + 1);
      if (order !== 0) return order;
    }
    return left.items.length - right.items.length;
  }
  throw new Fault(`Operation \`cmp()\` not supported for types \`${typeOf(left)}\` and \`${typeOf(right)}\``);
}

function contains(where: Value, what: Value, run: Run): boolean {
  if (typeof where === 'string') {
    if (typeof what === 'string') return where.includes(what);
    return unsupported('in', where, what);
  }
  if (isKind(where, 'dict')) return where.entries.has(keyOf(what));
  const items = itemsOf(where);
  if (!items) throw new Fault(`Operation \`in\` not supported on type \`${typeOf(where)}\``);
  return items.some((item) => equal(item, what, run));
}
