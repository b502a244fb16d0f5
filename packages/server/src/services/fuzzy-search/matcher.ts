import type { Candidate } from './candidate.ts';
import { CLASS, classOf, lowerCase, withoutAccents } from './characters.ts';
import { createOptimalMatch, type OptimalMatch } from './optimal-match.ts';
import type { Atom } from './pattern.ts';
import { BONUS, type Loaded, scoreOf } from './score.ts';

/** Rates candidates; owns the room it works in, so one matcher serves one search at a time. */
export interface Matcher {
  /** The sum over all atoms; -1 when one of them does not match. */
  score(atoms: readonly Atom[], candidate: Candidate): number;
  /** Where the query was found, in characters, ascending. To be asked for matching candidates only. */
  indices(atoms: readonly Atom[], candidate: Candidate): number[];
}

export function createMatcher(): Matcher {
  const optimalMatch = createOptimalMatch();
  let text: Loaded = { chars: new Int32Array(256), bonus: new Uint8Array(256), length: 0 };

  /** Lays a path out for comparison with an atom. */
  const load = (candidate: Candidate, atom: Atom) => {
    const { length, path, chars } = candidate;
    if (length > text.chars.length) {
      text = { chars: new Int32Array(length * 2), bonus: new Uint8Array(length * 2), length };
    }
    text.length = length;
    let before: number = CLASS.delimiter;
    for (let at = 0; at < length; at++) {
      let char = chars === null ? path.charCodeAt(at) : (chars[at] ?? 0);
      const kind = classOf(char);
      if (atom.ignoreCase) char = lowerCase(char);
      if (atom.ignoreAccents) char = withoutAccents(char);
      text.chars[at] = char;
      text.bonus[at] = bonusFor(before, kind);
      before = kind;
    }
  };

  const matchAtom = (atom: Atom, candidate: Candidate, indices: number[] | null): number => {
    if ((candidate.mask & atom.mask) !== atom.mask || atom.needle.length > candidate.length) return -1;
    load(candidate, atom);
    const { kind, needle } = atom;
    if (kind !== 'fuzzy') return LITERAL[kind](text, needle, indices);
    return needle.length === 1 ? bestOccurrence(text, needle, indices) : optimalMatch(text, needle, indices);
  };

  return {
    score(atoms, candidate) {
      let sum = 0;
      for (const atom of atoms) {
        const score = matchAtom(atom, candidate, null);
        if (atom.negative ? score >= 0 : score < 0) return -1;
        if (!atom.negative) sum += score;
      }
      return sum;
    },
    indices(atoms, candidate) {
      const found: number[] = [];
      for (const atom of atoms) if (!atom.negative) matchAtom(atom, candidate, found);
      return [...new Set(found)].sort((a, b) => a - b);
    },
  };
}

const LITERAL: Readonly<Record<Exclude<Atom['kind'], 'fuzzy'>, OptimalMatch>> = {
  substring: (text, needle, indices) => bestOccurrence(text, needle, indices),
  prefix(text, needle, indices) {
    const start = leadingBlanks(text, needle);
    return matchesAt(text, needle, start) ? scoreOf(text, needle, start, start + needle.length, indices) : -1;
  },
  postfix(text, needle, indices) {
    const end = text.length - trailingBlanks(text, needle);
    const start = end - needle.length;
    return start >= 0 && matchesAt(text, needle, start) ? scoreOf(text, needle, start, end, indices) : -1;
  },
  exact(text, needle, indices) {
    const start = leadingBlanks(text, needle);
    const end = text.length - trailingBlanks(text, needle);
    if (end - start !== needle.length || !matchesAt(text, needle, start)) return -1;
    return scoreOf(text, needle, start, end, indices);
  },
};

/** The first of the occurrences that begin best. */
function bestOccurrence(text: Loaded, needle: readonly number[], indices: number[] | null): number {
  let best = -1;
  let bestBonus = -1;
  for (let at = 0; at + needle.length <= text.length; at++) {
    if (!matchesAt(text, needle, at)) continue;
    const bonus = text.bonus[at] ?? 0;
    if (bonus > bestBonus) {
      best = at;
      bestBonus = bonus;
      if (bonus >= BONUS.boundary) break;
    }
  }
  return best < 0 ? -1 : scoreOf(text, needle, best, best + needle.length, indices);
}

function matchesAt(text: Loaded, needle: readonly number[], start: number): boolean {
  if (start + needle.length > text.length) return false;
  for (let at = 0; at < needle.length; at++) if (text.chars[start + at] !== needle[at]) return false;
  return true;
}

function leadingBlanks({ chars, length }: Loaded, needle: readonly number[]): number {
  let count = 0;
  if (isBlank(needle[0])) return 0;
  while (count < length && isBlank(chars[count])) count++;
  return count;
}

function trailingBlanks({ chars, length }: Loaded, needle: readonly number[]): number {
  let count = 0;
  if (isBlank(needle.at(-1))) return 0;
  while (count < length && isBlank(chars[length - 1 - count])) count++;
  return count;
}

function isBlank(char: number | undefined): boolean {
  return char !== undefined && classOf(char) === CLASS.whitespace;
}

/** What it is worth to find something where a character of class `kind` follows one of class `before`. */
function bonusFor(before: number, kind: number): number {
  if (kind > CLASS.delimiter) {
    if (before === CLASS.delimiter) return BONUS.delimiter;
    if (before === CLASS.whitespace || before === CLASS.nonWord) return BONUS.boundary;
  }
  if (before === CLASS.lower && kind === CLASS.upper) return BONUS.camel;
  if (before !== CLASS.number && kind === CLASS.number) return BONUS.camel;
  return kind === CLASS.whitespace || kind === CLASS.nonWord ? BONUS.boundary : 0;
}
