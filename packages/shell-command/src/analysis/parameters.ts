import type { Parameter } from '../syntax/ast.ts';
import { concat, EMPTY, HOLE, isKnown, literal, type State, type Text, UNKNOWN, type Variable } from './values.ts';

/** A parameter gives one text, or a list of them (`$@`, an array). */
export type Value = Text | readonly Text[];

export function isList(value: Value): value is readonly Text[] {
  return Array.isArray(value);
}

/** The values a parameter may have. `operands` are those of its argument, already expanded; `index` is the text of its subscript. */
export function parameterValues(
  parameter: Parameter,
  state: State,
  index: string | null,
  operands: readonly Text[],
): readonly Value[] {
  const { prefix, operator } = parameter;
  const values = prefix === '!' ? indirect(parameter, state) : plainValues(parameter.name, state, index);
  if (prefix === '#') return [UNKNOWN];
  if (operator === null) return values;
  const [operand = UNKNOWN] = operands;
  if (/^:?[-=+?]$/.test(operator)) return withDefault(parameter, state, values, operands);
  return values.map((value) => {
    if (isList(value) || !isKnown(value) || !isKnown(operand)) return { text: HOLE, taint: taintOf(value) };
    const changed = change(value.text, operator, operand.text);
    return { text: changed ?? HOLE, taint: value.taint };
  });
}

function taintOf(value: Value): number {
  return isList(value) ? concat(...value).taint : value.taint;
}

function plainValues(name: string, state: State, index: string | null): readonly Value[] {
  if (name === '0') return [state.zero];
  if (/^\d+$/.test(name)) return [state.positional ? (state.positional[Number(name) - 1] ?? EMPTY) : UNKNOWN];
  if (name === '@' || name === '*') return [state.positional ?? [UNKNOWN]];
  const variable = state.variables.get(name);
  if (!variable) return [UNKNOWN];
  return index === null ? elementsOf(variable, '0') : elementsOf(variable, index);
}

function elementsOf({ values, list }: Variable, index: string): readonly Value[] {
  if (index === '@' || index === '*') return list ? [list] : values;
  if (!list) return index === '0' ? values : [UNKNOWN];
  if (!/^\d+$/.test(index)) return list.length > 0 ? [...list] : [EMPTY];
  // Subscripts begin at one in zsh.
  const at = Number(index);
  return at === 0 ? [list[0] ?? EMPTY] : [list[at] ?? EMPTY, list[at - 1] ?? EMPTY];
}

function indirect({ name }: Parameter, state: State): readonly Value[] {
  const names = plainValues(name, state, null);
  return names.flatMap((value): readonly Value[] =>
    isList(value) || !isKnown(value) || !/^\w+$/.test(value.text) ? [UNKNOWN] : plainValues(value.text, state, null),
  );
}

function withDefault({ operator, name }: Parameter, state: State, values: readonly Value[], operands: readonly Text[]) {
  if (operator?.endsWith('=')) state.set(name, { values: [...flat(values), ...operands], list: null });
  if (operator?.endsWith('+')) return [EMPTY, ...operands];
  if (operator?.endsWith('?')) return values;
  const certain = values.every((value) => !isList(value) && isKnown(value) && value.text !== '');
  return certain ? values : [...values, ...operands];
}

function flat(values: readonly Value[]): Text[] {
  return values.flatMap((value) => (isList(value) ? [concat(...value)] : [value as Text]));
}

const IS_PATTERN = /[*?[\\]/;

/** The result of an operator on a text; null when it takes more than comparing characters. */
function change(text: string, operator: string, operand: string): string | null {
  if (operator.startsWith('/')) return replace(text, operator, operand);
  if (operator === ':') {
    const [, from = '', length] = /^\s*(\d+)(?::(\d+))?$/.exec(operand) ?? [];
    if (from === '') return null;
    return text.slice(Number(from), length === undefined ? undefined : Number(from) + Number(length));
  }
  if (operator === '@') return null;
  if (operator === '^^' && operand === '') return text.toUpperCase();
  if (operator === ',,' && operand === '') return text.toLowerCase();
  if (operator === '^' && operand === '') return text.slice(0, 1).toUpperCase() + text.slice(1);
  if (operator === ',' && operand === '') return text.slice(0, 1).toLowerCase() + text.slice(1);
  if (IS_PATTERN.test(operand)) return null;
  if (operator.startsWith('#')) return text.startsWith(operand) ? text.slice(operand.length) : text;
  if (operator.startsWith('%')) return text.endsWith(operand) ? text.slice(0, text.length - operand.length) : text;
  return null;
}

function replace(text: string, operator: string, operand: string): string | null {
  const at = operand.indexOf('/');
  const from = at < 0 ? operand : operand.slice(0, at);
  const to = at < 0 ? '' : operand.slice(at + 1);
  if (from === '' || IS_PATTERN.test(operand) || to.includes('&') || operator === '/#' || operator === '/%')
    return null;
  return operator === '//' ? text.replaceAll(from, () => to) : text.replace(from, () => to);
}

export function joined(value: Value): Text {
  if (!isList(value)) return value;
  return concat(...value.flatMap((text, at) => (at === 0 ? [text] : [literal(' '), text])));
}
