import { isObject, parseJson } from '@codex/base';

/** Why a file is not what it should be, in a few words. */
export class FileProblem extends Error {
  override readonly name = 'FileProblem';
}

/** Throws FileProblem. */
export function parseObject(text: string): Record<string, unknown> {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new FileProblem(parsed.error);
  if (!isObject(parsed.value)) throw new FileProblem('not an object');
  return parsed.value;
}

/** The text under one of the names; null when there is none. Throws FileProblem for anything else than a text. */
export function textOf(table: Record<string, unknown>, ...names: readonly string[]): string | null {
  const name = names.find((each) => table[each] !== undefined && table[each] !== null);
  if (name === undefined) return null;
  const value = table[name];
  if (typeof value !== 'string') throw new FileProblem(`\`${name}\` is not a text`);
  return value;
}

/** Throws FileProblem. */
export function textsOf(table: Record<string, unknown>, name: string): string[] {
  const value = table[name] ?? [];
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) {
    throw new FileProblem(`\`${name}\` is not a list of texts`);
  }
  return value;
}

/** Throws FileProblem. */
export function requiredText(table: Record<string, unknown>, name: string): string {
  const value = textOf(table, name);
  if (value === null) throw new FileProblem(`missing field \`${name}\``);
  return value;
}
