import { type Source, SyntaxFault } from './source.ts';

const NAMED: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
};

/** The text of `$'…'`, from behind the opening quote to behind the closing one. */
export function readAnsiQuoted(source: Source): string {
  const start = source.at;
  for (; source.char !== "'"; source.at++) {
    if (source.done) throw new SyntaxFault('quote without an end');
    if (source.char === '\\') source.at++;
  }
  const text = decodeEscapes(source.text.slice(start, source.at));
  if (text === null) throw new SyntaxFault('escape not understood');
  source.at++;
  return text;
}

const ESCAPE = /\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|0?([0-7]{1,3})|c([^])|([^]))/g;

/** Resolves backslash escapes as `$'…'`, `printf` and `echo -e` do. Null when one yields no character a command can carry. */
export function decodeEscapes(text: string): string | null {
  let valid = true;
  const decoded = text.replace(ESCAPE, (whole, hex, short, long, octal, control, other) => {
    const digits = hex ?? short ?? long;
    let code: number;
    if (digits !== undefined) code = Number.parseInt(digits, 16);
    else if (octal !== undefined) code = Number.parseInt(octal, 8) & 0xff;
    else if (control !== undefined) code = String(control).charCodeAt(0) & 0x1f;
    else return NAMED[other] ?? whole;
    // Bytes beyond ASCII are pieces of characters, not characters.
    const isByte = hex !== undefined || octal !== undefined;
    if (code === 0 || code > 0x10ffff || (isByte && code > 0x7f) || (code >= 0xd800 && code < 0xe000)) valid = false;
    return valid ? String.fromCodePoint(code) : '';
  });
  return valid ? decoded : null;
}
