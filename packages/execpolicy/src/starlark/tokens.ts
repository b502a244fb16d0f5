import { Fault } from './fault.ts';
import { readString, type StringToken } from './strings.ts';

export type Token =
  | {
      readonly kind: 'name' | 'keyword' | 'symbol';
      readonly text: string;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: 'number'; readonly value: bigint | number; readonly start: number; readonly end: number }
  | StringToken
  | { readonly kind: 'newline' | 'indent' | 'dedent' | 'end'; readonly start: number; readonly end: number }
  | { readonly kind: 'invalid'; readonly message: string; readonly start: number; readonly end: number };

const KEYWORDS = new Set('and break continue def elif else for if in lambda load not or pass return'.split(' '));
const RESERVED = new Set(
  'as assert async await class del except finally from global import is nonlocal raise try while with yield'.split(' '),
);
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const STRING_START = /(?:f|r|fr)?(?="|')/y;
const NUMBER = /0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\d+/y;
const SYMBOL = /\.\.\.|\*\*|\/\/=|<<=|>>=|\/\/|<<|>>|[-+*/%&|^]=|[=!<>]=|->|[-+*/%&|^~<>=.,;:()[\]{}]/y;

/**
 * The tokens of a text. What is no token ends the list as `invalid`, so that a mistake further up is still the one
 * that is reported.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const indents = [0];
  let brackets = 0;
  let at = 0;

  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  /** Blank lines and comments have no indentation. `before` is where a mistake is reported. */
  const indentation = (before: number) => {
    for (;;) {
      const lineStart = at;
      while (text[at] === ' ') at++;
      if (text[at] === '\t') {
        const rest = /[ \t]*/y;
        rest.lastIndex = at;
        const end = at + (rest.exec(text)?.[0].length ?? 0);
        if (!isLineEnd(text, end) && text[end] !== '#') throw new Fault('tabs are not allowed', one(before));
        at = end;
      }
      if (text[at] === '#') while (at < text.length && text[at] !== '\n') at++;
      if (at >= text.length) return;
      if (isLineEnd(text, at)) {
        at += text[at] === '\r' ? 2 : 1;
        before = at - 1;
        continue;
      }
      const width = at - lineStart;
      if (width > (indents.at(-1) ?? 0)) {
        indents.push(width);
        tokens.push({ kind: 'indent', start: lineStart, end: at });
      }
      while (width < (indents.at(-1) ?? 0)) {
        indents.pop();
        tokens.push({ kind: 'dedent', start: lineStart, end: at });
        if (width > (indents.at(-1) ?? 0)) throw new Fault('incorrect indentation', one(before));
      }
      return;
    }
  };

  const next = () => {
    const char = text.charAt(at);
    if (isLineEnd(text, at)) {
      const start = at;
      at += char === '\r' ? 2 : 1;
      if (brackets > 0) return;
      tokens.push({ kind: 'newline', start, end: at });
      indentation(start);
    } else if (char === ' ' || char === '\t') at++;
    else if (char === '\\' && isLineEnd(text, at + 1)) at += text[at + 1] === '\r' ? 3 : 2;
    else if (char === '#') while (at < text.length && text[at] !== '\n') at++;
    else word();
  };

  const word = () => {
    const start = at;
    const prefix = match(STRING_START);
    if (prefix !== null) {
      const token = readString(text, start, prefix);
      at = token.end;
      tokens.push(token);
      return;
    }
    const name = match(NAME);
    if (name !== null) {
      at += name.length;
      if (RESERVED.has(name)) throw new Fault(`cannot use reserved keyword \`${name}\``, { start, end: at });
      tokens.push({ kind: KEYWORDS.has(name) ? 'keyword' : 'name', text: name, start, end: at });
      return;
    }
    const digits = match(NUMBER);
    if (digits !== null) {
      at += digits.length;
      tokens.push({ kind: 'number', value: numberValue(digits, start), start, end: at });
      return;
    }
    const symbol = match(SYMBOL);
    if (symbol === null) {
      const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
      throw new Fault(`invalid input \`${char}\``, { start, end: start + char.length });
    }
    at += symbol.length;
    if ('([{'.includes(symbol)) brackets++;
    else if (')]}'.includes(symbol)) brackets = Math.max(0, brackets - 1);
    tokens.push({ kind: 'symbol', text: symbol, start, end: at });
  };

  try {
    indentation(0);
    while (at < text.length) next();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const span = error.span ?? one(at);
    tokens.push({ kind: 'invalid', message: error.message, ...span });
    return tokens;
  }
  const end = { start: text.length, end: text.length };
  const last = tokens.at(-1)?.kind;
  if (last !== undefined && last !== 'newline' && last !== 'dedent') tokens.push({ kind: 'newline', ...end });
  for (let open = indents.length; open > 1; open--) tokens.push({ kind: 'dedent', ...end });
  tokens.push({ kind: 'end', ...end });
  return tokens;
}

function one(start: number) {
  return { start, end: start + 1 };
}

function isLineEnd(text: string, at: number): boolean {
  return text[at] === '\n' || (text[at] === '\r' && text[at + 1] === '\n');
}

function numberValue(digits: string, start: number): bigint | number {
  if (/^0[xob]/i.test(digits)) return BigInt(digits.toLowerCase());
  if (!/^\d+$/.test(digits)) return Number(digits);
  if (/^0\d/.test(digits)) {
    throw new Fault(`integer cannot have leading 0, got \`${digits}\``, { start, end: start + digits.length });
  }
  if (digits.length > 1000) throw new Fault('integer is too long', { start, end: start + digits.length });
  return BigInt(digits);
}
