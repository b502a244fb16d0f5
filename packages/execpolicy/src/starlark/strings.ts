import { Fault, type Span } from './fault.ts';

/** A piece of an f-string: text, or the name of a variable. */
export type FormatPart = string | { readonly name: string; readonly repr: boolean; readonly span: Span };

export interface StringToken {
  readonly kind: 'string';
  readonly value: string;
  /** Null for all but f-strings. */
  readonly parts: readonly FormatPart[] | null;
  readonly start: number;
  readonly end: number;
}

/** Reads the string literal that starts at `start` with these letters before its quotes. */
export function readString(text: string, start: number, prefix: string): StringToken {
  const opening = start + prefix.length;
  const quote = text.charAt(opening);
  const fence = text.startsWith(quote.repeat(3), opening) ? quote.repeat(3) : quote;
  const raw = prefix.includes('r');
  const from = opening + fence.length;
  let value = '';
  let at = from;
  for (;;) {
    if (at >= text.length) throw unfinished(text, start);
    if (text.startsWith(fence, at)) break;
    const char = text.charAt(at);
    if (char === '\n' && fence.length === 1) throw unfinished(text, start);
    if (char === '\r' && text[at + 1] === '\n') {
      if (fence.length === 1) throw unfinished(text, start);
      at++;
    } else if (char !== '\\') {
      value += char;
      at++;
    } else if (raw) {
      const next = text.charAt(at + 1);
      value += next === quote ? next : char + next;
      at += 2;
    } else {
      const escape = readEscape(text, at);
      value += escape.value;
      at = escape.end;
    }
  }
  const end = at + fence.length;
  const parts = prefix.includes('f') ? formatParts(value, from, { start, end }) : null;
  return { kind: 'string', value, parts, start, end };
}

function unfinished(text: string, start: number): Fault {
  const lineEnd = text.indexOf('\n', start);
  return new Fault('unfinished string literal', { start, end: lineEnd < 0 ? text.length : lineEnd });
}

const SIMPLE: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
  "'": "'",
  '"': '"',
  '\\': '\\',
};
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function readEscape(text: string, at: number): { value: string; end: number } {
  const letter = text.charAt(at + 1);
  if (letter === '\r' && text[at + 2] === '\n') return { value: '', end: at + 3 };
  const simple = SIMPLE[letter];
  if (simple !== undefined) return { value: simple, end: at + 2 };
  const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1, at + 4))?.[0];
  if (octal !== undefined)
    return { value: String.fromCodePoint(Number.parseInt(octal, 8)), end: at + 1 + octal.length };
  const length = HEX_DIGITS[letter];
  if (length === undefined) return { value: `\\${letter}`, end: at + 1 + letter.length };
  const digits = /^[^\n]*/.exec(text.slice(at + 2, at + 2 + length))?.[0] ?? '';
  const code = /^[0-9a-fA-F]+$/.test(digits) && digits.length === length ? Number.parseInt(digits, 16) : -1;
  const end = at + 2 + digits.length;
  if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    throw new Fault(`invalid string escape sequence \`${letter}${digits}\``, { start: at, end });
  }
  return { value: String.fromCodePoint(code), end };
}

/** Only names may stand in the braces. `from` is where the content starts in the file. */
function formatParts(value: string, from: number, whole: Span): FormatPart[] {
  const parts: FormatPart[] = [];
  let literal = '';
  for (let at = 0; at < value.length; at++) {
    const char = value.charAt(at);
    if ((char === '{' || char === '}') && value[at + 1] === char) {
      literal += char;
      at++;
    } else if (char === '}') throw new Fault(`Invalid format: Standalone '}' in format string \`${value}\``, whole);
    else if (char === '{') {
      const close = value.indexOf('}', at);
      if (close < 0) throw new Fault(`Invalid format: Unmatched '{' in format string \`${value}\``, whole);
      const [, blank = '', name = '', repr] = /^(\s*)(.*?)\s*(?:!(r|s))?$/su.exec(value.slice(at + 1, close)) ?? [];
      const start = from + at + 1 + blank.length;
      const span = { start, end: start + name.length };
      if (!/^[A-Za-z_]\w*$/.test(name)) throw new Fault(`Not a valid identifier: \`${name}\``, span);
      parts.push(literal, { name, repr: repr === 'r', span });
      literal = '';
      at = close;
    } else literal += char;
  }
  parts.push(literal);
  return parts.filter((part) => part !== '');
}
