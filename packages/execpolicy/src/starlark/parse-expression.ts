import type { Cursor } from './cursor.ts';
import { Fault, type Span } from './fault.ts';
import { parseArguments, parseParams } from './parse-call.ts';
import type { Clause, Entry, Expression, Link, Suffix, Target } from './syntax.ts';

/** Binary operators by precedence, loosest first; `not` stands between `and` and the comparisons. */
const LEVELS: readonly (readonly string[])[] = [
  ['or'],
  ['and'],
  ['==', '!=', '<', '>', '<=', '>=', 'in', 'not'],
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '//', '%'],
];
const COMPARISON = 2;

/** `a, b, c`, a tuple, or a single expression. */
export function parseExpressions(cursor: Cursor): Expression {
  const first = parseExpression(cursor);
  if (cursor.see(',') === null) return first;
  const items = [first];
  while (cursor.accept(',') && startsExpression(cursor)) items.push(parseExpression(cursor));
  return { kind: 'tuple', items, span: { start: first.span.start, end: cursor.end } };
}

export function parseExpression(cursor: Cursor): Expression {
  return cursor.nested(() => {
    if (cursor.see('lambda') !== null) return parseLambda(cursor);
    const value = parseLevel(cursor, 0);
    if (!cursor.accept('if')) return value;
    const test = parseLevel(cursor, 0);
    cursor.expect('else');
    const no = parseExpression(cursor);
    return { kind: 'choice', test, yes: value, no, span: across(value, no) };
  });
}

function parseLambda(cursor: Cursor): Expression {
  const { start } = cursor.expect('lambda');
  const params = parseParams(cursor, ':', parseExpression);
  cursor.expect(':');
  const body = parseExpression(cursor);
  return { kind: 'lambda', params, body, span: { start, end: body.span.end } };
}

function parseLevel(cursor: Cursor, level: number): Expression {
  if (level === LEVELS.length) return parseUnary(cursor);
  if (level === COMPARISON && cursor.see('not') !== null) {
    const { start } = cursor.take();
    const operand = cursor.nested(() => parseLevel(cursor, COMPARISON));
    return { kind: 'unary', operator: 'not', operand, span: { start, end: operand.span.end } };
  }
  const first = parseLevel(cursor, level + 1);
  const rest: Link[] = [];
  for (;;) {
    let operator = cursor.see(...(LEVELS[level] ?? []));
    if (operator === null) break;
    // Comparisons do not chain: `a < b < c` is a mistake.
    if (level === COMPARISON && rest.length > 0) throw cursor.unexpected();
    cursor.take();
    if (operator === 'not') {
      cursor.expect('in');
      operator = 'not in';
    }
    rest.push({ operator, operand: parseLevel(cursor, level + 1) });
  }
  const last = rest.at(-1);
  return last ? { kind: 'chain', first, rest, span: across(first, last.operand) } : first;
}

function parseUnary(cursor: Cursor): Expression {
  const operator = cursor.see('-', '+', '~');
  if (operator === null) return parsePrimary(cursor);
  const { start } = cursor.take();
  const operand = cursor.nested(() => parseUnary(cursor));
  return { kind: 'unary', operator, operand, span: { start, end: operand.span.end } };
}

function parsePrimary(cursor: Cursor): Expression {
  const base = parseOperand(cursor);
  const suffixes: Suffix[] = [];
  for (;;) {
    const suffix = parseSuffix(cursor);
    if (suffix === null) break;
    suffixes.push(suffix);
  }
  if (suffixes.length === 0) return base;
  return { kind: 'primary', base, suffixes, span: { start: base.span.start, end: cursor.end } };
}

function parseSuffix(cursor: Cursor): Suffix | null {
  if (cursor.accept('.')) {
    const name = cursor.name();
    return { kind: 'attribute', name: name.text, end: cursor.end };
  }
  if (cursor.accept('(')) return { kind: 'call', args: parseArguments(cursor, parseExpression), end: cursor.end };
  if (!cursor.accept('[')) return null;
  const bounds: (Expression | null)[] = [];
  let expression = cursor.see(':') === null ? parseExpressions(cursor) : null;
  if (cursor.see(':') === null) {
    cursor.expect(']');
    return { kind: 'index', index: expression as Expression, end: cursor.end };
  }
  bounds.push(expression);
  while (bounds.length < 3 && cursor.accept(':')) {
    expression = cursor.see(':', ']') === null ? parseExpression(cursor) : null;
    bounds.push(expression);
  }
  cursor.expect(']');
  return { kind: 'slice', bounds, end: cursor.end };
}

