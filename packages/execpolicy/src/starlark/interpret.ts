import { checkFile, assignedNames, targetNames } from './check.ts';
import { at, Fault, type Span } from './fault.ts';
import { iterate } from './format.ts';
import { library } from './library.ts';
import { attribute } from './methods.ts';
import { element, setElement, slice } from './elements.ts';
import { binary, unary } from './operators.ts';
import { parseFile } from './parse.ts';
import { bindParams, lookup, type Scope } from './scope.ts';
import type { Argument, Clause, Entry, Expression, Param, Statement, Suffix, Target } from './syntax.ts';
import {
  type Arguments,
  type Callable,
  dict,
  isTrue,
  keyOf,
  list,
  rangeLength,
  type Run,
  show,
  tuple,
  typeOf,
  type Value,
} from './value.ts';

/** Far beyond any real file, and a fraction of a second. */
const MAX_STEPS = 1_000_000;
/** Calls and expressions within each other. */
const MAX_DEPTH = 400;

/** A function of the host; `span` is the call. */
export interface HostFunction {
  readonly name: string;
  call(args: Arguments, span: Span): void;
}

type Outcome = 'break' | 'continue' | { readonly value: Value } | undefined;

/**
 * Reads a file and runs it; its calls of host functions are all that comes out. Throws a Fault with a place for every
 * mistake; ends after a bounded amount of work whatever the file says.
 */
