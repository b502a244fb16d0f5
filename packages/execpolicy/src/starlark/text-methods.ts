import { builtin, texts } from './arguments.ts';
import { Fault } from './fault.ts';
import { formatBraces, iterate } from './format.ts';
import { type Callable, tuple, typeOf, type Value } from './value.ts';

/** A method of a text, or null. */
export function textMethod(text: string, name: string): Callable | null {
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
        return BigInt(at < 0 ? -1 : Array.from(text.slice(0, at)).length);
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
  elems: (text) => texts(Array.from(text)),
  isalpha: (text) => /^\p{L}+$/u.test(text),
  isdigit: (text) => /^\p{Nd}+$/u.test(text),
  isalnum: (text) => /^[\p{L}\p{N}]+$/u.test(text),
  isspace: (text) => /^\s+$/u.test(text),
  isupper: (text) => text !== text.toLowerCase() && text === text.toUpperCase(),
  islower: (text) => text !== text.toUpperCase() && text === text.toLowerCase(),
};

function strip(text: string, chars: string | null, side: string): string {
  const strippable = (char: string) => (chars === null ? /\s/u.test(char) : chars.includes(char));
  const points = Array.from(text);
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