function parseOperand(cursor: Cursor): Expression {
  const token = cursor.peek();
  const span = { start: token.start, end: token.end };
  if (token.kind === 'name') {
    cursor.take();
    return { kind: 'name', name: token.text, span };
  }
  if (token.kind === 'number') {
    cursor.take();
    return { kind: 'literal', value: token.value, span };
  }
  if (token.kind === 'string') {
    cursor.take();
    if (token.parts) return { kind: 'format', parts: token.parts, span };
    return { kind: 'literal', value: token.value, span };
  }
  if (cursor.accept('(')) return parseParenthesis(cursor, token.start);
  if (cursor.accept('[')) return parseList(cursor, token.start);
  if (cursor.accept('{')) return parseDict(cursor, token.start);
  throw cursor.unexpected();
}

function parseParenthesis(cursor: Cursor, start: number): Expression {
  if (cursor.accept(')')) return { kind: 'tuple', items: [], span: { start, end: cursor.end } };
  const inner = parseExpressions(cursor);
  cursor.expect(')');
  return { ...inner, span: { start, end: cursor.end } };
}

function parseList(cursor: Cursor, start: number): Expression {
  const items: Expression[] = [];
  while (!cursor.accept(']')) {
    items.push(parseExpression(cursor));
    const [body] = items;
    if (items.length === 1 && body && cursor.see('for') !== null) {
      const clauses = parseClauses(cursor);
      cursor.expect(']');
      return { kind: 'comprehension', body, clauses, span: { start, end: cursor.end } };
    }
    if (cursor.see(']') === null) cursor.expect(',');
  }
  return { kind: 'list', items, span: { start, end: cursor.end } };
}

function parseDict(cursor: Cursor, start: number): Expression {
  const entries: Entry[] = [];
  while (!cursor.accept('}')) {
    const key = parseExpression(cursor);
    cursor.expect(':');
    const entry = { key, value: parseExpression(cursor) };
    entries.push(entry);
    if (entries.length === 1 && cursor.see('for') !== null) {
      const clauses = parseClauses(cursor);
      cursor.expect('}');
      return { kind: 'comprehension', body: entry, clauses, span: { start, end: cursor.end } };
    }
    if (cursor.see('}') === null) cursor.expect(',');
  }
  return { kind: 'dict', entries, span: { start, end: cursor.end } };
}

function parseClauses(cursor: Cursor): Clause[] {
  const clauses: Clause[] = [];
  for (;;) {
    if (cursor.accept('for')) {
      const target = parseLoopTarget(cursor);
      cursor.expect('in');
      clauses.push({ kind: 'for', target, iterable: parseLevel(cursor, 0) });
    } else if (cursor.accept('if')) clauses.push({ kind: 'if', test: parseLevel(cursor, 0) });
    else return clauses;
  }
}

/** What stands between `for` and `in`. */
export function parseLoopTarget(cursor: Cursor): Target {
  const first = parsePrimary(cursor);
  if (cursor.see(',') === null) return toTarget(first);
  const items = [first];
  while (cursor.accept(',') && startsExpression(cursor)) items.push(parsePrimary(cursor));
  return toTarget({ kind: 'tuple', items, span: { start: first.span.start, end: cursor.end } });
}

export function toTarget(expression: Expression): Target {
  const { span } = expression;
  if (expression.kind === 'name') return { kind: 'name', name: expression.name, span };
  if (expression.kind === 'list' || expression.kind === 'tuple') {
    return { kind: 'targets', items: expression.items.map(toTarget), span };
  }
  const suffix = expression.kind === 'primary' ? expression.suffixes.at(-1) : undefined;
  if (expression.kind === 'primary' && suffix?.kind === 'index') {
    return { kind: 'element', of: withoutLastSuffix(expression), index: suffix.index, span };
  }
  throw new Fault('left-hand-side of assignment must take the form `a`, `a[b]` or a list of these', span);
}

function withoutLastSuffix(primary: Extract<Expression, { kind: 'primary' }>): Expression {
  const suffixes = primary.suffixes.slice(0, -1);
  const last = suffixes.at(-1);
  if (!last) return primary.base;
  return { ...primary, suffixes, span: { start: primary.span.start, end: last.end } };
}

export function startsExpression(cursor: Cursor): boolean {
  const { kind } = cursor.peek();
  if (kind === 'name' || kind === 'number' || kind === 'string' || kind === 'invalid') return true;
  return cursor.see('(', '[', '{', '-', '+', '~', 'not', 'lambda') !== null;
}

function across(first: Expression, last: Expression): Span {
  return { start: first.span.start, end: last.span.end };
}