export function runFile(text: string, host: readonly HostFunction[]): void {
  const statements = parseFile(text);
  const globals = new Map<string, Value>([
    ['None', null],
    ['True', true],
    ['False', false],
  ]);
  for (const callable of library()) globals.set(callable.name, callable);
  for (const own of host) {
    const { name } = own;
    globals.set(name, {
      kind: 'function',
      name,
      call(args) {
        own.call(args, currentCall);
        return null;
      },
    });
  }
  const names = new Set(globals.keys());
  checkFile(statements, names);

  let steps = 0;
  let depth = 0;
  let currentCall: Span = { start: 0, end: 0 };
  const run: Run = {
    call: (callee, positional) => call(callee, { positional, named: new Map() }),
    spend(count) {
      steps += count;
      if (steps > MAX_STEPS) throw new Fault('the rules file does too much work');
    },
  };
  const builtins: Scope = { own: names, values: globals, outer: null };
  runBlock(statements, { own: assignedNames(statements), values: new Map(), outer: builtins });

  function runBlock(block: readonly Statement[], scope: Scope): Outcome {
    for (const statement of block) {
      const outcome = at(statement.span, () => {
        run.spend(1);
        return runStatement(statement, scope);
      });
      if (outcome !== undefined) return outcome;
    }
    return undefined;
  }

  function runStatement(statement: Statement, scope: Scope): Outcome {
    switch (statement.kind) {
      case 'expression':
        evaluate(statement.value, scope);
        return undefined;
      case 'assign':
        assign(statement.target, evaluate(statement.value, scope), scope);
        return undefined;
      case 'augment':
        augment(statement, scope);
        return undefined;
      case 'if': {
        const branch = statement.branches.find(({ test }) => isTrue(evaluate(test, scope)));
        return runBlock(branch?.body ?? statement.otherwise, scope);
      }
      case 'for':
        return loop(statement.iterable, scope, (item) => {
          assign(statement.target, item, scope);
          const outcome = runBlock(statement.body, scope);
          return outcome === 'continue' ? undefined : outcome;
        });
      case 'def':
        scope.values.set(
          statement.name,
          makeFunction(statement.name, statement.params, scope, assignedNames(statement.body), (inner) => {
            const outcome = runBlock(statement.body, inner);
            return typeof outcome === 'object' ? outcome.value : null;
          }),
        );
        return undefined;
      case 'return':
        return { value: statement.value ? evaluate(statement.value, scope) : null };
      case 'break':
      case 'continue':
        return statement.kind;
      case 'pass':
        return undefined;
    }
  }

  /** Runs `each` over the items; what it loops over cannot change meanwhile. */
  function loop(iterable: Expression, scope: Scope, each: (item: Value) => Outcome): Outcome {
    const value = evaluate(iterable, scope);
    const items = itemsFor(value);
    const guarded = value !== null && typeof value === 'object' && 'loops' in value ? value : null;
    if (guarded) guarded.loops++;
    try {
      for (const item of items) {
        run.spend(1);
        const outcome = each(item);
        if (outcome === 'break') return undefined;
        if (outcome !== undefined) return outcome;
      }
      return undefined;
    } finally {
      if (guarded) guarded.loops--;
    }
  }

  function itemsFor(value: Value): readonly Value[] {
    if (value !== null && typeof value === 'object' && value.kind === 'range') run.spend(rangeLength(value));
    return iterate(value);
  }

  function assign(target: Target, value: Value, scope: Scope): void {
    at(target.span, () => {
      if (target.kind === 'name') scope.values.set(target.name, value);
      else if (target.kind === 'element') {
        setElement(evaluate(target.of, scope), evaluate(target.index, scope), value);
      } else {
        const items = itemsFor(value);
        if (items.length !== target.items.length) {
          throw new Fault(`Unpacked ${items.length} values but expected ${target.items.length}`);
        }
        target.items.forEach((item, i) => assign(item, items[i] ?? null, scope));
      }
    });
  }

  function augment(statement: Extract<Statement, { kind: 'augment' }>, scope: Scope): void {
    const { target, operator, span } = statement;
    if (target.kind === 'name') {
      const old = lookup(target.name, target.span, scope);
      const more = evaluate(statement.value, scope);
      scope.values.set(
        target.name,
        at(span, () => binary(operator, old, more, run)),
      );
    } else if (target.kind === 'element') {
      const of = evaluate(target.of, scope);
      const index = evaluate(target.index, scope);
      const old = at(target.span, () => element(of, index));
      const more = evaluate(statement.value, scope);
      at(span, () => setElement(of, index, binary(operator, old, more, run)));
    }
  }

  function evaluate(expression: Expression, scope: Scope): Value {
    return at(expression.span, () => {
      run.spend(1);
      if (++depth > MAX_DEPTH) throw new Fault('Starlark call stack overflow');
      const value = evaluateKind(expression, scope);
      depth--;
      return value;
    });
  }

  function evaluateKind(expression: Expression, scope: Scope): Value {
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'name':
        return lookup(expression.name, expression.span, scope);
      case 'format':
        return expression.parts
          .map((part) => (typeof part === 'string' ? part : show(lookup(part.name, part.span, scope), part.repr)))
          .join('');
      case 'list':
        return list(expression.items.map((item) => evaluate(item, scope)));
      case 'tuple':
        return tuple(expression.items.map((item) => evaluate(item, scope)));
      case 'dict':
        return makeDict(expression.entries, scope);
      case 'comprehension':
        return comprehend(expression.body, expression.clauses, scope);
      case 'unary': {
        const value = evaluate(expression.operand, scope);
        return expression.operator === 'not' ? !isTrue(value) : unary(expression.operator, value);
      }
      case 'chain': {
        let left = evaluate(expression.first, scope);
        for (const { operator, operand } of expression.rest) {
          if (operator === 'and') left = isTrue(left) ? evaluate(operand, scope) : left;
          else if (operator === 'or') left = isTrue(left) ? left : evaluate(operand, scope);
          else left = binary(operator, left, evaluate(operand, scope), run);
        }
        return left;
      }
      case 'choice':
        return evaluate(isTrue(evaluate(expression.test, scope)) ? expression.yes : expression.no, scope);
      case 'lambda':
        return makeFunction('lambda', expression.params, scope, new Set(), (inner) => evaluate(expression.body, inner));
      case 'primary': {
        let value = evaluate(expression.base, scope);
        for (const suffix of expression.suffixes) {
          const span = { start: expression.span.start, end: suffix.end };
          const target = value;
          value = at(span, () => applySuffix(target, suffix, span, scope));
        }
        return value;
      }
    }
  }

  function makeDict(entries: readonly Entry[], scope: Scope): Value {
    const made = dict();
    for (const { key, value } of entries) {
      const name = evaluate(key, scope);
      const id = at(key.span, () => keyOf(name));
      if (made.entries.has(id)) throw new Fault(`Dictionary key repeated for \`${show(name, true)}\``, key.span);
      made.entries.set(id, [name, evaluate(value, scope)]);
    }
    return made;
  }

  function comprehend(body: Expression | Entry, clauses: readonly Clause[], scope: Scope): Value {
    const items: Value[] = [];
    const pairs = dict();
    const step = (index: number, inner: Scope): void => {
      const clause = clauses[index];
      if (!clause) {
        if (!('key' in body)) items.push(evaluate(body, inner));
        else {
          const key = evaluate(body.key, inner);
          const id = at(body.key.span, () => keyOf(key));
          pairs.entries.set(id, [key, evaluate(body.value, inner)]);
        }
      } else if (clause.kind === 'if') {
        if (isTrue(evaluate(clause.test, inner))) step(index + 1, inner);
      } else {
        const own = targetNames(clause.target);
        const each = (item: Value): Outcome => {
          const next: Scope = { own, values: new Map(), outer: inner };
          assign(clause.target, item, next);
          step(index + 1, next);
          return undefined;
        };
        at(clause.iterable.span, () => loop(clause.iterable, inner, each));
      }
    };
    step(0, scope);
    return 'key' in body ? pairs : list(items);
  }

  function applySuffix(value: Value, suffix: Suffix, span: Span, scope: Scope): Value {
    switch (suffix.kind) {
      case 'attribute':
        return attribute(value, suffix.name);
      case 'index':
        return element(value, evaluate(suffix.index, scope));
      case 'slice': {
        const bounds = suffix.bounds.map((bound) => (bound ? evaluate(bound, scope) : undefined));
        return slice(value, bounds);
      }
      case 'call': {
        const args = gather(suffix.args, scope);
        currentCall = span;
        return call(value, args);
      }
    }
  }

  function gather(args: readonly Argument[], scope: Scope): Arguments {
    const positional: Value[] = [];
    const named = new Map<string, Value>();
    const name = (key: string, value: Value) => {
      if (named.has(key)) throw new Fault(`Argument \`${key}\` occurs more than once`);
      named.set(key, value);
    };
    for (const arg of args) {
      const value = evaluate(arg.value, scope);
      if (arg.kind === 'positional') positional.push(value);
      else if (arg.kind === 'named') name(arg.name, value);
      else if (arg.kind === 'list') {
        for (const item of itemsFor(value)) positional.push(item);
      } else {
        if (value === null || typeof value !== 'object' || value.kind !== 'dict') {
          throw new Fault('The argument provided for **kwargs is not a dict');
        }
        for (const [key, item] of value.entries.values()) {
          if (typeof key !== 'string') throw new Fault('The argument provided for **kwargs has a key that is no name');
          name(key, item);
        }
      }
    }
    return { positional, named };
  }

  function call(callee: Value, args: Arguments): Value {
    if (callee === null || typeof callee !== 'object' || callee.kind !== 'function') {
      throw new Fault(`Operation \`call()\` not supported on type \`${typeOf(callee)}\``);
    }
    run.spend(1);
    return callee.call(args, run);
  }

  function makeFunction(
    name: string,
    params: readonly Param[],
    outer: Scope,
    locals: Set<string>,
    body: (inner: Scope) => Value,
  ): Callable {
    const fallbacks = params.map(({ fallback }) => (fallback ? evaluate(fallback, outer) : undefined));
    for (const param of params) if (param.kind !== 'separator') locals.add(param.name);
    return {
      kind: 'function',
      name,
      call: (args) => body({ own: locals, values: bindParams(name, params, fallbacks, args), outer }),
    };
  }
}
