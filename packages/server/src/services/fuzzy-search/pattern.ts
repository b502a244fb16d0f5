import { charactersOf, letterMask, lowerCase, withoutAccents } from './characters.ts';

/** A word of a query: letters in this order, or text that must be there, at the beginning, at the end, or all of it. */
export interface Atom {
  kind: 'fuzzy' | 'substring' | 'prefix' | 'postfix' | 'exact';
  /** Must not match. */
  negative: boolean;
  needle: readonly number[];
  /** Capitals in the query make it care for case; accents in it make it care for accents. */
  ignoreCase: boolean;
  ignoreAccents: boolean;
  /** See `letterMask`. */
  mask: number;
}

const MAX_QUERY = 1000;

/** Words of a query: `abc` fuzzy, `'abc` contained, `^abc`, `abc$`, `^abc$`, and `!` before one for its opposite. */
export function parseQuery(query: string): Atom[] {
  const words = query.slice(0, MAX_QUERY).match(/(?:\\[^]|[^\s\\]|\\$)+/gu) ?? [];
  return words.map(readAtom).filter((atom) => atom.needle.length > 0);
}

function readAtom(word: string): Atom {
  let text = word;
  let kind: Atom['kind'] = 'fuzzy';
  const negative = text.startsWith('!');
  if (negative || text.startsWith('\\!')) text = text.slice(1);

  if (text.startsWith('^')) kind = 'prefix';
  else if (text.startsWith("'")) kind = 'substring';
  if (kind !== 'fuzzy' || /^\\[\^']/.test(text)) text = text.slice(1);

  if (text.endsWith('\\$')) text = `${text.slice(0, -2)}$`;
  else if (text.endsWith('$')) {
    kind = kind === 'fuzzy' ? 'postfix' : 'exact';
    text = text.slice(0, -1);
  }
  if (negative && kind === 'fuzzy') kind = 'substring';

  const chars = charactersOf(text.replace(/\\(\s)/gu, '$1'));
  const ignoreCase = chars.every((char) => lowerCase(char) === char);
  const ignoreAccents = chars.every((char) => withoutAccents(char) === char);
  return { kind, negative, needle: chars, ignoreCase, ignoreAccents, mask: letterMask(chars) };
}
