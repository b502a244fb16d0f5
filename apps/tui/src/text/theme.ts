/** What a piece of text is for; colours follow from it. The sixteen colours of the terminal fit its own background. */
export interface Theme {
  bold: (text: string) => string;
  dim: (text: string) => string;
  italic: (text: string) => string;
  underline: (text: string) => string;
  strike: (text: string) => string;
  /** Names of things one may act on, the chosen row, links. */
  accent: (text: string) => string;
  /** Code inside of sentences. */
  code: (text: string) => string;
  good: (text: string) => string;
  bad: (text: string) => string;
  warn: (text: string) => string;
  /** Who speaks for the program: reviews, plans. */
  special: (text: string) => string;
  invert: (text: string) => string;
}

export function createTheme(color: boolean): Theme {
  const wrap = (open: number, close: number) => (text: string) =>
    color && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    bold: wrap(1, 22),
    dim: wrap(2, 22),
    italic: wrap(3, 23),
    underline: wrap(4, 24),
    strike: wrap(9, 29),
    accent: wrap(36, 39),
    code: wrap(36, 39),
    good: wrap(32, 39),
    bad: wrap(31, 39),
    warn: wrap(33, 39),
    special: wrap(35, 39),
    invert: wrap(7, 27),
  };
}
