import { builtin, variadic } from './arguments.ts';
import { Fault } from './fault.ts';
import { iterate } from './format.ts';
import { equal } from './operators.ts';
import { type Callable, type Dict, keyOf, type List, list, show, tuple, typeOf } from './value.ts';

/** A method of a list, or null. */
export function listMethod(target: List, name: string): Callable | null {
  const change = () => {
    if (target.loops > 0) throw new Fault('A list must not change while a loop runs over it');
    return target.items;
  };
  switch (name) {
    case 'append':
      return builtin(name, ['item'], (given) => {
        change().push(given.get('item') ?? null);
        return null;
      });
    case 'extend':
      return builtin(name, ['items'], (given, run) => {
        const items = [...iterate(given.get('items') ?? null)];
        run.spend(items.length);
        for (const item of items) change().push(item);
        return null;
      });
    case 'insert':
      return builtin(name, ['index', 'item'], (given) => {
        change().splice(given.integer('index', 0), 0, given.get('item') ?? null);
        return null;
      });
    case 'pop':
      return builtin(name, ['index?'], (given) => {
        const [item] = change().splice(given.integer('index', -1), 1);
        if (item === undefined) throw new Fault(`Index \`${given.integer('index', -1)}\` is out of bound`);
        return item;
      });
    case 'clear':
      return builtin(name, [], () => {
        change().length = 0;
        return null;
      });
    case 'remove':
    case 'index':
      return builtin(name, ['item'], (given, run) => {
        const item = given.get('item') ?? null;
        const at = target.items.findIndex((other) => equal(other, item, run));
        if (at < 0) throw new Fault(`Element '${show(item, false)}' not found in '${show(target, true)}'`);
        if (name === 'index') return BigInt(at);
        change().splice(at, 1);
        return null;
      });
    default:
      return null;
  }
}

/** A method of a dict, or null. */
export function dictMethod(target: Dict, name: string): Callable | null {
  const change = () => {
    if (target.loops > 0) throw new Fault('A dict must not change while a loop runs over it');
    return target.entries;
  };
  const pairs = () => [...target.entries.values()];
  switch (name) {
    case 'keys':
      return builtin(name, [], () => list(pairs().map(([key]) => key)));
    case 'values':
      return builtin(name, [], () => list(pairs().map(([, value]) => value)));
    case 'items':
      return builtin(name, [], () => list(pairs().map((pair) => tuple(pair))));
    case 'get':
      return builtin(name, ['key', 'default?'], (given) => {
        return target.entries.get(keyOf(given.get('key') ?? null))?.[1] ?? given.get('default') ?? null;
      });
    case 'setdefault':
      return builtin(name, ['key', 'default?'], (given) => {
        const key = given.get('key') ?? null;
        const found = target.entries.get(keyOf(key));
        if (found) return found[1];
        const value = given.get('default') ?? null;
        change().set(keyOf(key), [key, value]);
        return value;
      });
    case 'pop':
      return builtin(name, ['key', 'default?'], (given) => {
        const key = given.get('key') ?? null;
        const found = target.entries.get(keyOf(key));
        if (!found && given.get('default') === undefined) throw new Fault(`Key \`${show(key, true)}\` was not found`);
        change().delete(keyOf(key));
        return found?.[1] ?? given.get('default') ?? null;
      });
    case 'popitem':
      return builtin(name, [], () => {
        const [first] = pairs();
        if (!first) throw new Fault('Cannot .popitem() on an empty dictionary');
        change().delete(keyOf(first[0]));
        return tuple(first);
      });
    case 'clear':
      return builtin(name, [], () => {
        change().clear();
        return null;
      });
    case 'update':
      return variadic(
        name,
        0,
        ([more], named) => {
          const given =
            more !== null && typeof more === 'object' && more.kind === 'dict' ? [...more.entries.values()] : [];
          if (more !== undefined && given.length === 0 && typeOf(more) !== 'dict')
            throw new Fault('update() expects a dict');
          for (const pair of [...given, ...named]) change().set(keyOf(pair[0]), pair);
          return null;
        },
        ['*'],
      );
    default:
      return null;
  }
}
