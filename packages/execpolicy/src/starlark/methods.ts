import { builtin, texts, variadic } from './arguments.ts';
import { Fault } from './fault.ts';
import { formatBraces, iterate } from './format.ts';
import { equal } from './operators.ts';
import { type Callable, type Dict, keyOf, type List, list, show, tuple, typeOf, type Value } from './value.ts';

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

function textMethod(text: string, name: string): Callable | null {
  const simple = SIMPLE_TEXT[name];
  if (simple) return builtin(name, [], () => simple(text));
  switch (name) {
    case 'format':
      return { kind: 'function', name, call: (args) => formatBraces(text, args) };
    case 'join':
      return builtin(name, ['to_join'], (given, run) => {
        const items = iterate(given.get('to_join') ?? null).map((item) => {
          if (typeof item === 'string') return item;
          throw new Fault(`Type of parameter \`to_join\` doesn't match, expected \`str\`, actual \`${typeOf(item)}\``);
        });
        run.spend(items.reduce((sum, item) => sum + item.length + text.length, 0));
        return items.join(text);
      });
    case 'startswith':
    case 'endswith':
      return builtin(name, ['affix'], (given) => {
        const affix = given.get('affix') ?? null;
        const options = typeof affix === 'string' ? [affix] : iterate(affix);
        return options.some((option) => {
          if (typeof option !== 'string') throw new Fault(`${name}() expects texts, got \`${typeOf(option)}\``);
          return name === 'startswith' ? text.startsWith(option) : text.endsWith(option);
        });
      });
    case 'strip':
    case 'lstrip':
    case 'rstrip':
      return builtin(name, ['chars?'], (given) => strip(text, given.optionalText('chars'), name));
    case 'split':
    case 'rsplit':
      return builtin(name, ['sep?', 'maxsplit?'], (given) => {
        const sep = given.get('sep') ?? null;
        return texts(split(text, sep === null ? null : given.text('sep'), given.integer('maxsplit', -1), name));
      });
    case 'splitlines':
      return builtin(name, ['keepends?'], (given) => {
        const lines = text.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? [];
        return texts(given.get('keepends') === true ? lines : lines.map((line) => line.replace(/(?:\r\n|\n|\r)$/, '')));
      });
    case 'partition':
    case 'rpartition':
      return builtin(name, ['sep'], (given) => {
        const sep = given.text('sep');
        if (sep === '') throw new Fault('empty separator');
        const at = name === 'partition' ? text.indexOf(sep) : text.lastIndexOf(sep);
        if (at < 0) return tuple(name === 'partition' ? [text, '', ''] : ['', '', text]);
        return tuple([text.slice(0, at), sep, text.slice(at + sep.length)]);
      });
    case 'replace':
      return builtin(name, ['old', 'new', 'count?'], (given, run) => {
        const pieces = text.split(given.text('old'));
        const count = given.integer('count', -1);
        const cut = count < 0 ? pieces.length - 1 : Math.min(count, pieces.length - 1);
        const old = given.text('old');
        const replaced = pieces.reduce((all, piece, i) => all + (i <= cut ? given.text('new') : old) + piece);
        run.spend(replaced.length);
        return replaced;
      });
    case 'removeprefix':
    case 'removesuffix':
      return builtin(name, ['affix'], (given) => {
        const affix = given.text('affix');
        if (name === 'removeprefix') return text.startsWith(affix) ? text.slice(affix.length) : text;
        return affix !== '' && text.endsWith(affix) ? text.slice(0, -affix.length) : text;
      });
    case 'find':
    case 'rfind':
    case 'index':
    case 'rindex':
      return builtin(name, ['needle'], (given) => {
        const needle = given.text('needle');
        const at = name.startsWith('r') ? text.lastIndexOf(needle) : text.indexOf(needle);
        if (at < 0 && name.endsWith('index')) throw new Fault(`Substring '${needle}' not found in '${text}'`);
        return BigInt(at < 0 ? -1 : [...text.slice(0, at)].length);
      });
    case 'count':
      return builtin(name, ['needle'], (given) => BigInt(text.split(given.text('needle')).length - 1));
    default:
      return null;
  }
}

const SIMPLE_TEXT: Readonly<Record<string, (text: string) => Value>> = {
  __proto__: null as never,
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  capitalize: (text) => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase(),
  title: (text) => text.replace(/\p{L}+/gu, (word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase()),
  elems: (text) => texts([...text]),
  isalpha: (text) => /^\p{L}+$/u.test(text),
  isdigit: (text) => /^\p{Nd}+$/u.test(text),
  isalnum: (text) => /^[\p{L}\p{N}]+$/u.test(text),
  isspace: (text) => /^\s+$/u.test(text),
  isupper: (text) => text !== text.toLowerCase() && text === text.toUpperCase(),
  islower: (text) => text !== text.toUpperCase() && text === text.toLowerCase(),
};

function strip(text: string, chars: string | null, side: string): string {
  const strippable = (char: string) => (chars === null ? /\s/u.test(char) : [...chars].includes(char));
  const points = [...text];
  let [from, to] = [0, points.length];
  if (side !== 'rstrip') while (from < to && strippable(points[from] ?? '')) from++;
  if (side !== 'lstrip') while (to > from && strippable(points[to - 1] ?? '')) to--;
  return points.slice(from, to).join('');
}

function split(text: string, separator: string | null, most: number, side: string): string[] {
  const pieces: { text: string; start: number; end: number }[] = [];
  const pattern = separator === null ? /\S+/gu : null;
  if (pattern) {
    for (const match of text.matchAll(pattern)) {
      pieces.push({ text: match[0], start: match.index, end: match.index + match[0].length });
    }
  } else {
    let start = 0;
    for (const piece of text.split(separator ?? '')) {
      pieces.push({ text: piece, start, end: start + piece.length });
      start += piece.length + (separator?.length ?? 0);
    }
  }
  if (most < 0 || pieces.length <= most + 1) return pieces.map((piece) => piece.text);
  if (side === 'split') {
    const rest = pieces[most];
    return [...pieces.slice(0, most).map((piece) => piece.text), text.slice(rest?.start ?? text.length)];
  }
  const kept = pieces.length - most;
  return [text.slice(0, pieces[kept - 1]?.end ?? 0), ...pieces.slice(kept).map((piece) => piece.text)];
}

function listMethod(target: List, name: string): Callable | null {
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

function dictMethod(target: Dict, name: string): Callable | null {
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
          const given = more !== null && typeof more === 'object' && more.kind === 'dict' ? [...more.entries.values()] : [];
          if (more !== undefined && given.length === 0 && typeOf(more) !== 'dict') throw new Fault('update() expects a dict');
          for (const pair of [...given, ...named]) change().set(keyOf(pair[0]), pair);
          return null;
        },
        ['*'],
      );
    default:
      return null;
  }
}
