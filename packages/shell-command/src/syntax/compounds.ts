import type { Command, Compound, List, Word } from './ast.ts';
import { readArithmetic, readParenthesized } from './expansions.ts';
import { type Source, SyntaxFault } from './source.ts';
import { literalText, readHeredocs, readWord } from './words.ts';

const RESERVED = new Set(
  '! { } [[ ]] if then elif else fi for while until do done case esac select function time coproc in'.split(' '),
);

/** The reserved word that stands here unquoted. */
export function reservedWord(source: Source): string | null {
  const word = source.match(/[a-z]+(?=[\s;&|<>()]|$)|(?:\[\[|\]\]|[!{}])(?=[\s;&|<>()]|$)/y);
  return word !== null && RESERVED.has(word) ? word : null;
}

type ReadCommand = (source: Source) => Command;

/** The compound command that starts here, or null. */
export function readCompound(source: Source, readCommand: ReadCommand): Compound | null {
  if (source.char === '(') return readBracket(source);
  const word = reservedWord(source);
  if (word === null) return null;
  source.at += word.length;
  switch (word) {
    case '{':
      return { type: 'group', body: block(source, '}') };
    case 'if':
      return readIf(source);
    case 'while':
    case 'until':
      return { type: 'while', test: block(source, 'do'), body: block(source, 'done') };
    case 'for':
    case 'select':
      return readFor(source);
    case 'case':
      return readCase(source);
    case 'function':
      return readFunction(source, readCommand);
    case '[[':
      return { type: 'test', words: readTest(source) };
    case 'coproc': {
      source.skipBlanks();
      if (source.match(/[A-Za-z_]\w*[ \t]+[({]/y) !== null) source.at += source.match(/\w+[ \t]+/y)?.length ?? 0;
      return { type: 'coprocess', body: readCommand(source) };
    }
    case 'in':
      source.at -= word.length;
      return null;
    default:
      throw new SyntaxFault(`syntax error near ${word}`);
  }
}

function readBracket(source: Source): Compound {
  if (source.has('((')) {
    const expression = source.attempt(() => {
      source.at += 2;
      const read = source.nested(() => readArithmetic(source, ')'));
      return source.take(')') ? read : null;
    });
    if (expression) return { type: 'arithmetic', expression };
  }
  source.at++;
  const body = readParenthesized(source);
  if (body.length === 0) throw new SyntaxFault('empty subshell');
  return { type: 'subshell', body };
}

/** A list that is not empty, up to and with its closing word. */
function block(source: Source, ...ends: readonly string[]): List {
  const body = source.readList(source, (at) => ends.includes(reservedWord(at) ?? ''));
  if (body.length === 0) throw new SyntaxFault(`nothing before ${ends[0]}`);
  if (ends.length === 1) source.expect(ends[0] ?? '');
  return body;
}

function readIf(source: Source): Compound {
  const branches: { test: List; body: List }[] = [];
  for (;;) {
    const test = block(source, 'then');
    const body = block(source, 'elif', 'else', 'fi');
    branches.push({ test, body });
    const word = reservedWord(source);
    if (word === null) throw new SyntaxFault('if without fi');
    source.at += word.length;
    if (word === 'fi') return { type: 'if', branches, otherwise: [] };
    if (word === 'else') return { type: 'if', branches, otherwise: block(source, 'fi') };
  }
}

function skipLines(source: Source): void {
  for (;;) {
    source.skipBlanks();
    if (!source.take('\n')) return;
    if (source.heredocs.length > 0) readHeredocs(source);
  }
}

function readFor(source: Source): Compound {
  source.skipBlanks();
  if (source.take('((')) {
    const expression = source.nested(() => readArithmetic(source, ')'));
    source.expect(')');
    source.skipBlanks();
    source.take(';');
    return { type: 'count', expression, body: readLoopBody(source) };
  }
  const name = source.match(/[A-Za-z_]\w*(?=[\s;])/y);
  if (name === null) throw new SyntaxFault('loop variable not understood');
  source.at += name.length;
  skipLines(source);
  let words: Word[] | null = null;
  if (reservedWord(source) === 'in') {
    source.at += 2;
    words = [];
    for (;;) {
      source.skipBlanks();
      const word = readWord(source);
      if (!word) break;
      words.push(word);
    }
  }
  source.take(';');
  return { type: 'for', name, words, body: readLoopBody(source) };
}

function readLoopBody(source: Source): List {
  skipLines(source);
  if (reservedWord(source) === '{') {
    source.at++;
    return block(source, '}');
  }
  if (reservedWord(source) !== 'do') throw new SyntaxFault('loop without do');
  source.at += 2;
  return block(source, 'done');
}

function readCase(source: Source): Compound {
  source.skipBlanks();
  const subject = readWord(source);
  skipLines(source);
  if (!subject || reservedWord(source) !== 'in') throw new SyntaxFault('case without in');
  source.at += 2;
  const arms: { patterns: Word[]; body: List }[] = [];
  for (;;) {
    skipLines(source);
    if (reservedWord(source) === 'esac') {
      source.at += 4;
      return { type: 'case', subject, arms };
    }
    const patterns = readPatterns(source);
    const body = source.readList(source, (at) => at.has(';;') || at.has(';&') || reservedWord(at) === 'esac');
    arms.push({ patterns, body });
    if (!source.take(';;&') && !source.take(';;') && !source.take(';&') && reservedWord(source) !== 'esac') {
      throw new SyntaxFault('case without esac');
    }
  }
}

function readPatterns(source: Source): Word[] {
  source.take('(');
  const patterns: Word[] = [];
  for (;;) {
    source.skipBlanks();
    const word = readWord(source);
    if (!word) throw new SyntaxFault('pattern not understood');
    patterns.push(word);
    source.skipBlanks();
    if (source.take(')')) return patterns;
    source.expect('|');
  }
}

function readFunction(source: Source, readCommand: ReadCommand): Compound {
  source.skipBlanks();
  const word = readWord(source);
  const name = word && literalText(word);
  if (!name) throw new SyntaxFault('function without a name');
  source.skipBlanks();
  if (source.take('(')) {
    source.skipBlanks();
    source.expect(')');
  }
  skipLines(source);
  return { type: 'function', name, body: readCommand(source) };
}

/** The words between `[[` and `]]`; operators among them are words too. */
function readTest(source: Source): Word[] {
  const words: Word[] = [];
  for (let pattern = false; ; ) {
    source.skipBlanks();
    if (source.take('\n')) continue;
    if (source.match(/\]\](?=[\s;&|<>()]|$)/y) !== null) break;
    if (!pattern) {
      const operator = source.match(/&&|\|\||[()<>]/y);
      if (operator !== null && source.match(/[<>]\(/y) === null) {
        source.at += operator.length;
        words.push({ parts: [{ type: 'text', text: operator, quoted: false }] });
        continue;
      }
    }
    const word = readWord(source, pattern);
    if (!word) throw new SyntaxFault('test not understood');
    pattern = !pattern && literalText(word) === '=~';
    words.push(word);
  }
  source.at += 2;
  if (words.length === 0) throw new SyntaxFault('empty test');
  return words;
}
