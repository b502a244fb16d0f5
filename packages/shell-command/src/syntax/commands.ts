import type { Assignment, Command, Item, List, Pipeline, Redirect, Word } from './ast.ts';
import { readCompound, reservedWord } from './compounds.ts';
import { readArithmetic } from './expansions.ts';
import { Source, SyntaxFault } from './source.ts';
import { literalText, readArray, readHeredocs, readWord, textWord } from './words.ts';

export interface Script {
  readonly list: List;
  /** Why reading stopped before the end; `list` holds what stands before. */
  readonly fault: string | null;
}

/** Reads a script in the common language of bash, zsh and sh. Never throws; time grows with the length. */
export function parseScript(text: string): Script {
  const items: Item[] = [];
  const source = new Source(text, readList);
  try {
    readItems(source, () => false, items);
    if (!source.done) throw new SyntaxFault('syntax error');
    if (source.heredocs.length > 0) throw new SyntaxFault('here-document without its text');
    return { list: items, fault: null };
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    return { list: items, fault: error.message };
  }
}

function readList(source: Source, ends: (source: Source) => boolean): List {
  const items: Item[] = [];
  readItems(source, ends, items);
  return items;
}

/** Reads up to `ends`, which must come; a list that must not be empty is checked by whoever reads it. */
function readItems(source: Source, ends: (source: Source) => boolean, items: Item[]): void {
  for (;;) {
    skipLines(source);
    if (source.done || ends(source)) return;
    const item = readAndOr(source);
    source.skipBlanks();
    const background = source.char === '&' && !source.has('&&') && source.take('&');
    items.push(background ? { ...item, background } : item);
    if (background) continue;
    if (source.char === ';' && !source.has(';;') && !source.has(';&')) source.at++;
    else if (source.char !== '\n') {
      if (source.done || ends(source)) return;
      throw new SyntaxFault('syntax error');
    }
  }
}

/** Blanks, comments and line ends; here-documents are read where their line ends. */
export function skipLines(source: Source): void {
  for (;;) {
    source.skipBlanks();
    if (!source.take('\n')) return;
    if (source.heredocs.length > 0) readHeredocs(source);
  }
}

function readAndOr(source: Source): Item {
  const first = readPipeline(source);
  const rest: { operator: '&&' | '||'; pipeline: Pipeline }[] = [];
  for (;;) {
    source.skipBlanks();
    const operator = source.has('&&') ? '&&' : source.has('||') ? '||' : null;
    if (!operator) return { first, rest, background: false };
    source.at += 2;
    skipLines(source);
    rest.push({ operator, pipeline: readPipeline(source) });
  }
}

function readPipeline(source: Source): Pipeline {
  const commands: Command[] = [];
  let bare = false;
  for (;;) {
    source.skipBlanks();
    const word = reservedWord(source);
    if (word === '!') source.at += 1;
    else if (word === 'time') {
      source.at += 4;
      source.skipBlanks();
      for (const option of ['-p', '--']) {
        if (source.match(/--?p?(?=\s)/y) === option) source.at += option.length;
        source.skipBlanks();
      }
      // `time` alone times nothing.
      bare = source.done || /[;\n&|)]/.test(source.char);
    } else break;
    if (bare) return commands;
  }
  for (;;) {
    commands.push(readCommand(source));
    source.skipBlanks();
    if (source.char !== '|' || source.has('||')) return commands;
    source.at += source.has('|&') ? 2 : 1;
    skipLines(source);
  }
}

export function readCommand(source: Source): Command {
  return source.nested(() => {
    const compound = readCompound(source, readCommand);
    if (!compound) return readSimple(source);
    const redirects: Redirect[] = [];
    for (;;) {
      source.skipBlanks();
      const redirect = readRedirect(source);
      if (!redirect) return { ...compound, redirects };
      redirects.push(redirect);
    }
  });
}

const DECLARES = new Set(['declare', 'export', 'local', 'readonly', 'typeset']);

function readSimple(source: Source): Command {
  const assignments: Assignment[] = [];
  const words: Word[] = [];
  const redirects: Redirect[] = [];
  let declares = false;
  for (;;) {
    source.skipBlanks();
    const redirect = readRedirect(source);
    if (redirect) {
      redirects.push(redirect);
      continue;
    }
    const assignment = words.length === 0 || declares ? readAssignment(source) : null;
    if (assignment && words.length === 0) {
      assignments.push(assignment);
      continue;
    }
    if (assignment) {
      const start = `${assignment.name}${assignment.append ? '+=' : '='}`;
      const index = assignment.index?.parts ?? [];
      words.push({ ...assignment.value, parts: [...textWord(start).parts, ...assignment.value.parts, ...index] });
      continue;
    }
    const word = readWord(source);
    if (!word) break;
    if (words.length === 0) declares = DECLARES.has(literalText(word) ?? '');
    words.push(word);
  }
  const name = words[0] && literalText(words[0]);
  if (source.char === '(' && words.length === 1 && name && assignments.length + redirects.length === 0) {
    return readFunction(source, name);
  }
  if (words.length + assignments.length + redirects.length === 0) throw new SyntaxFault('syntax error');
  return { type: 'simple', assignments, words, redirects };
}

function readFunction(source: Source, name: string): Command {
  source.expect('(');
  source.skipBlanks();
  source.expect(')');
  skipLines(source);
  return { type: 'function', name, body: readCommand(source), redirects: [] };
}

function readAssignment(source: Source): Assignment | null {
  const name = source.match(/[A-Za-z_]\w*(?=\[|\+?=)/y);
  if (name === null) return null;
  return source.attempt(() => {
    source.at += name.length;
    const index = source.take('[') ? source.nested(() => readArithmetic(source, ']')) : null;
    const append = source.take('+=');
    if (!append && !source.take('=')) return null;
    if (source.take('(')) return { name, index, append, value: { parts: [], array: readArray(source) } };
    return { name, index, append, value: readWord(source) ?? { parts: [] } };
  });
}

const REDIRECT = /(?:\d+|\{[A-Za-z_]\w*\})?(?:<<<|<<-|<<|<>|<&|>>|>&|>\||<(?!\()|>(?!\())|&>>|&>/y;

function readRedirect(source: Source): Redirect | null {
  const matched = source.match(REDIRECT);
  if (matched === null) return null;
  source.at += matched.length;
  const descriptor = /^(?:\d+|\{\w+\})?/.exec(matched)?.[0] ?? '';
  const operator = matched.slice(descriptor.length);
  source.skipBlanks();
  const target = readWord(source);
  if (!target) throw new SyntaxFault('redirection without a target');
  if (operator !== '<<' && operator !== '<<-') return { operator, descriptor, target, body: null };
  const delimiter = literalText(target);
  if (delimiter === null) throw new SyntaxFault('here-document not understood');
  const redirect: { -readonly [Key in keyof Redirect]: Redirect[Key] } = { operator, descriptor, target, body: null };
  source.heredocs.push({
    delimiter,
    stripTabs: operator === '<<-',
    literal: target.parts.some((part) => part.type === 'text' && part.quoted),
    fill: (body) => {
      redirect.body = body;
    },
  });
  return redirect;
}
