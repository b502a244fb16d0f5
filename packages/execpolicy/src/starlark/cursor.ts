import { Fault, type Span } from './fault.ts';
import type { Token } from './tokens.ts';

/** How deep brackets, blocks and operators may nest. */
const MAX_DEPTH = 64;

export interface Cursor {
  peek(): Token;
  take(): Token;
  /** Where the last token that was taken ends. */
  readonly end: number;
  /** The text of the next token if it is a symbol or keyword among these. */
  see(...texts: string[]): string | null;
  /** Takes the next token if it is this symbol or keyword. */
  accept(text: string): boolean;
  expect(text: string): Token;
  name(): { text: string; span: Span };
  /** The fault of meeting the next token here. */
  unexpected(): Fault;
  nested<T>(read: () => T): T;
}

export function createCursor(tokens: readonly Token[]): Cursor {
  let at = 0;
  let end = 0;
  let depth = 0;
  const last = tokens.at(-1);
  if (last === undefined) throw new Error('a list of tokens ends in a token');
  const peek = () => tokens[at] ?? last;
  const cursor: Cursor = {
    peek,
    get end() {
      return end;
    },
    take() {
      const token = peek();
      if (token.kind === 'invalid') throw cursor.unexpected();
      at++;
      end = token.end;
      return token;
    },
    see(...texts) {
      const token = peek();
      if (token.kind !== 'symbol' && token.kind !== 'keyword') return null;
      return texts.includes(token.text) ? token.text : null;
    },
    accept(text) {
      if (cursor.see(text) === null) return false;
      cursor.take();
      return true;
    },
    expect(text) {
      if (cursor.see(text) === null) throw cursor.unexpected();
      return cursor.take();
    },
    name() {
      const token = peek();
      if (token.kind !== 'name') throw cursor.unexpected();
      cursor.take();
      return { text: token.text, span: token };
    },
    unexpected() {
      const token = peek();
      return new Fault(`Parse error: ${token.kind === 'invalid' ? token.message : `unexpected ${nameOf(token)}`}`, {
        start: token.start,
        end: token.end,
      });
    },
    nested(read) {
      if (++depth > MAX_DEPTH) throw new Fault('Parse error: nested too deeply', peek());
      const value = read();
      depth--;
      return value;
    },
  };
  return cursor;
}

function nameOf(token: Exclude<Token, { kind: 'invalid' }>): string {
  switch (token.kind) {
    case 'name':
      return `identifier '${token.text}'`;
    case 'keyword':
      return `keyword '${token.text}'`;
    case 'symbol':
      return `symbol '${token.text}'`;
    case 'number':
      return `number '${token.value}'`;
    case 'string':
      return `string literal ${JSON.stringify(token.value)}`;
    case 'newline':
      return 'end of line';
    case 'indent':
      return 'indentation';
    case 'dedent':
      return 'end of a block';
    case 'end':
      return 'end of file';
  }
}
