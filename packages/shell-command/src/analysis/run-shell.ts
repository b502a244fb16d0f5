import type { Walker } from './ran.ts';
import { type Invocation, record, viaName } from './invocation.ts';
import { readShellCall } from './shells.ts';
import { type Field, field, isKnown, Taint, type Text, UNKNOWN } from './values.ts';

/** Goes through what a shell is given to run: a script, a file or its input. */
export function runShell(walker: Walker, invocation: Invocation, program: string, args: readonly Field[]): Text {
  const { context, env, redirects } = invocation;
  const call = readShellCall(args);
  if (call.informs) {
    record(walker, invocation);
    return UNKNOWN;
  }
  if (!call.exact) walker.note(`options of ${program} not understood`);
  if (call.interactive) walker.note('interactive shell');
  if (redirects.some(({ target }) => /^\/dev\/(?:tcp|udp)\//.test(target.text))) walker.alarm('shell for others');
  const state = context.state.child(call.zero ?? field(program), call.args);
  for (const { name, value } of env) state.set(name, { values: [value], list: null });
  const posix = /^(?:sh|dash|ash)$/.test(program);
  const inner = { ...context, state, posix, via: [...context.via, viaName(invocation, program)] };
  let script: Text;
  if (call.script) script = call.script;
  else if (call.file) {
    script = call.file.text === '/dev/stdin' ? context.stdin : walker.files.read(call.file);
    walker.note('script in a file');
  } else {
    script = context.stdin;
    if (!isKnown(script)) walker.note('script from the input');
  }
  const isBare = !call.script && !isKnown(script);
  if (isBare || redirects.length > 0) record(walker, isBare ? invocation : { ...invocation, fields: [] });
  const output = walker.script(script, call.script ? inner : { ...inner, stdin: UNKNOWN });
  walker.unusedFunctions(inner);
  return isBare ? { ...output, taint: output.taint | Taint.shell } : output;
}
