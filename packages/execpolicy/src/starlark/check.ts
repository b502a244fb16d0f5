import { Fault, type Span } from './fault.ts';
import type { Clause, Expression, Param, Statement, Target } from './syntax.ts';

/** Names visible at a place, innermost first. */
interface Names {
  readonly own: ReadonlySet<string>;
  readonly outer: Names | null;
}

/**
 * Finds what can be found without running the file: misplaced statements, and names that nothing
 * defines. A file with such a mistake does not run at all.
 */
export function checkFile(statements: readonly Statement[], builtins: ReadonlySet<string>): void {
  checkPlacement(statements, false, false);
  const globals: Names = { own: builtins, outer: null };
  checkBlock(statements, { own: assignedNames(statements), outer: globals });
}

/** The names a block gives values to; those of nested functions are their own. */
export function assignedNames(statements: readonly Statement[], into = new Set<string>()): Set<string> {
  for (const statement of statements) {
    if (statement.kind === 'assign' || statement.kind === 'augment') targetNames(statement.target, into);
    else if (statement.kind === 'def') into.add(statement.name);
    else if (statement.kind === 'for') {
      targetNames(statement.target, into);
      assignedNames(statement.body, into);
    } else if (statement.kind === 'if') {
      for (const branch of statement.branches) assignedNames(branch.body, into);
      assignedNames(statement.otherwise, into);
    }
  }
  return into;
}

export function targetNames(target: Target, into = new Set<string>()): Set<string> {
  if (target.kind === 'name') into.add(target.name);
  else if (target.kind === 'targets') for (const item of target.items) targetNames(item, into);
  return into;
}

function checkPlacement(statements: readonly Statement[], inLoop: boolean, inFunction: boolean): void {
  for (const statement of statements) {
    const { kind, span } = statement;
    if (kind === 'return' && !inFunction) throw new Fault('`return` cannot be used outside of a `def` function', span);
    if ((kind === 'break' || kind === 'continue') && !inLoop) {
      throw new Fault(`\`${kind}\` cannot be used outside of a \`for\` loop`, span);
    }
    if (kind === 'for') checkPlacement(statement.body, true, inFunction);
    else if (kind === 'def') checkPlacement(statement.body, false, true);
    else if (kind === 'if') {
      for (const branch of statement.branches) checkPlacement(branch.body, inLoop, inFunction);
      checkPlacement(statement.otherwise, inLoop, inFunction);
    }
  }
}

function checkBlock(statements: readonly Statement[], names: Names): void {
  for (const statement of statements) checkStatement(statement, names);
}

function checkStatement(statement: Statement, names: Names): void {
  switch (statement.kind) {
    case 'expression':
      checkExpression(statement.value, names);
      break;
    case 'assign':
    case 'augment':
      checkExpression(statement.value, names);
      checkTarget(statement.target, names);
      break;
    case 'if':
      for (const branch of statement.branches) {
        checkExpression(branch.test, names);
        checkBlock(branch.body, names);
      }
      checkBlock(statement.otherwise, names);
      break;
    case 'for':
      checkExpression(statement.iterable, names);
      checkTarget(statement.target, names);
      checkBlock(statement.body, names);
      break;
    case 'def':
      checkFunction(
        statement.params,
        names,
        (inner) => checkBlock(statement.body, inner),
        assignedNames(statement.body),
      );
      break;
    case 'return':
      if (statement.value) checkExpression(statement.value, names);
      break;
    default:
  }
}

function checkFunction(params: readonly Param[], names: Names, body: (inner: Names) => void, own: Set<string>): void {
  for (const param of params) {
    if (param.fallback) checkExpression(param.fallback, names);
    if (param.kind !== 'separator') own.add(param.name);
  }
  body({ own, outer: names });
}

function checkTarget(target: Target, names: Names): void {
  if (target.kind === 'targets') for (const item of target.items) checkTarget(item, names);
  else if (target.kind === 'element') {
    checkExpression(target.of, names);
    checkExpression(target.index, names);
  }
}

function checkExpression(expression: Expression, names: Names): void {
  switch (expression.kind) {
    case 'literal':
      break;
    case 'format':
      for (const part of expression.parts) if (typeof part !== 'string') checkName(part.name, part.span, names);
      break;
    case 'name':
      checkName(expression.name, expression.span, names);
      break;
    case 'list':
    case 'tuple':
      for (const item of expression.items) checkExpression(item, names);
      break;
    case 'dict':
      for (const { key, value } of expression.entries) {
        checkExpression(key, names);
        checkExpression(value, names);
      }
      break;
    case 'comprehension':
      checkComprehension(expression.body, expression.clauses, names);
      break;
    case 'unary':
      checkExpression(expression.operand, names);
      break;
    case 'chain':
      checkExpression(expression.first, names);
      for (const { operand } of expression.rest) checkExpression(operand, names);
      break;
    case 'choice':
      checkExpression(expression.test, names);
      checkExpression(expression.yes, names);
      checkExpression(expression.no, names);
      break;
    case 'lambda':
      checkFunction(expression.params, names, (inner) => checkExpression(expression.body, inner), new Set());
      break;
    case 'primary':
      checkExpression(expression.base, names);
      for (const suffix of expression.suffixes) {
        if (suffix.kind === 'call') for (const arg of suffix.args) checkExpression(arg.value, names);
        else if (suffix.kind === 'index') checkExpression(suffix.index, names);
        else if (suffix.kind === 'slice') for (const bound of suffix.bounds) if (bound) checkExpression(bound, names);
      }
      break;
  }
}

type Comprehension = Extract<Expression, { kind: 'comprehension' }>;

function checkComprehension(body: Comprehension['body'], clauses: readonly Clause[], names: Names): void {
  let inner = names;
  for (const clause of clauses) {
    if (clause.kind === 'if') checkExpression(clause.test, inner);
    else {
      checkExpression(clause.iterable, inner);
      inner = { own: targetNames(clause.target), outer: inner };
      checkTarget(clause.target, inner);
    }
  }
  if ('key' in body) {
    checkExpression(body.key, inner);
    checkExpression(body.value, inner);
  } else checkExpression(body, inner);
}

function checkName(name: string, span: Span, names: Names): void {
  for (let scope: Names | null = names; scope; scope = scope.outer) if (scope.own.has(name)) return;
  throw new Fault(`Variable \`${name}\` not found`, span);
}
