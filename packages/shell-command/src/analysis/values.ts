import type { Command } from '../syntax/ast.ts';

/**
 * Stands in a text for a piece that cannot be known by reading: any characters, none, or several words. No command can carry the
 * character itself.
 */
export const HOLE = '\0';

/** Where the unknown or hidden pieces of a text come from; a set of bits. */
export const Taint = { none: 0, download: 1, decoded: 2, secret: 4, shell: 8, listed: 16 } as const;

export interface Text {
  readonly text: string;
  readonly taint: number;
}

/** One word after expansion. */
export interface Field extends Text {
  /** Unquoted `*`, `?` or `[` stand in it. */
  readonly glob: boolean;
}

export const UNKNOWN: Text = { text: HOLE, taint: Taint.none };
export const EMPTY: Text = { text: '', taint: Taint.none };

export function isKnown({ text }: Text): boolean {
  return !text.includes(HOLE);
}

export function literal(text: string): Text {
  return { text, taint: Taint.none };
}

export function field(text: string, taint: number = Taint.none): Field {
  return { text, taint, glob: false };
}

const HOLES = new RegExp(`${HOLE}+`, 'g');

/** Longer texts are not followed. */
const MAX_TEXT = 1 << 17;

export function taints(texts: readonly Text[]): number {
  let bits: number = Taint.none;
  for (const { taint } of texts) bits |= taint;
  return bits;
}

export function concat(...texts: readonly Text[]): Text {
  if (texts.length === 2 && texts[0]?.text === '' && texts[0].taint === Taint.none && texts[1]) return texts[1];
  const together = texts.map((part) => part.text).join('');
  const text = together.includes(HOLE + HOLE) ? together.replace(HOLES, HOLE) : together;
  return { text: text.length > MAX_TEXT ? HOLE : text, taint: taints(texts) };
}

/** What a variable may hold; `list` for an array. */
export interface Variable {
  readonly values: readonly Text[];
  readonly list: readonly Text[] | null;
}

const MAX_VALUES = 8;

/** What a shell knows at one point of a script. Names that are missing come from the environment. */
export class State {
  variables = new Map<string, Variable>([
    ['IFS', scalar(literal(' \t\n'))],
    ['HOME', scalar(literal('~'))],
    ['PWD', scalar(literal('.'))],
  ]);
  /** Variables that hold a number, whichever. */
  numbers = new Set<string>();
  functions = new Map<string, readonly Command[]>();
  aliases = new Map<string, readonly string[]>();
  positional: readonly Text[] | null = [];
  zero: Text = UNKNOWN;

  clone(): State {
    const copy = new State();
    copy.variables = new Map(this.variables);
    copy.numbers = new Set(this.numbers);
    copy.functions = new Map(this.functions);
    copy.aliases = new Map(this.aliases);
    copy.positional = this.positional;
    copy.zero = this.zero;
    return copy;
  }

  /** The state of a shell started from here. */
  child(zero: Text, positional: readonly Text[]): State {
    const state = new State();
    state.variables = new Map(this.variables);
    state.zero = zero;
    state.positional = positional;
    return state;
  }

  set(name: string, variable: Variable): void {
    this.variables.set(name, variable);
    this.numbers.delete(name);
  }

  setNumber(name: string): void {
    this.set(name, scalar(UNKNOWN));
    this.numbers.add(name);
  }

  /** Either this or the other state holds from here on. True when that adds something. */
  join(other: State): boolean {
    let changed = false;
    for (const name of new Set([...this.variables.keys(), ...other.variables.keys()])) {
      const mine = this.variables.get(name);
      const theirs = other.variables.get(name);
      if (mine === theirs) continue;
      const both = either(mine ?? scalar(UNKNOWN), theirs ?? scalar(UNKNOWN));
      if (mine && both === mine) continue;
      this.variables.set(name, both);
      changed = true;
    }
    for (const name of this.numbers) if (!other.numbers.has(name)) this.numbers.delete(name);
    for (const [name, bodies] of other.functions) {
      const all = new Set([...(this.functions.get(name) ?? []), ...bodies]);
      if (all.size !== this.functions.get(name)?.length) changed = true;
      this.functions.set(name, [...all]);
    }
    for (const [name, texts] of other.aliases) {
      this.aliases.set(name, [...new Set([...(this.aliases.get(name) ?? []), ...texts])]);
    }
    if (JSON.stringify(this.positional) !== JSON.stringify(other.positional)) this.positional = null;
    return changed;
  }
}

export function scalar(...values: readonly Text[]): Variable {
  return { values: values.length > MAX_VALUES ? [UNKNOWN] : values, list: null };
}

function either(first: Variable, second: Variable): Variable {
  if (first.list || second.list) {
    return JSON.stringify(first) === JSON.stringify(second) ? first : { values: [UNKNOWN], list: null };
  }
  const added = second.values.filter((text) => !first.values.some((one) => same(one, text)));
  return added.length === 0 ? first : scalar(...first.values, ...added);
}

function same(one: Text, other: Text): boolean {
  return one.text === other.text && one.taint === other.taint;
}
