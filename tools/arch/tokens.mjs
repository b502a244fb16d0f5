/**
 * Splits TypeScript or JavaScript into tokens, enough to see imports and names without being fooled by comments, strings,
 * templates or regular expressions. Token: { kind: 'word' | 'string' | 'mark' | 'other', text, line }.
 * A string's text is its value as written between the quotes; a template without substitutions is a string.
 */
export function tokenise(source) {
  const tokens = [];
  const braces = []; // for every open `{`: true when it was opened by `${`
  let at = 0;
  let line = 1;

  const push = (kind, text, startLine) => tokens.push({ kind, text, line: startLine });
  const skipTo = (end) => {
    for (; at < end; at++) if (source[at] === '\n') line++;
  };

  /** Reads a template from `at` (after the backtick or a closing brace) to its end or to the next substitution. */
  const template = () => {
    const start = at;
    const startLine = line;
    let end = at;
    while (end < source.length && source[end] !== '`' && !(source[end] === '$' && source[end + 1] === '{'))
      end += source[end] === '\\' ? 2 : 1;
    const plain = source[start - 1] === '`' && source[end] === '`';
    push(plain ? 'string' : 'other', source.slice(start, end), startLine);
    if (source[end] === '$') braces.push(true);
    skipTo(Math.min(source.length, source[end] === '$' ? end + 2 : end + 1));
  };

  while (at < source.length) {
    const char = source[at];
    const next = source[at + 1];
    if (char === '\n' || char === ' ' || char === '\t' || char === '\r') skipTo(at + 1);
    else if (char === '/' && next === '/') skipTo(endOf(source.indexOf('\n', at)));
    else if (char === '#' && next === '!' && at === 0) skipTo(endOf(source.indexOf('\n', at)));
    else if (char === '/' && next === '*') skipTo(endOf(source.indexOf('*/', at + 2), 2));
    else if (char === '"' || char === "'") {
      const end = stringEnd(source, at);
      push('string', source.slice(at + 1, end - 1), line);
      skipTo(end);
    } else if (char === '`') {
      at++;
      template();
    } else if (char === '}' && braces.length > 0) {
      at++;
      if (braces.pop()) template();
      else push('mark', '}', line);
    } else if (char === '/' && regexMayStart(tokens.at(-1))) {
      const end = regexEnd(source, at);
      push('other', source.slice(at, end), line);
      skipTo(end);
    } else if (WORD_START.test(char)) {
      WORD.lastIndex = at;
      const word = WORD.exec(source)?.[0] ?? char;
      push('word', word, line);
      at += word.length;
    } else {
      if (char === '{') braces.push(false);
      push('mark', char, line);
      at++;
    }
  }
  return tokens;

  function endOf(index, length = 0) {
    return index < 0 ? source.length : index + length;
  }
}

const WORD_START = /[\p{L}\p{N}_$]/u;
const WORD = /[\p{L}\p{N}_$]+/uy;
const BEFORE_REGEX = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'delete',
  'void',
  'throw',
  'new',
  'else',
  'do',
  'instanceof',
  'yield',
  'await',
]);

/** After a value a slash divides; anywhere else it begins a regular expression. */
function regexMayStart(previous) {
  if (!previous) return true;
  if (previous.kind === 'word') return BEFORE_REGEX.has(previous.text);
  return previous.kind === 'mark' && !')]}'.includes(previous.text);
}

function stringEnd(source, start) {
  let at = start + 1;
  while (at < source.length && source[at] !== source[start] && source[at] !== '\n') at += source[at] === '\\' ? 2 : 1;
  return Math.min(source.length, at + 1);
}

function regexEnd(source, start) {
  let inClass = false;
  let at = start + 1;
  for (; at < source.length && source[at] !== '\n'; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === '[') inClass = true;
    else if (source[at] === ']') inClass = false;
    else if (source[at] === '/' && !inClass) return at + 1;
  }
  return at;
}
