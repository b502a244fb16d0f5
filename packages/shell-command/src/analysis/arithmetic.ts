import type { Word } from '../syntax/ast.ts';
import { expandWords } from './expand.ts';
import type { Context, Walker } from './ran.ts';
import { concat, HOLE, literal, type Text, UNKNOWN } from './values.ts';

/** `[[ … ]]`: some of its operators calculate. */
export function runTest(walker: Walker, words: readonly Word[], context: Context): void {
  const fields = expandWords(words, walker.expander(context)).flat();
  const counts = fields.some(({ text }) => /^-(?:eq|ne|lt|le|gt|ge|v|R)$/.test(text));
  if (counts) for (const each of fields) if (!/^[-\d]/.test(each.text)) runArithmetic(walker, each, context);
}

/** Arithmetic looks up names, and runs what subscripts in their values say. */
export function runArithmetic(walker: Walker, { text }: Text, context: Context): void {
  const { state } = context;
  if (text.length > 4096) {
    walker.note('too complicated');
    return;
  }
  if (text.includes(HOLE)) walker.note('arithmetic on a text not known literally');
  if (/[`$]/.test(text)) walker.script(literal(`: "${text}"`), context);
  const names = text.match(/(?<![\w.#])[A-Za-z_]\w*/g) ?? [];
  for (const name of new Set(names)) {
    // A number given first makes what was there before of no account.
    const isSet = new RegExp(`^[^]*?(?<!\\w)${name}(?:(\\s*=\\s*-?\\d)|(?!\\w))`).exec(text)?.[1] !== undefined;
    if (isSet) state.setNumber(name);
    if (state.numbers.has(name)) continue;
    const variable = state.variables.get(name);
    for (const value of variable?.values ?? [UNKNOWN]) {
      if (/[`$]/.test(value.text))
        walker.script(concat(literal(': "'), value, literal('"')), { ...context, depth: context.depth + 1 });
      if (!/^\s*-?\d*\s*$/.test(value.text)) walker.note('arithmetic on a variable not known to be a number');
    }
    if (/\+\+|--|[-+*/%]=/.test(text)) state.setNumber(name);
  }
}
