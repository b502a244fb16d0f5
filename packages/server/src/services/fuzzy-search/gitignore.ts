/** What the lines of a .gitignore say about a path: null when nothing. */
export type Verdict = 'ignore' | 'include' | null;

export interface IgnoreRules {
  /** `path` is relative to the folder of the rules, with `/`. The last line that fits decides. */
  judge(path: string, isFolder: boolean): Verdict;
}

interface Rule {
  negative: boolean;
  foldersOnly: boolean;
  /** Compared with the last part of the path only. */
  nameOnly: boolean;
  parts: readonly Part[];
}

/** A part of a pattern between slashes; `**` stands for any number of parts. */
type Part = '**' | readonly Token[];

/** One character: itself, any, any number of any, or one of a set. */
type Token = string | typeof ANY | typeof ANY_NUMBER | CharSet;
const ANY = Symbol('?');
const ANY_NUMBER = Symbol('*');
interface CharSet {
  negative: boolean;
  ranges: readonly (readonly [number, number])[];
}

/** A longer file would make every listing slow. */
const MAX_LINES = 5000;

/** Null when no line of the text is a rule. Rules as in gitignore(5). */
export function parseIgnoreRules(text: string): IgnoreRules | null {
  const rules = text
    .replace(/^\ufeff/, '')
    .split('\n')
    .slice(0, MAX_LINES)
    .flatMap((line) => readRule(line) ?? [])
    .reverse();
  if (rules.length === 0) return null;
  return {
    judge(path, isFolder) {
      const parts = path.split('/');
      const name = parts.slice(-1);
      const found = rules.find(
        (rule) => (isFolder || !rule.foldersOnly) && partsMatch(rule.parts, rule.nameOnly ? name : parts),
      );
      if (!found) return null;
      return found.negative ? 'include' : 'ignore';
    },
  };
}

function readRule(line: string): Rule | null {
  let pattern = withoutTrailingBlanks(line.endsWith('\r') ? line.slice(0, -1) : line);
  if (pattern === '' || pattern.startsWith('#')) return null;
  const negative = pattern.startsWith('!');
  if (negative) pattern = pattern.slice(1);
  const foldersOnly = pattern.endsWith('/');
  if (foldersOnly) pattern = pattern.slice(0, -1);
  const nameOnly = !pattern.includes('/');
  const parts: Part[] = [];
  for (const text of pattern.replace(/^\//, '').split('/')) {
    const part = text === '**' ? text : readTokens(text);
    if (part === null) return null;
    parts.push(part);
  }
  // What ends in `/**` is about everything inside, not about the folder.
  if (parts.at(-1) === '**' && parts.length > 1) parts.push([ANY_NUMBER]);
  return pattern === '' ? null : { negative, foldersOnly, nameOnly, parts };
}

/** An escaped blank stays. */
function withoutTrailingBlanks(line: string): string {
  let end = line.length;
  while (line[end - 1] === ' ') end--;
  let escapes = 0;
  while (line[end - 1 - escapes] === '\\') escapes++;
  return line.slice(0, end < line.length && escapes % 2 === 1 ? end + 1 : end);
}

/** Null when a bracket is never closed: such a pattern matches nothing. */
function readTokens(part: string): Token[] | null {
  const tokens: Token[] = [];
  const chars = Array.from(part);
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    if (char === '*') {
      if (tokens.at(-1) !== ANY_NUMBER) tokens.push(ANY_NUMBER);
    } else if (char === '?') tokens.push(ANY);
    else if (char === '\\' && at + 1 < chars.length) tokens.push(chars[++at] ?? '');
    else if (char === '[') {
      const set = readSet(chars, at);
      if (!set) return null;
      tokens.push(set.set);
      at = set.end;
    } else tokens.push(char);
  }
  return tokens;
}

/** `[abc]`, `[a-z]`, `[!abc]`. */
function readSet(chars: readonly string[], open: number): { set: CharSet; end: number } | null {
  const ranges: [number, number][] = [];
  let at = open + 1;
  const negative = chars[at] === '!' || chars[at] === '^';
  if (negative) at += 1;
  for (let first = true; at < chars.length; first = false) {
    if (chars[at] === ']' && !first) return { set: { negative, ranges }, end: at };
    if (chars[at] === '\\') at += 1;
    const from = codeOf(chars[at]);
    const isRange = chars[at + 1] === '-' && chars[at + 2] !== undefined && chars[at + 2] !== ']';
    ranges.push([from, isRange ? codeOf(chars[at + 2]) : from]);
    at += isRange ? 3 : 1;
  }
  return null;
}

function codeOf(char: string | undefined): number {
  return char?.codePointAt(0) ?? 0;
}

function partsMatch(pattern: readonly Part[], parts: readonly string[]): boolean {
  return sequenceMatches(
    pattern,
    parts,
    (part) => part === '**',
    (part, text) => part !== '**' && textMatches(part, text),
  );
}

function textMatches(tokens: readonly Token[], text: string): boolean {
  return sequenceMatches(tokens, Array.from(text), (token) => token === ANY_NUMBER, tokenMatches);
}

function tokenMatches(token: Token, char: string): boolean {
  if (typeof token === 'string') return token === char;
  if (typeof token === 'symbol') return token === ANY;
  const code = codeOf(char);
  return token.ranges.some(([from, to]) => code >= from && code <= to) !== token.negative;
}

/** Only the last star is ever tried again, so that no pattern takes more than pattern × text steps. */
function sequenceMatches<P, T>(
  pattern: readonly P[],
  texts: readonly T[],
  isStar: (item: P) => boolean,
  matches: (item: P, text: T) => boolean,
): boolean {
  let p = 0;
  let star = -1;
  let retry = 0;
  for (let t = 0; t < texts.length; ) {
    const item = pattern[p];
    if (item !== undefined && isStar(item)) {
      star = p++;
      retry = t;
    } else if (item !== undefined && matches(item, texts[t] as T)) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++retry;
    } else return false;
  }
  while (p < pattern.length && isStar(pattern[p] as P)) p++;
  return p === pattern.length;
}
