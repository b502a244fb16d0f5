/** Kinds of characters; the order counts: from `lower` on a character belongs to a word. */
export const CLASS = { whitespace: 0, nonWord: 1, delimiter: 2, lower: 3, upper: 4, letter: 5, number: 6 } as const;

/** Letters with a stroke, which Unicode does not take apart. */
const STROKED: Readonly<Record<string, string>> = {
  ...{ ø: 'o', Ø: 'O', đ: 'd', Đ: 'D', ł: 'l', Ł: 'L', ħ: 'h', Ħ: 'H', ı: 'i', ŧ: 't', Ŧ: 'T', ƀ: 'b', ɨ: 'i' },
};

/** Characters that join others to one that readers see as a unit. */
const JOINERS = /[\p{M}\p{Emoji_Modifier}\p{Regional_Indicator}\u200d\u1100-\u11ff\r]/u;

const ASCII_CLASSES = Uint8Array.from({ length: 128 }, (_, char) => {
  if (char >= 97 && char <= 122) return CLASS.lower;
  if (char >= 65 && char <= 90) return CLASS.upper;
  if (char >= 48 && char <= 57) return CLASS.number;
  if (char === 47) return CLASS.delimiter;
  return char === 32 || (char >= 9 && char <= 13 && char !== 11) ? CLASS.whitespace : CLASS.nonWord;
});

export function classOf(char: number): number {
  if (char < 128) return ASCII_CLASSES[char] ?? CLASS.nonWord;
  const text = String.fromCodePoint(char);
  if (/\p{Lowercase}/u.test(text)) return CLASS.lower;
  if (/\p{Uppercase}/u.test(text)) return CLASS.upper;
  if (/\p{N}/u.test(text)) return CLASS.number;
  if (/\p{Alphabetic}/u.test(text)) return CLASS.letter;
  return /\s/u.test(text) ? CLASS.whitespace : CLASS.nonWord;
}

export function lowerCase(char: number): number {
  if (char < 128) return char >= 65 && char <= 90 ? char + 32 : char;
  const lowered = String.fromCodePoint(char).toLowerCase();
  const first = lowered.codePointAt(0) ?? char;
  return lowered.length === String.fromCodePoint(first).length ? first : char;
}

/** The letter without its accents, where that is a Latin one. */
export function withoutAccents(char: number): number {
  if (char < 128) return char;
  const text = String.fromCodePoint(char);
  const base = STROKED[text] ?? text.normalize('NFD').charAt(0);
  return /^[A-Za-z]$/.test(base) ? base.charCodeAt(0) : char;
}

/** One number for everything a reader takes for one character: the code point it begins with. */
export function charactersOf(text: string): number[] {
  if (!JOINERS.test(text)) return Array.from(text, (char) => char.codePointAt(0) ?? 0);
  const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text);
  return Array.from(segments, ({ segment }) => segment.codePointAt(0) ?? 0);
}

/** A bit for each kind of letter in it: what misses a bit of the query cannot match. */
export function letterMask(chars: ArrayLike<number>): number {
  let mask = 0;
  for (let at = 0; at < chars.length; at++) {
    const lower = lowerCase(chars[at] ?? 0);
    mask |= bitOf(lower) | (lower < 128 ? 0 : bitOf(withoutAccents(lower)));
  }
  return mask;
}

function bitOf(char: number): number {
  return char >= 97 && char <= 122 ? 1 << (char - 97) : 1 << (26 + (char % 6));
}
