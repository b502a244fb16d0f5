import { type Statement, statementsOf } from './position.ts';
import { isTable, parseToml, type TomlTable, type TomlValue } from './toml.ts';
import { keyText, pairText, sectionText, valueText } from './toml-text.ts';

type Keys = readonly string[];

/** The member of a table that the keys lead to; undefined when there is none. */
export function valueAt(table: TomlValue, path: Keys): TomlValue | undefined {
  return path.reduce<TomlValue | undefined>(
    (value, key) => (isTable(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    table,
  );
}

/**
 * Sets a value in the text of a document and leaves everything else as it is written. The path must not lead through
 * anything but tables.
 */
export function setText(text: string, path: Keys, value: TomlValue): string {
  const statements = statementsOf(text);
  const inline = statements.find(({ kind, path: own }) => kind === 'pair' && startsWith(path, own));
  if (inline) return replaceValue(text, inline, withMember(text, inline, path, value));
  if (statements.some(({ path: own }) => startsWith(own, path))) return setText(removeText(text, path), path, value);

  const parent = path.slice(0, -1);
  const header = statements.find(({ kind, path: own }) => kind === 'table' && isSame(own, parent));
  const dotted = statements.findLast(({ kind, path: own }) => kind === 'pair' && startsWith(own, parent));
  if (isTable(value) && (parent.length === 0 || !dotted || header || isSection(statements, parent))) {
    return addSection(text, path, sectionText(path, value));
  }
  const key = path.slice(-1);
  if (parent.length === 0) return insertPair(text, lastOfRoot(statements), pairText(key, value));
  if (header) return insertPair(text, lastOfSection(statements, header), pairText(key, value));
  if (dotted && !isSection(statements, parent)) {
    const section = sectionOf(statements, dotted);
    return insertPair(text, dotted, pairText(path.slice(section?.path.length ?? 0), value));
  }
  return addSection(text, path, `[${keyText(parent)}]\n${pairText(key, value)}`);
}

/** Takes a value and everything inside it out of the text, with the comments behind it. */
export function removeText(text: string, path: Keys): string {
  const statements = statementsOf(text);
  const inline = statements.find(
    ({ kind, path: own }) => kind === 'pair' && startsWith(path, own) && own.length < path.length,
  );
  if (inline) return replaceValue(text, inline, withMember(text, inline, path, undefined));
  return statements
    .filter(({ path: own }) => startsWith(own, path))
    .reduceRight((left, statement) => cutLines(left, statement), text);
}

/** The inline value of a pair with one member changed or, for undefined, gone. */
function withMember(text: string, { path: own, valueStart, end }: Statement, path: Keys, value: TomlValue | undefined) {
  const parsed = parseToml(`value = ${text.slice(valueStart, end)}`);
  const before = parsed.ok ? parsed.table['value'] : undefined;
  const change = (at: TomlValue | undefined, keys: Keys): TomlValue | undefined => {
    const [key, ...rest] = keys;
    if (key === undefined) return value;
    const table = isTable(at) ? at : {};
    const member = change(Object.hasOwn(table, key) ? table[key] : undefined, rest);
    const others = Object.entries(table).filter(([name]) => name !== key);
    return Object.fromEntries(member === undefined ? others : [...others, [key, member]]) as TomlTable;
  };
  return change(before, path.slice(own.length)) ?? {};
}

function replaceValue(text: string, { valueStart, end }: Statement, value: TomlValue): string {
  return text.slice(0, valueStart) + valueText(value) + text.slice(end);
}

/** Some header is for a table inside this one, so that a header for itself may be added. */
function isSection(statements: readonly Statement[], path: Keys): boolean {
  return statements.some(({ kind, path: own }) => kind !== 'pair' && startsWith(own, path));
}

function lastOfRoot(statements: readonly Statement[]): Statement | undefined {
  const end = statements.findIndex(({ kind }) => kind !== 'pair');
  return end < 0 ? statements.at(-1) : statements[end - 1];
}

function lastOfSection(statements: readonly Statement[], header: Statement): Statement {
  const from = statements.indexOf(header);
  const next = statements.findIndex(({ kind }, index) => index > from && kind !== 'pair');
  return statements[next < 0 ? statements.length - 1 : next - 1] ?? header;
}

function sectionOf(statements: readonly Statement[], pair: Statement): Statement | undefined {
  return statements.slice(0, statements.indexOf(pair)).findLast(({ kind }) => kind !== 'pair');
}

/** After a statement, or at the top of the document. */
function insertPair(text: string, after: Statement | undefined, line: string): string {
  if (!after) return line + (/^\s*\[/.test(text) ? '\n' : '') + text;
  const at = endOfLine(text, after.end);
  return text.slice(0, at) + (text[at - 1] === '\n' ? '' : '\n') + line + text.slice(at);
}

/** Behind the sections of the same family, or behind everything; comments at the end of the document stay there. */
function addSection(text: string, path: Keys, section: string): string {
  const statements = statementsOf(text);
  const kin = statements.findLast(({ kind, path: own }) => kind !== 'pair' && own[0] === path[0]);
  const after = kin ? lastOfSection(statements, kin) : statements.at(-1);
  if (!after) return text === '' || text.endsWith('\n') ? text + section : `${text}\n${section}`;
  const at = endOfLine(text, after.end);
  return `${text.slice(0, at)}${text[at - 1] === '\n' ? '' : '\n'}\n${section}${text.slice(at)}`;
}

function cutLines(text: string, { start, end, kind }: Statement): string {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  let to = endOfLine(text, end);
  // A section takes the empty line behind it along, unless that would join its neighbours.
  if (kind !== 'pair' && /^(\n|$)/.test(text.slice(to)) && /(^|\n\n)$/.test(text.slice(0, from))) to += 1;
  return text.slice(0, from) + text.slice(to);
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

function startsWith(path: readonly (string | number)[], start: readonly (string | number)[]): boolean {
  return start.length <= path.length && start.every((key, index) => key === path[index]);
}

function isSame(a: readonly (string | number)[], b: readonly (string | number)[]): boolean {
  return a.length === b.length && startsWith(a, b);
}
