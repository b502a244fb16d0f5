import type { Command, List, Simple, Word } from '../syntax/ast.ts';
import { literalText } from '../syntax/words.ts';
import { runArithmetic, runTest } from './arithmetic.ts';
import { setVariable } from './assign.ts';
import { expandText, expandWords } from './expand.ts';
import { type Context, maybe, type Walker } from './ran.ts';
import { concat, EMPTY, HOLE, isKnown, scalar, type State, Taint, type Text, UNKNOWN } from './values.ts';
import { isInfluential } from './variables.ts';

const LOOP_PASSES = 3;

/** Goes through a compound command; afterwards the state holds whatever may be true, whichever way was taken. */
export function runCompound(walker: Walker, command: Exclude<Command, Simple>, context: Context): Text {
  const { state } = context;
  // There, `[[ a > b ]]` writes a file and `((a))` runs a.
  if (context.posix && (command.type === 'test' || command.type === 'arithmetic'))
    walker.note('not the language of sh');
  switch (command.type) {
    case 'subshell':
      return walker.list(command.body, { ...context, state: state.clone() });
    case 'group':
      return walker.list(command.body, context);
    case 'coprocess':
      walker.command(command.body, { ...context, state: state.clone(), background: true });
      return EMPTY;
    case 'function':
      state.functions.set(command.name, [command.body]);
      return EMPTY;
    case 'arithmetic':
      for (const text of expandText(command.expression, walker.expander(context))) runArithmetic(walker, text, context);
      return EMPTY;
    case 'test':
      runTest(walker, command.words, context);
      return EMPTY;
    case 'if':
      return runIf(walker, command.branches, command.otherwise, context);
    case 'while':
      if (isForever(command.test) && command.body.some(({ background }) => background)) {
        walker.alarm('multiplies without end');
      }
      return runLoop(context, (inner) => {
        walker.list(command.test, { ...inner, conditional: context.conditional });
        return walker.list(command.body, inner);
      });
    case 'count':
      for (const text of expandText(command.expression, walker.expander(context))) runArithmetic(walker, text, context);
      return runLoop(context, (inner) => walker.list(command.body, inner));
    case 'for':
      return runFor(walker, command.name, command.words, command.body, context);
    case 'case': {
      expandText(command.subject, walker.expander(context));
      const exits = [state.clone()];
      for (const { patterns, body } of command.arms) {
        for (const pattern of patterns) expandText(pattern, walker.expander(context));
        walker.list(body, { ...context, conditional: true });
        exits.push(state.clone());
      }
      for (const exit of exits) state.join(exit);
      return UNKNOWN;
    }
  }
}

function runIf(
  walker: Walker,
  branches: readonly { test: List; body: List }[],
  otherwise: List,
  context: Context,
): Text {
  const { state } = context;
  const exits: State[] = [];
  const outputs: Text[] = [];
  for (const [at, { test, body }] of branches.entries()) {
    outputs.push(walker.list(test, at === 0 ? context : { ...context, conditional: true }));
    const taken = { ...context, state: state.clone(), conditional: true };
    outputs.push(walker.list(body, taken));
    exits.push(taken.state);
  }
  outputs.push(walker.list(otherwise, { ...context, conditional: true }));
  for (const exit of exits) state.join(exit);
  return maybe(concat(...outputs));
}

/** Runs a body until the state no longer changes; what keeps changing is unknown. */
function runLoop(context: Context, body: (context: Context) => Text): Text {
  const { state } = context;
  let output = EMPTY;
  for (let pass = 0; pass < LOOP_PASSES; pass++) {
    const inner = { ...context, state: state.clone(), conditional: true };
    output = concat(output, body(inner));
    if (!state.join(inner.state)) return maybe(output);
    if (pass < LOOP_PASSES - 2) continue;
    for (const [name, variable] of inner.state.variables) {
      if (state.variables.get(name) !== variable && !state.numbers.has(name)) state.set(name, scalar(UNKNOWN));
    }
    body({ ...context, state, conditional: true });
    return maybe(output);
  }
  return maybe(output);
}

function runFor(walker: Walker, name: string, words: readonly Word[] | null, body: List, context: Context): Text {
  const { state } = context;
  const items = words ? expandWords(words, walker.expander(context)).flat() : (state.positional ?? [UNKNOWN]);
  if (isInfluential(name)) walker.note(`sets ${name}`);
  const values = items.length > 8 ? summary(items) : items;
  return runLoop(context, (inner) => {
    const outputs: Text[] = [];
    for (const value of values) {
      setVariable(walker, name, [value], inner);
      outputs.push(walker.list(body, inner));
    }
    return concat(...outputs);
  });
}

function isForever(test: List): boolean {
  const [command] = test[0]?.first ?? [];
  const text = command?.type === 'simple' && command.words[0] ? literalText(command.words[0]) : null;
  return test.length === 1 && (text === 'true' || text === ':');
}

function summary(items: readonly Text[]): readonly Text[] {
  const odd = items.filter((item) => !isKnown(item) || item.taint !== 0).slice(0, 3);
  return [...items.slice(0, 4), ...odd, { text: HOLE, taint: Taint.listed }];
}
