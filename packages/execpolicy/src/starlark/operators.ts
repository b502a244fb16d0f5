import { Fault } from './fault.ts';
import { formatPercent } from './format.ts';
import { dict, itemsOf, keyOf, list, type Run, tuple, typeOf, type Value } from './value.ts';

/** Texts and lists do not grow beyond this many elements. */
const MAX_LENGTH = 1_000_000;

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

function isKind<K extends 'list' | 'tuple' | 'dict'>(value: Value, kind: K): value is Extract<Value, { kind: K }> {
  return value !== null && typeof value === 'object' && value.kind === kind;
}

function unsupported(operator: string, left: Value, right: Value): never {
  throw new Fault(
    `Operation \`${operator}\` not supported for types \`${typeOf(left)}\` and \`${typeOf(right)}\``,
  );
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
  if (isNumber(left) && isNumber(right)) return left == right;
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
  if (typeof left === 'string' && typeof right === 'string') return Buffer.compare(Buffer.from(left), Buffer.from(right));
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

/** `value[index]`. */
export function element(value: Value, index: Value): Value {
  if (isKind(value, 'dict')) {
    const found = value.entries.get(keyOf(index));
    if (!found) throw new Fault(`Key \`${typeof index === 'string' ? JSON.stringify(index) : String(index)}\` was not found`);
    return found[1];
  }
  const items: readonly Value[] | null = typeof value === 'string' ? [...value] : itemsOf(value);
  if (!items) return unsupported('[]', value, index);
  const found = items[position(index, items.length)];
  if (found === undefined) throw new Fault(`Index \`${String(index)}\` is out of bound`);
  return found;
}

/** An index, counted from the end when negative; out of bounds it is the length. */
function position(index: Value, length: number): number {
  if (typeof index !== 'bigint') throw new Fault(`Type of parameters mismatch, expected \`int\`, actual \`${typeOf(index)}\``);
  const at = Number(index < 0n ? index + BigInt(length) : index);
  return at >= 0 && at < length ? at : length;
}

export function setElement(value: Value, index: Value, item: Value): void {
  if (isKind(value, 'dict')) {
    if (value.loops > 0) throw new Fault('A dict must not change while a loop runs over it');
    value.entries.set(keyOf(index), [index, item]);
  } else if (isKind(value, 'list')) {
    const at = position(index, value.items.length);
    if (at === value.items.length) throw new Fault(`Index \`${String(index)}\` is out of bound`);
    if (value.loops > 0) throw new Fault('A list must not change while a loop runs over it');
    value.items[at] = item;
  } else throw new Fault('Immutable');
}

/** `value[start:stop:step]`. */
export function slice(value: Value, bounds: readonly (Value | undefined)[]): Value {
  const items: readonly Value[] | null = typeof value === 'string' ? [...value] : itemsOf(value);
  if (!items || isKind(value, 'dict')) throw new Fault(`Operation \`[::]\` not supported on type \`${typeOf(value)}\``);
  const [start, stop, stepValue] = bounds.map((bound) => {
    if (bound === undefined || bound === null) return undefined;
    if (typeof bound !== 'bigint') throw new Fault(`Type of parameters mismatch, expected \`int\`, actual \`${typeOf(bound)}\``);
    return Math.max(-MAX_LENGTH * 2, Math.min(MAX_LENGTH * 2, Number(bound)));
  });
  const step = stepValue ?? 1;
  if (step === 0) throw new Fault('Index `0` is out of bound');
  const bound = (at: number | undefined, missing: number) => {
    if (at === undefined) return missing;
    const counted = at < 0 ? at + items.length : at;
    return step > 0 ? Math.min(Math.max(counted, 0), items.length) : Math.min(Math.max(counted, -1), items.length - 1);
  };
  const from = bound(start, step > 0 ? 0 : items.length - 1);
  const to = bound(stop, step > 0 ? items.length : -1);
  const taken: Value[] = [];
  for (let at = from; step > 0 ? at < to : at > to; at += step) taken.push(items[at] ?? null);
  if (typeof value === 'string') return taken.join('');
  return isKind(value, 'tuple') ? tuple(taken) : list(taken);
}
