/** Splits like a POSIX shell: quotes, backslashes, comments, nothing else. Null when a quote or backslash is left open. */
export function splitWords(text: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === ' ' || char === '\t' || char === '\n') {
      if (word !== null) words.push(word);
      word = null;
    } else if (char === '#' && word === null) {
      while (at + 1 < text.length && text[at + 1] !== '\n') at++;
    } else if (char === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) return null;
      word = (word ?? '') + text.slice(at + 1, end);
      at = end;
    } else if (char === '"') {
      const quoted = readDoubleQuoted(text, at + 1);
      if (!quoted) return null;
      word = (word ?? '') + quoted.text;
      at = quoted.end;
    } else if (char === '\\') {
      if (at + 1 >= text.length) return null;
      at++;
      word = (word ?? '') + (text[at] === '\n' ? '' : text.charAt(at));
    } else word = (word ?? '') + char;
  }
  if (word !== null) words.push(word);
  return words;
}

/** `end` is the closing quote. */
function readDoubleQuoted(text: string, from: number): { text: string; end: number } | null {
  let value = '';
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"') return { text: value, end: at };
    if (char !== '\\') {
      value += char;
      continue;
    }
    const next = text.charAt(++at);
    if (next === '') return null;
    if (next !== '\n') value += '$`"\\'.includes(next) ? next : `\\${next}`;
  }
  return null;
}
