import type { Part, Word } from './ast.ts';
import { readAnsiQuoted } from './ansi.ts';
import { Source, SyntaxFault } from './source.ts';

const NAME = /[A-Za-z_]\w*/y;
const PARAMETER = /[A-Za-z_]\w*|\d+|[@*#?$!-]/y;

/** Behind a `$`; null when it stands for itself. */
export function readDollar(source: Source, quoted: boolean): Part | null {
  const start = source.at;
  source.expect('$');
  const { char } = source;
  if (source.has('\\\n')) throw new SyntaxFault('line joined inside an expansion');
  if (char === '(') return readSubstitution(source, quoted);
  if (char === '{') return source.nested(() => readParameter(source, quoted));
  if (char === '[') {
    source.at++;
    return { type: 'arithmetic', expression: source.nested(() => readArithmetic(source, ']')), quoted };
  }
  if (char === "'" && !quoted) {
    source.at++;
    return { type: 'text', text: readAnsiQuoted(source), quoted: true };
  }
  const name = source.match(NAME) ?? source.match(/[0-9@*#?$!-]/y);
  if (name === null) {
    source.at = start;
    return null;
  }
  source.at += name.length;
  if (source.match(/\\\n\w/y) !== null) throw new SyntaxFault('line joined inside an expansion');
  return { type: 'parameter', name, quoted, prefix: '', index: null, operator: null, argument: null };
}

function readSubstitution(source: Source, quoted: boolean): Part {
  if (source.has('((')) {
    const expression = source.attempt(() => {
      source.at += 2;
      const read = source.nested(() => readArithmetic(source, ')'));
      return source.take(')') ? read : null;
    });
    if (expression) return { type: 'arithmetic', expression, quoted };
  }
  source.at++;
  return { type: 'command', body: readParenthesized(source), quoted };
}

/** From behind `(` to behind `)`. */
export function readParenthesized(source: Source) {
  return source.nested(() => {
    const outer = source.heredocs;
    source.heredocs = [];
    const body = source.readList(source, (at) => at.char === ')');
    if (source.heredocs.length > 0) throw new SyntaxFault('here-document without its text');
    source.heredocs = outer;
    source.expect(')');
    return body;
  });
}

/** From behind the opening bracket to behind the closing one; of `))` the first is taken. */
export function readArithmetic(source: Source, end: ')' | ']'): Word {
  const parts = new Parts(true);
  const open = end === ')' ? '(' : '[';
  for (let depth = 0; ; ) {
    const { char } = source;
    if (source.done) throw new SyntaxFault('arithmetic without an end');
    if (char === end && depth-- === 0) break;
    if (char === open) depth++;
    if (char === '"') source.at++;
    else if (char === "'") throw new SyntaxFault('quotes in arithmetic');
    else if (char === '\\') readEscape(source, parts, '$`"\\');
    else readExpandable(source, parts, true);
  }
  source.at++;
  return parts.word();
}

const OPERATOR = /:?[-=?+]|##?|%%?|\/\/|\/[#%]|\/|:|\^\^?|,,?|@/y;

/** From the `{` of `${…}` to behind its `}`. */
function readParameter(source: Source, quoted: boolean): Part {
  source.at++;
  let prefix: '' | '!' | '#' = '';
  if (source.match(/[!#](?=[A-Za-z_@*0-9])/y) !== null) {
    prefix = source.char === '!' ? '!' : '#';
    source.at++;
  }
  const name = source.match(PARAMETER);
  if (name === null) throw new SyntaxFault('expansion not understood');
  source.at += name.length;
  const index = source.take('[') ? readArithmetic(source, ']') : null;
  const base = { type: 'parameter', name, quoted, prefix, index } as const;
  if (source.take('}')) return { ...base, operator: null, argument: null };
  const operator = source.match(OPERATOR);
  if (operator === null) throw new SyntaxFault('expansion not understood');
  source.at += operator.length;
  return { ...base, operator, argument: readOperand(source, quoted) };
}

function readOperand(source: Source, quoted: boolean): Word {
  const parts = new Parts(quoted);
  for (;;) {
    const { char } = source;
    if (source.done) throw new SyntaxFault('expansion without an end');
    if (char === '}') break;
    if (char === '"') readDoubleQuoted(source, parts);
    else if (char === "'") {
      // Shells disagree about such quotes inside double ones.
      if (quoted) throw new SyntaxFault('quotes inside an expansion');
      readSingleQuoted(source, parts);
    } else if (char === '\\') readEscape(source, parts, null);
    else readExpandable(source, parts, quoted);
  }
  source.at++;
  return parts.word();
}

/** One character, or the expansion that starts here. */
export function readExpandable(source: Source, parts: Parts, quoted: boolean): void {
  const { char } = source;
  if (char === '$') {
    const part = readDollar(source, quoted);
    if (part) {
      parts.push(part);
      return;
    }
  } else if (char === '`') {
    parts.push(readBackquoted(source, quoted));
    return;
  }
  parts.text(char, quoted);
  source.at++;
}

/** A backslash and what follows; in double quotes it escapes only `special`. */
export function readEscape(source: Source, parts: Parts, special: string | null): void {
  const next = source.text.charAt(source.at + 1);
  if (next === '') {
    source.at++;
    parts.text('\\', true);
    return;
  }
  source.at += 2;
  if (next === '\n') return;
  parts.text(special === null || special.includes(next) ? next : `\\${next}`, true);
}

export function readSingleQuoted(source: Source, parts: Parts): void {
  const end = source.text.indexOf("'", source.at + 1);
  if (end < 0) throw new SyntaxFault('quote without an end');
  parts.text(source.text.slice(source.at + 1, end), true);
  source.at = end + 1;
}

export function readDoubleQuoted(source: Source, parts: Parts): void {
  source.at++;
  parts.text('', true);
  for (;;) {
    const { char } = source;
    if (source.done) throw new SyntaxFault('quote without an end');
    if (char === '"') break;
    if (char === '\\') readEscape(source, parts, '$`"\\');
    else readExpandable(source, parts, true);
  }
  source.at++;
}

function readBackquoted(source: Source, quoted: boolean): Part {
  let inner = '';
  for (source.at++; source.char !== '`'; source.at++) {
    if (source.done) throw new SyntaxFault('backquote without an end');
    const next = source.text.charAt(source.at + 1);
    if (source.char === '\\' && (next === '`' || next === '$' || next === '\\' || (quoted && next === '"')))
      source.at++;
    inner += source.char;
  }
  source.at++;
  const within = new Source(inner, source.readList, source);
  const body = source.nested(() => within.readList(within, () => false));
  return { type: 'command', body, quoted };
}

/** Collects the parts of a word, joining neighbouring text. */
export class Parts {
  readonly #parts: Part[] = [];
  readonly #chunks: string[] = [];
  #quoted: boolean;
  #open = false;

  constructor(quoted: boolean) {
    this.#quoted = quoted;
  }

  text(text: string, quoted: boolean): void {
    if (this.#open && this.#quoted !== quoted) this.#flush();
    this.#quoted = quoted;
    this.#open = true;
    this.#chunks.push(text);
  }

  push(part: Part): void {
    if (part.type === 'text') {
      this.text(part.text, part.quoted);
      return;
    }
    this.#flush();
    this.#parts.push(part);
  }

  word(): Word {
    this.#flush();
    return { parts: this.#parts };
  }

  #flush(): void {
    if (this.#open) this.#parts.push({ type: 'text', text: this.#chunks.join(''), quoted: this.#quoted });
    this.#chunks.length = 0;
    this.#open = false;
  }
}
