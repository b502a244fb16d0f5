import type { Part, Word } from './ast.ts';
import {
  Parts,
  readDoubleQuoted,
  readEscape,
  readExpandable,
  readParenthesized,
  readSingleQuoted,
} from './expansions.ts';
import { Source, SyntaxFault } from './source.ts';

const ENDS_WORD = new Set([' ', '\t', '\n', ';', '&', '|', '<', '>', '(', ')', '']);

/** The word that starts here, or null. With `pattern` the characters of a regular expression belong to it. */
export function readWord(source: Source, pattern = false): Word | null {
  const parts = new Parts(false);
  const start = source.at;
  for (let depth = 0; ; ) {
    const { char } = source;
    if ((char === '<' || char === '>') && source.text.charAt(source.at + 1) === '(' && !pattern) {
      source.at += 2;
      parts.push({ type: 'process', direction: char, body: readParenthesized(source) });
    } else if (pattern && '()|<>'.includes(char) && char !== '') {
      if (char === '(') depth++;
      if (char === ')' && depth-- === 0) break;
      parts.text(char, false);
      source.at++;
    } else if (ENDS_WORD.has(char) && !(pattern && depth > 0 && char !== '')) break;
    else readPiece(source, parts);
  }
  return source.at === start ? null : parts.word();
}

function readPiece(source: Source, parts: Parts): void {
  const { char } = source;
  if (char === "'") readSingleQuoted(source, parts);
  else if (char === '"') readDoubleQuoted(source, parts);
  else if (char === '\\') readEscape(source, parts, null);
  else if (char === '$' && source.text.charAt(source.at + 1) === '"') {
    source.at++;
    readDoubleQuoted(source, parts);
  } else readExpandable(source, parts, false);
}

/** The words of `(a b c)`, from behind the bracket. */
export function readArray(source: Source): Word[] {
  return source.nested(() => {
    const words: Word[] = [];
    for (;;) {
      source.skipBlanks();
      if (source.take('\n')) continue;
      if (source.take(')')) return words;
      const word = readWord(source);
      if (!word) throw new SyntaxFault('array not understood');
      words.push(word);
    }
  });
}

/** The text when nothing in the word expands; the delimiter of a here-document is read so. */
export function literalText(word: Word): string | null {
  let text = '';
  for (const part of word.parts) {
    if (part.type !== 'text') return null;
    text += part.text;
  }
  return text;
}

/** Reads the here-documents that begin on the line just ended. */
export function readHeredocs(source: Source): void {
  const { heredocs } = source;
  source.heredocs = [];
  for (const { delimiter, stripTabs, literal, fill } of heredocs) {
    const lines: string[] = [];
    const finish = () => {
      const body = lines.join('');
      fill(literal ? { parts: [{ type: 'text', text: body, quoted: true }] } : readHeredocBody(source, body));
    };
    for (;;) {
      if (source.done) {
        finish();
        throw new SyntaxFault('here-document without an end');
      }
      const end = source.text.indexOf('\n', source.at);
      const stop = end < 0 ? source.text.length : end;
      const raw = source.text.slice(source.at, stop);
      source.at = end < 0 ? stop : stop + 1;
      const line = stripTabs ? raw.replace(/^\t+/, '') : raw;
      if (line === delimiter) break;
      lines.push(line, '\n');
    }
    finish();
  }
}

function readHeredocBody(source: Source, text: string): Word {
  const body = new Source(text, source.readList, source);
  const parts = new Parts(true);
  source.nested(() => {
    while (!body.done) {
      if (body.char === '\\' && body.at + 1 < text.length) readEscape(body, parts, '$`\\');
      else readExpandable(body, parts, true);
    }
  });
  return parts.word();
}

export function textWord(text: string): Word {
  const part: Part = { type: 'text', text, quoted: false };
  return { parts: [part] };
}
