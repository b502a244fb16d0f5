import { runArithmetic } from './arithmetic.ts';
import { setVariable } from './assign.ts';
import { type Invocation, record } from './invocation.ts';
import { concat, EMPTY, type Field, HOLE, isKnown, literal, scalar, taints, type Text, UNKNOWN } from './values.ts';
import { isInfluential } from './variables.ts';
import type { Setting, Walker } from './ran.ts';

/**
 * What builtins do to the state of the shell. Null when the command is to be taken for any other program, which is also so for those
 * builtins that only print.
 */
export function runBuiltin(
  walker: Walker,
  invocation: Invocation,
  program: string,
  args: readonly Field[],
): Text | null {
  const { context } = invocation;
  const { state } = context;
  const via = [...context.via, program];
  switch (program) {
    case 'eval': {
      if (args.length === 0) return EMPTY;
      const text = concat(...args.flatMap((arg, at) => (at === 0 ? [arg] : [literal(' '), arg])));
      return walker.script(text, { ...context, via });
    }
    case '.':
    case 'source': {
      const [file = UNKNOWN, ...positional] = args[0]?.text === '--' ? args.slice(1) : args;
      const content = file.text === '/dev/stdin' ? context.stdin : walker.files.read(file);
      if (!isKnown(content)) record(walker, invocation);
      const inner = { ...context, via, state };
      const outer = state.positional;
      if (positional.length > 0) state.positional = positional;
      const output = walker.script(content, inner);
      state.positional = outer;
      return output;
    }
    case 'trap': {
      record(walker, invocation);
      const [script] = args.filter(({ text }) => text !== '--');
      if (script && !/^-[lp]?$/.test(script.text))
        walker.script(script, { ...context, via, conditional: true, state: state.clone() });
      return EMPTY;
    }
    case 'alias':
      record(walker, invocation);
      for (const { text } of args) {
        const at = text.indexOf('=');
        if (at > 0)
          state.aliases.set(text.slice(0, at), [...(state.aliases.get(text.slice(0, at)) ?? []), text.slice(at + 1)]);
      }
      return EMPTY;
    case 'export':
    case 'declare':
    case 'typeset':
    case 'local':
    case 'readonly':
      return declare(walker, invocation, args);
    case 'set': {
      const at = args.findIndex(({ text }) => text === '--');
      const operands = at >= 0 ? args.slice(at + 1) : args.filter(({ text }) => !/^[-+]/.test(text));
      record(walker, invocation);
      if (at >= 0) state.positional = operands;
      else if (args.some((arg) => !isKnown(arg)) || (operands.length > 0 && !/^[-+]\w*o$/.test(args[0]?.text ?? '')))
        state.positional = null;
      return EMPTY;
    }
    case 'shift': {
      const count = args[0] ? Number(args[0].text) : 1;
      state.positional = Number.isInteger(count) && state.positional ? state.positional.slice(count) : null;
      record(walker, invocation);
      return EMPTY;
    }
    case 'unset':
      record(walker, invocation);
      for (const { text } of args) if (/^\w+$/.test(text)) state.set(text, scalar(EMPTY));
      return EMPTY;
    case 'read':
      record(walker, invocation);
      read(walker, invocation, args);
      return EMPTY;
    case 'printf':
      if (args[0]?.text !== '-v' || !args[1]) return null;
      record(walker, invocation);
      state.set(args[1].text, scalar(formatted(args.slice(2))));
      return EMPTY;
    case 'mapfile':
    case 'readarray':
    case 'getopts':
      record(walker, invocation);
      for (const { text } of args) if (/^[A-Za-z_]\w*$/.test(text)) state.set(text, scalar(UNKNOWN));
      return EMPTY;
    case 'let':
      record(walker, invocation);
      for (const arg of args) runArithmetic(walker, arg, context);
      return EMPTY;
    default:
      return null;
  }
}

function declare(walker: Walker, invocation: Invocation, args: readonly Field[]): Text {
  const { context } = invocation;
  if (args.some(({ text }) => /^-\w*[inA]/.test(text))) walker.note('declaration evaluates its values');
  const env: Setting[] = [];
  let name = '';
  for (const arg of args) {
    const match = /^([A-Za-z_]\w*)(\+?)=([^]*)$/.exec(arg.text);
    if (match) {
      name = match[1] ?? '';
      const value = { text: match[3] ?? '', taint: arg.taint };
      const before = match[2] ? (context.state.variables.get(name)?.values ?? [UNKNOWN]) : [EMPTY];
      setVariable(
        walker,
        name,
        before.map((start) => concat(start, value)),
        context,
      );
      env.push({ name, value });
    } else if (!isKnown(arg)) {
      walker.note('declaration not known literally');
    }
  }
  record(walker, { ...invocation, env: [...invocation.env, ...env] });
  return EMPTY;
}

const READ_VALUES = new Set(['-d', '-i', '-n', '-N', '-p', '-t', '-u']);

/** `read a b`: the first line of the input, cut at blanks. */
function read(walker: Walker, { context, redirects }: Invocation, args: readonly Field[]): void {
  const { state, stdin } = context;
  const names: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const text = args[at]?.text ?? '';
    if (READ_VALUES.has(text)) at++;
    else if (/^[A-Za-z_]\w*$/.test(text)) names.push(text);
  }
  if (names.length === 0) names.push('REPLY');
  const isPlain = isKnown(stdin) && redirects.every(({ operator }) => operator.startsWith('<<'));
  const line = isPlain ? (stdin.text.split('\n')[0] ?? '').trim() : HOLE;
  const pieces = line.split(/[ \t]+/);
  for (const [at, name] of names.entries()) {
    if (isInfluential(name)) walker.note(`sets ${name}`);
    const text = at === names.length - 1 ? pieces.slice(at).join(' ') : (pieces[at] ?? '');
    const value = { text: isPlain ? text : HOLE, taint: stdin.taint };
    // A later turn of a loop reads another line.
    state.set(name, isPlain ? scalar(value, { text: HOLE, taint: stdin.taint }) : scalar(value));
  }
}

function formatted(args: readonly Field[]): Text {
  const [format, ...values] = args;
  const isPlain = format && isKnown(format) && !/[%\\]/.test(format.text) && values.length === 0;
  if (isPlain) return format;
  if (format?.text === '%s' && values.length === 1) return values[0] ?? UNKNOWN;
  return { text: HOLE, taint: taints(args) };
}
