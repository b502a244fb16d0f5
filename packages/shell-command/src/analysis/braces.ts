import type { Part, Word } from '../syntax/ast.ts';

type Unit = string | Part;

const MAX_WORDS = 64;

/** What `{a,b}` and `{1..3}` make of a word; null when that is too much to follow. */
export function expandBraces(word: Word): Word[] | null {
  const isBraced = word.parts.some((part) => part.type === 'text' && !part.quoted && part.text.includes('{'));
  if (!isBraced || word.array) return [word];
  const units = word.parts.flatMap((part): Unit[] =>
    part.type === 'text' && !part.quoted ? Array.from(part.text) : [part],
  );
  if (units.length > 4096) return null;
  const expanded = expand(units);
  return expanded && expanded.map((each) => ({ parts: toParts(each) }));
}

function expand(units: readonly Unit[]): Unit[][] | null {
  for (let open = units.indexOf('{'); open >= 0; open = units.indexOf('{', open + 1)) {
    const choices = choicesAt(units, open);
    if (!choices) continue;
    // Braces come first: `$x{a,b}` reads `$xa $xb`.
    if (isName(units[open - 1])) return null;
    const tails = expand(units.slice(choices.end + 1));
    if (!tails) return null;
    const results: Unit[][] = [];
    for (const choice of choices.list) {
      const middles = expand(choice);
      if (!middles || results.length + middles.length * tails.length > MAX_WORDS) return null;
      for (const middle of middles) {
        for (const tail of tails) results.push([...units.slice(0, open), ...middle, ...tail]);
      }
    }
    return results;
  }
  return [[...units]];
}

function isName(unit: Unit | undefined): boolean {
  return typeof unit === 'object' && unit.type === 'parameter' && unit.operator === null && /^\w+$/.test(unit.name);
}

/** What stands between the commas of a pair of braces; null when the brace is literal. */
function choicesAt(units: readonly Unit[], open: number): { list: Unit[][]; end: number } | null {
  const list: Unit[][] = [];
  let start = open + 1;
  for (let at = start, depth = 0; at < units.length; at++) {
    const unit = units[at];
    if (unit === '{') depth++;
    else if (unit === ',' && depth === 0) {
      list.push(units.slice(start, at));
      start = at + 1;
    } else if (unit === '}' && depth-- === 0) {
      const last = units.slice(start, at);
      if (list.length > 0) return { list: [...list, last], end: at };
      const range = rangeOf(last);
      return range && { list: range.map((text) => Array.from(text)), end: at };
    }
  }
  return null;
}

function rangeOf(units: readonly Unit[]): string[] | null {
  const text = units.every((unit) => typeof unit === 'string') ? units.join('') : '';
  const [, from = '', to = ''] = /^(-?\d{1,6}|[A-Za-z])\.\.(-?\d{1,6}|[A-Za-z])(?:\.\.-?\d+)?$/.exec(text) ?? [];
  if (from === '' || /\d/.test(from) !== /\d/.test(to)) return null;
  const isNumber = /\d/.test(from);
  const [first, last] = isNumber ? [Number(from), Number(to)] : [from.charCodeAt(0), to.charCodeAt(0)];
  const count = Math.min(Math.abs(last - first) + 1, MAX_WORDS + 1);
  const step = first <= last ? 1 : -1;
  return Array.from({ length: count }, (_, at) => {
    const value = first + at * step;
    return isNumber ? String(value) : String.fromCharCode(value);
  });
}

function toParts(units: readonly Unit[]): Part[] {
  const parts: Part[] = [];
  let text = '';
  for (const unit of units) {
    if (typeof unit === 'string') text += unit;
    else {
      if (text !== '') parts.push({ type: 'text', text, quoted: false });
      text = '';
      parts.push(unit);
    }
  }
  if (text !== '') parts.push({ type: 'text', text, quoted: false });
  return parts;
}
