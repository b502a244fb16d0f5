const PLAIN = /^[A-Za-z0-9+\-./:@\]_]$/;

/** Cuts a POSIX shell text into words; null when a quote is left open. Nothing is expanded. */
export function splitWords(command: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  for (let i = 0; i < command.length; i++) {
    const c = command.charAt(i);
    if (c === ' ' || c === '\t' || c === '\n') {
      if (word !== null) words.push(word);
      word = null;
    } else if (c === "'") {
      const end = command.indexOf("'", i + 1);
      if (end < 0) return null;
      word = (word ?? '') + command.slice(i + 1, end);
      i = end;
    } else if (c === '"') {
      word ??= '';
      for (i++; ; i++) {
        if (i >= command.length) return null;
        const inner = command.charAt(i);
        if (inner === '"') break;
        const next = command.charAt(i + 1);
        if (inner === '\\' && next && '"\\`$\n'.includes(next)) {
          i += 1;
          if (next !== '\n') word += next;
        } else word += inner;
      }
    } else if (c === '\\') {
      i += 1;
      if (i >= command.length) return null;
      word = (word ?? '') + command.charAt(i);
    } else word = (word ?? '') + c;
  }
  if (word !== null) words.push(word);
  return words;
}

/** Words as one shell text, quoted only where needed, double quotes where single ones will not do. */
export function joinWords(words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  if (word === '') return "''";
  let out = '';
  let rest = word;
  while (rest) {
    const { length, style } = chunk(rest);
    const part = rest.slice(0, length);
    rest = rest.slice(length);
    if (style === 'plain') out += part;
    else if (style === 'single') out += `'${part}'`;
    else out += `"${part.replace(/["\\`$]/g, '\\$&')}"`;
  }
  return out;
}

/** The longest beginning that one style of quoting can hold. A leading `^` wants single quotes, elsewhere no `^` fits. */
function chunk(text: string): { length: number; style: 'plain' | 'single' | 'double' } {
  let plain = text[0] !== '^';
  let double = plain;
  let single = true;
  let i = text[0] === '^' ? 1 : 0;
  for (; i < text.length; i++) {
    const c = text.charAt(i);
    const next: { plain: boolean; single: boolean; double: boolean } = {
      plain: plain && PLAIN.test(c),
      single: single && c !== "'" && c !== '^',
      double: double && c !== '`' && c !== '$' && c !== '!' && c !== '^',
    };
    if (!next.plain && !next.single && !next.double) break;
    ({ plain, single, double } = next);
  }
  return { length: i, style: plain ? 'plain' : single ? 'single' : 'double' };
}
