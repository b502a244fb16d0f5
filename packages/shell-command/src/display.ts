/** One line of POSIX shell text that reads back as these words: `/bin/bash -lc 'echo hi'`. */
export function joinForDisplay(argv: readonly string[]): string {
  return argv.map(quote).join(' ');
}

type Style = 'bare' | 'single' | 'double';

const BARE = /^[A-Za-z0-9+\-./:@\]_]$/;

/** How a character may be written: `^` only opens a single-quoted piece, and no character is left that fits nowhere. */
function allows(style: Style, char: string): boolean {
  switch (style) {
    case 'bare':
      return BARE.test(char);
    case 'single':
      return char !== "'" && char !== '\\' && char !== '^';
    case 'double':
      return char !== '$' && char !== '`' && char !== '!' && char !== '^';
  }
}

/** The word in as few pieces as possible, each bare, in single or in double quotes. */
function quote(word: string): string {
  if (word === '') return "''";
  const chars = Array.from(word);
  let text = '';
  for (let at = 0; at < chars.length; ) {
    const piece = readPiece(chars, at);
    text += write(piece.style, chars.slice(at, piece.end).join(''));
    at = piece.end;
  }
  return text;
}

function readPiece(chars: readonly string[], from: number): { style: Style; end: number } {
  const first = chars[from] === '^';
  let styles: Style[] = first ? ['single'] : ['bare', 'single', 'double'];
  let end = first ? from + 1 : from;
  for (; end < chars.length; end++) {
    const char = chars[end] ?? '';
    const left = styles.filter((style) => allows(style, char));
    if (left.length === 0) break;
    styles = left;
  }
  return { style: styles[0] ?? 'single', end };
}

function write(style: Style, text: string): string {
  switch (style) {
    case 'bare':
      return text;
    case 'single':
      return `'${text}'`;
    case 'double':
      return `"${text.replace(/["\\]/g, '\\$&')}"`;
  }
}
