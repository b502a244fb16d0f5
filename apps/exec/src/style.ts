/** Wraps texts in terminal colours, or leaves them as they are. */
export interface Style {
  bold: (text: string) => string;
  dim: (text: string) => string;
  red: (text: string) => string;
  green: (text: string) => string;
  yellow: (text: string) => string;
  magenta: (text: string) => string;
  cyan: (text: string) => string;
}

export function createStyle(color: boolean): Style {
  const wrap = (code: number) => (text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    bold: wrap(1),
    dim: wrap(2),
    red: wrap(31),
    green: wrap(32),
    yellow: wrap(33),
    magenta: wrap(35),
    cyan: wrap(36),
  };
}

/** `auto` colours a terminal, unless NO_COLOR is set. */
export function wantsColor(
  when: 'always' | 'never' | 'auto',
  stream: { isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return when === 'auto' ? stream.isTTY === true && !env['NO_COLOR'] : when === 'always';
}
