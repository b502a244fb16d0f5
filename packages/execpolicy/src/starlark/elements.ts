import { Fault } from './fault.ts';
import { isKind, MAX_LENGTH, unsupported } from './operators.ts';
import { itemsOf, keyOf, list, show, tuple, typeOf, type Value } from './value.ts';

/** `value[index]`. */
export function element(value: Value, index: Value): Value {
  if (isKind(value, 'dict')) {
    const found = value.entries.get(keyOf(index));
    if (!found) throw new Fault(`Key \`${show(index, true)}\` was not found`);
    return found[1];
  }
  const items: readonly Value[] | null = typeof value === 'string' ? Array.from(value) : itemsOf(value);
  if (!items) return unsupported('[]', value, index);
  const found = items[position(index, items.length)];
  if (found === undefined) throw new Fault(`Index \`${show(index, true)}\` is out of bound`);
  return found;
}

/** An index, counted from the end when negative; out of bounds it is the length. */
function position(index: Value, length: number): number {
  if (typeof index !== 'bigint')
    throw new Fault(`Type of parameters mismatch, expected \`int\`, actual \`${typeOf(index)}\``);
  const at = Number(index < 0n ? index + BigInt(length) : index);
  return at >= 0 && at < length ? at : length;
}

export function setElement(value: Value, index: Value, item: Value): void {
  if (isKind(value, 'dict')) {
    if (value.loops > 0) throw new Fault('A dict must not change while a loop runs over it');
    value.entries.set(keyOf(index), [index, item]);
  } else if (isKind(value, 'list')) {
    const at = position(index, value.items.length);
    if (at === value.items.length) throw new Fault(`Index \`${show(index, true)}\` is out of bound`);
    if (value.loops > 0) throw new Fault('A list must not change while a loop runs over it');
    value.items[at] = item;
  } else throw new Fault('Immutable');
}

/** `value[start:stop:step]`. */
export function slice(value: Value, bounds: readonly (Value | undefined)[]): Value {
  const items: readonly Value[] | null = typeof value === 'string' ? Array.from(value) : itemsOf(value);
  if (!items || isKind(value, 'dict')) throw new Fault(`Operation \`[::]\` not supported on type \`${typeOf(value)}\``);
  const [start, stop, stepValue] = bounds.map((bound) => {
    if (bound === undefined || bound === null) return undefined;
    if (typeof bound !== 'bigint')
      throw new Fault(`Type of parameters mismatch, expected \`int\`, actual \`${typeOf(bound)}\``);
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
  if (typeof value === 'string') return taken.filter((item) => typeof item === 'string').join('');
  return isKind(value, 'tuple') ? tuple(taken) : list(taken);
}
