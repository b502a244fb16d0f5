import type { List, Part, Word } from '../syntax/ast.ts';
import { expandBraces } from './braces.ts';
import { isInfluential } from './variables.ts';
import { isList, joined, parameterValues, type Value } from './parameters.ts';
import {
  concat,
  EMPTY,
  type Field,
  field,
  HOLE,
  isKnown,
  type State,
  Taint,
  taints,
  type Text,
  UNKNOWN,
} from './values.ts';

/** What expansion needs from the one who walks the script. */
export interface Expander {
  readonly state: State;
  /** Runs `$(…)` and gives what it prints. */
  substitute(body: List): Text;
  /** Runs `<(…)` and gives the path that stands for it. */
  connect(body: List, direction: '<' | '>'): Text;
  /** Told about the text of every arithmetic expression. */
  arithmetic(text: Text): void;
  /** Says why something cannot be read. */
  note(reason: string): void;
}

/** A value cut into more words than these is one unknown. */
const MAX_FIELDS = 256;
/** More possibilities than these are one unknown. */
const MAX_ALTERNATIVES = 16;

/** The words a list of words may become: each entry is one possibility. */
export function expandWords(words: readonly Word[], expander: Expander): Field[][] {
  let all: Field[][] = [[]];
  for (const word of words) {
    const alternatives = expandWord(word, expander);
    const [only] = alternatives;
    if (only && alternatives.length === 1) for (const fields of all) fields.push(...only);
    else if (all.length * alternatives.length > MAX_ALTERNATIVES) {
      expander.note('too many possibilities');
      const unknown = field(HOLE, taints(alternatives.flat()));
      all = all.map((fields) => [...fields, unknown]);
    } else {
      all = all.flatMap((fields) => alternatives.map((more) => [...fields, ...more]));
    }
  }
  return all;
}

function expandWord(word: Word, expander: Expander): Field[][] {
  const words = expandBraces(word);
  if (!words) {
    expander.note('too many possibilities');
    return [[field(HOLE)]];
  }
  let all: Field[][] = [[]];
  for (const each of words) {
    const alternatives = expandParts(each, expander);
    all = all.flatMap((fields) => alternatives.map((more) => [...fields, ...more])).slice(0, MAX_ALTERNATIVES);
  }
  if (word.array) for (const element of word.array) expandWord(element, expander);
  return all;
}

/** The texts a word may become where it is not split: the value of an assignment, a here-document, a redirection. */
export function expandText(word: Word, expander: Expander): Text[] {
  const quoted = word.parts.map((part): Part => ('quoted' in part ? { ...part, quoted: true } : part));
  const texts = expandParts({ parts: quoted }, expander).map((fields) => joined(fields));
  return texts.length > 0 ? texts : [EMPTY];
}

/** Words finished so far, and the one being put together. */
interface Draft {
  readonly done: readonly Field[];
  readonly open: Field | null;
}

function expandParts({ parts }: Word, expander: Expander): Field[][] {
  let drafts: Draft[] = [{ done: [], open: null }];
  for (const part of parts) {
    const values = partValues(part, expander);
    const quoted = part.type === 'process' || part.quoted;
    const isText = part.type === 'text';
    drafts = drafts.flatMap((draft) =>
      values.map((value) => (quoted || isText ? append(draft, value, quoted) : appendSplit(draft, value))),
    );
    if (drafts.length > MAX_ALTERNATIVES) {
      expander.note('too many possibilities');
      return [[field(HOLE, taints(drafts.flatMap(finish)))]];
    }
  }
  return drafts.map(finish);
}

function finish({ done, open }: Draft): Field[] {
  return open ? [...done, open] : [...done];
}

function partValues(part: Part, expander: Expander): readonly Value[] {
  switch (part.type) {
    case 'text':
      return [{ text: part.text, taint: Taint.none }];
    case 'command':
      return [expander.substitute(part.body)];
    case 'process':
      return [expander.connect(part.body, part.direction)];
    case 'arithmetic':
      for (const text of expandText(part.expression, expander)) expander.arithmetic(text);
      return [UNKNOWN];
    case 'parameter': {
      const [index = null] = part.index ? expandText(part.index, expander) : [];
      if (index && !['@', '*'].includes(index.text)) expander.arithmetic(index);
      const operands = part.argument ? expandText(part.argument, expander) : [];
      if (part.operator === ':')
        for (const text of operands) expander.arithmetic({ ...text, text: text.text.replaceAll(':', ' ') });
      if (part.operator?.endsWith('=') && isInfluential(part.name)) expander.note(`sets ${part.name}`);
      if (part.operator === '@') expander.note('variable transformed');
      const values = parameterValues(part, expander.state, index && (isKnown(index) ? index.text : '?'), operands);
      return part.quoted && (part.name === '*' || index?.text === '*') ? values.map(joined) : values;
    }
  }
}

function append(draft: Draft, given: Value, quoted: boolean): Draft {
  const value = bounded(given);
  if (!isList(value)) return extend(draft, value, !quoted);
  let result = draft;
  for (const [at, text] of value.entries()) {
    result = extend(at === 0 ? result : closed(result), text, false);
  }
  return result;
}

function bounded(value: Value): Value {
  return isList(value) && value.length > MAX_FIELDS ? { text: HOLE, taint: taints(value) } : value;
}

/** Unquoted values are cut at blanks; a hole stays one field, which may stand for several. */
function appendSplit(draft: Draft, given: Value): Draft {
  const value = bounded(given);
  let result = draft;
  for (const [at, { text, taint }] of (isList(value) ? value : [value]).entries()) {
    if (at > 0) result = closed(result);
    const pieces = text.split(/[ \t\n]+/, MAX_FIELDS + 1);
    if (pieces.length > MAX_FIELDS) return extend(result, { text: HOLE, taint }, true);
    for (const [nth, piece] of pieces.entries()) {
      if (nth > 0) result = closed(result);
      if (piece !== '') result = extend(result, { text: piece, taint }, true);
    }
  }
  return result;
}

function closed({ done, open }: Draft): Draft {
  return { done: open ? [...done, open] : done, open: null };
}

function extend({ done, open }: Draft, text: Text, globs: boolean): Draft {
  const glob = (open?.glob ?? false) || (globs && /[*?[]/.test(text.text));
  return { done, open: { ...concat(open ?? EMPTY, text), glob } };
}
