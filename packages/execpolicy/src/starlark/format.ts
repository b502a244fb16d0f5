import { Fault } from './fault.ts';
import { type Arguments, itemsOf, show, typeOf, type Value } from './value.ts';

/** `"%s and %r" % values`. */
export function formatPercent(template: string, given: Value): string {
  const isTuple = given !== null && typeof given === 'object' && given.kind === 'tuple';
  const values = isTuple ? given.items : [given];
  let used = 0;
  let text = '';
  for (let at = 0; at < template.length; at++) {
    const char = template.charAt(at);
    if (char !== '%') {
      text += char;
      continue;
    }
    const verb = template.charAt(++at);
    if (verb === '%') text += '%';
    else if (verb === '') throw new Fault('Incomplete format');
    else if (!'srdoxXeEfFgG'.includes(verb)) throw new Fault(`Unsupported format character: '${verb}'`);
    else if (used >= values.length) throw new Fault('Not enough arguments for format string');
    else text += formatValue(verb, values[used++] ?? null);
  }
  if (used < values.length) throw new Fault('Too many arguments for format string');
  return text;
}

function formatValue(verb: string, value: Value): string {
  if (verb === 's') return show(value, false);
  if (verb === 'r') return show(value, true);
  if (typeof value !== 'bigint' && typeof value !== 'number') {
    throw new Fault(`Operation \`format(%${verb})\` not supported on type \`${typeOf(value)}\``);
  }
  if ('doxX'.includes(verb)) {
    if (typeof value === 'number' && !Number.isFinite(value)) throw new Fault('float is not an integer');
    const integer = typeof value === 'bigint' ? value : BigInt(Math.trunc(value));
    const text = integer.toString(verb === 'd' ? 10 : verb === 'o' ? 8 : 16);
    return verb === 'X' ? text.toUpperCase() : text;
  }
  const number = Number(value);
  if (verb === 'f' || verb === 'F') return number.toFixed(6);
  if (verb === 'g' || verb === 'G') return String(Number(number.toPrecision(6)));
  const text = number.toExponential(6).replace(/e([+-])(\d)$/, 'e$10$2');
  return verb === 'E' ? text.toUpperCase() : text;
}

/** `"{} {0} {name!r}".format(…)`. */
export function formatBraces(template: string, { positional, named }: Arguments): string {
  let next = 0;
  let numbered = false;
  let text = '';
  const field = (content: string): string => {
    const [, key = '', conversion] = /^(.*?)(?:!(.*))?$/su.exec(content) ?? [];
    if (conversion !== undefined && conversion !== 'r' && conversion !== 's') {
      throw new Fault(`'${conversion}' is not a valid format string specifier, must be 'r' or 's'`);
    }
    return show(lookup(key), conversion === 'r');
  };
  const lookup = (key: string): Value => {
    const bad = /[.,[\]]/.exec(key);
    if (bad) throw new Fault(`Invalid character '${bad[0]}' inside replacement field`);
    if (key !== '' && !/^\d+$/.test(key)) {
      const value = named.get(key);
      if (value === undefined) throw new Fault(`Key \`${key}\` was not found`);
      return value;
    }
    if (key === '' ? numbered : next > 0) {
      throw new Fault('Cannot mix manual field specification and automatic field numbering in format string');
    }
    numbered ||= key !== '';
    const value = positional[key === '' ? next++ : Number(key)];
    if (value !== undefined) return value;
    throw new Fault(key === '' ? 'Not enough parameters in format string' : `Index \`${key}\` is out of bound`);
  };
  for (let at = 0; at < template.length; at++) {
    const char = template.charAt(at);
    if ((char === '{' || char === '}') && template[at + 1] === char) {
      text += char;
      at++;
    } else if (char === '}') throw new Fault(`Standalone '}' in format string \`${template}\``);
    else if (char === '{') {
      const close = template.indexOf('}', at);
      if (close < 0) throw new Fault(`Unmatched '{' in format string \`${template}\``);
      text += field(template.slice(at + 1, close));
      at = close;
    } else text += char;
  }
  return text;
}

/** The items of a value, or the fault of not having any. */
export function iterate(value: Value): readonly Value[] {
  const items = itemsOf(value);
  if (!items) throw new Fault(`Operation \`(iter)\` not supported on type \`${typeOf(value)}\``);
  return items;
}
