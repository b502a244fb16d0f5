import { createCursor, type Cursor } from './cursor.ts';
import { Fault } from './fault.ts';
import { parseParams } from './parse-call.ts';
import { parseExpression, parseExpressions, parseLoopTarget, toTarget } from './parse-expression.ts';
import type { Branch, Statement } from './syntax.ts';
import { tokenize } from './tokens.ts';

/** Reads a file into statements; throws a Fault with its place for whatever the grammar does not know. */
export function parseFile(text: string): Statement[] {
  const cursor = createCursor(tokenize(text));
  const statements: Statement[] = [];
  while (cursor.peek().kind !== 'end') parseStatement(cursor, statements);
  return statements;
}

/** One line can hold several statements. */
function parseStatement(cursor: Cursor, into: Statement[]): void {
  switch (cursor.see('if', 'for', 'def')) {
    case 'if':
      into.push(cursor.nested(() => parseIf(cursor)));
      break;
    case 'for':
      into.push(cursor.nested(() => parseFor(cursor)));
      break;
    case 'def':
      into.push(cursor.nested(() => parseDef(cursor)));
      break;
    default:
      for (const statement of parseLine(cursor)) into.push(statement);
  }
}

function parseLine(cursor: Cursor): Statement[] {
  const statements = [parseSimple(cursor)];
  while (cursor.accept(';')) {
    if (cursor.peek().kind === 'newline') break;
    statements.push(parseSimple(cursor));
  }
  if (cursor.peek().kind !== 'newline') throw cursor.unexpected();
  cursor.take();
  return statements;
}

const AUGMENTS = ['+=', '-=', '*=', '/=', '//=', '%=', '&=', '|=', '^=', '<<=', '>>='];

function parseSimple(cursor: Cursor): Statement {
  const { start, end } = cursor.peek();
  const keyword = cursor.see('break', 'continue', 'pass', 'return', 'load');
  if (keyword === 'load') throw new Fault('No imports are available in a rules file', { start, end });
  if (keyword === 'return') {
    cursor.take();
    const done = cursor.peek().kind === 'newline' || cursor.see(';') !== null;
    const value = done ? null : parseExpressions(cursor);
    return { kind: 'return', value, span: { start, end: cursor.end } };
  }
  if (keyword === 'break' || keyword === 'continue' || keyword === 'pass') {
    cursor.take();
    return { kind: keyword, span: { start, end } };
  }
  const left = parseExpressions(cursor);
  if (cursor.accept('=')) {
    const target = toTarget(left);
    const value = parseExpressions(cursor);
    return { kind: 'assign', target, value, span: { start, end: cursor.end } };
  }
  const augment = cursor.see(...AUGMENTS);
  if (augment !== null) {
    const target = toTarget(left);
    if (target.kind === 'targets') throw new Fault('left-hand-side of augmented assignment must be single', left.span);
    cursor.take();
    const value = parseExpressions(cursor);
    return { kind: 'augment', target, operator: augment.slice(0, -1), value, span: { start, end: cursor.end } };
  }
  return { kind: 'expression', value: left, span: left.span };
}

function parseIf(cursor: Cursor): Statement {
  const { start } = cursor.take();
  const branches: Branch[] = [parseBranch(cursor)];
  while (cursor.accept('elif')) branches.push(parseBranch(cursor));
  const otherwise = cursor.accept('else') ? parseBlock(cursor) : [];
  return { kind: 'if', branches, otherwise, span: { start, end: cursor.end } };
}

function parseBranch(cursor: Cursor): Branch {
  const test = parseExpression(cursor);
  return { test, body: parseBlock(cursor) };
}

function parseFor(cursor: Cursor): Statement {
  const { start } = cursor.take();
  const target = parseLoopTarget(cursor);
  cursor.expect('in');
  const iterable = parseExpressions(cursor);
  const body = parseBlock(cursor);
  return { kind: 'for', target, iterable, body, span: { start, end: cursor.end } };
}

function parseDef(cursor: Cursor): Statement {
  const { start } = cursor.take();
  const name = cursor.name().text;
  cursor.expect('(');
  const params = parseParams(cursor, ')', parseExpression);
  cursor.expect(')');
  const body = parseBlock(cursor);
  return { kind: 'def', name, params, body, span: { start, end: cursor.end } };
}

/** `: a; b` on the same line, or an indented block. */
function parseBlock(cursor: Cursor): Statement[] {
  cursor.expect(':');
  if (cursor.peek().kind !== 'newline') return parseLine(cursor);
  cursor.take();
  if (cursor.peek().kind !== 'indent') throw cursor.unexpected();
  cursor.take();
  const statements: Statement[] = [];
  while (cursor.peek().kind !== 'dedent') parseStatement(cursor, statements);
  cursor.take();
  return statements;
}
