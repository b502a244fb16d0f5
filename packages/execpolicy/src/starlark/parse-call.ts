import type { Cursor } from './cursor.ts';
import { Fault } from './fault.ts';
import type { Argument, Expression, Param } from './syntax.ts';

/** How an expression is read; expressions hold calls, so it is handed in. */
type ReadExpression = (cursor: Cursor) => Expression;

/** The arguments of a call, from behind its opening bracket through the closing one. */
export function parseArguments(cursor: Cursor, parseExpression: ReadExpression): Argument[] {
  const args: Argument[] = [];
  while (!cursor.accept(')')) {
    args.push(parseArgument(cursor, parseExpression));
    if (cursor.see(')') === null) cursor.expect(',');
  }
  checkArguments(args);
  return args;
}

function parseArgument(cursor: Cursor, parseExpression: ReadExpression): Argument {
  const { start } = cursor.peek();
  if (cursor.accept('**')) return finish('dict', '');
  if (cursor.accept('*')) return finish('list', '');
  const value = parseExpression(cursor);
  if (value.kind === 'name' && cursor.accept('=')) return finish('named', value.name);
  return { kind: 'positional', name: '', value, span: value.span };

  function finish(kind: Argument['kind'], name: string): Argument {
    const given = parseExpression(cursor);
    return { kind, name, value: given, span: { start, end: given.span.end } };
  }
}

function checkArguments(args: readonly Argument[]): void {
  const names = new Set<string>();
  /** 0 positional, 1 named, 2 `*`, 3 `**`. */
  let stage = 0;
  for (const { kind, name, span } of args) {
    if (kind === 'positional' && stage > 0) throw new Fault('positional argument after non positional', span);
    if (kind === 'named' && stage > 1) throw new Fault('named argument after *args or **kwargs', span);
    if (kind === 'list' && stage > 1) throw new Fault('Args array after another args or kwargs', span);
    if (kind === 'dict' && stage > 2) throw new Fault('Multiple kwargs dictionary in arguments', span);
    if (kind === 'named') {
      if (names.has(name)) throw new Fault('repeated named argument', span);
      names.add(name);
    }
    stage = { positional: 0, named: 1, list: 2, dict: 3 }[kind];
  }
}

/** Parameters of `def` and `lambda` up to the closing token, which is left. */
export function parseParams(cursor: Cursor, closing: ')' | ':', parseExpression: ReadExpression): Param[] {
  const params: Param[] = [];
  while (cursor.see(closing) === null) {
    params.push(parseParam(cursor, parseExpression));
    if (cursor.see(closing) === null) cursor.expect(',');
  }
  checkParams(params);
  return params;
}

function parseParam(cursor: Cursor, parseExpression: ReadExpression): Param {
  const { start } = cursor.peek();
  const stars = cursor.see('*', '**');
  if (stars !== null) cursor.take();
  if (stars === '*' && cursor.see(',') !== null) {
    return { kind: 'separator', name: '', fallback: null, span: { start, end: cursor.end } };
  }
  const name = cursor.name();
  const kind = stars === '**' ? 'dict' : stars === '*' ? 'list' : 'plain';
  const fallback = kind === 'plain' && cursor.accept('=') ? parseExpression(cursor) : null;
  return { kind, name: name.text, fallback, span: { start, end: cursor.end } };
}

function checkParams(params: readonly Param[]): void {
  const names = new Set<string>();
  let optional = false;
  let starred = false;
  let closed = false;
  for (const { kind, name, fallback, span } of params) {
    if (kind !== 'separator' && names.has(name)) throw new Fault('duplicated parameter name', span);
    names.add(name);
    if (closed) throw new Fault('Parameter after **kwargs', span);
    if (kind === 'plain' && !fallback && optional && !starred) {
      throw new Fault('positional parameter after non positional', span);
    }
    if ((kind === 'list' || kind === 'separator') && starred) {
      throw new Fault('Args parameter after another args or kwargs parameter', span);
    }
    if (kind === 'plain') optional ||= fallback !== null;
    else if (kind === 'dict') closed = true;
    else starred = true;
  }
}
