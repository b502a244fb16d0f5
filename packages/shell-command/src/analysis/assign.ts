import type { Assignment, Word } from '../syntax/ast.ts';
import { type Expander, expandText, expandWords } from './expand.ts';
import type { Context, Setting, Walker } from './ran.ts';
import { concat, literal, scalar, type Text, UNKNOWN } from './values.ts';

/** Arrays among the words of `declare` and its like. */
export function declareArrays(walker: Walker, words: readonly Word[], context: Context): void {
  for (const { parts, array } of words) {
    const [name] = parts;
    if (!array || name?.type !== 'text') continue;
    const list = expandWords(array, walker.expander(context))[0] ?? [];
    const append = name.text.endsWith('+=');
    if (append) walker.note('array not known literally');
    context.state.set(name.text.replace(/\+?=$/, ''), { values: [UNKNOWN], list });
  }
}

/** Carries out `name=value`; `lasting` unless it is only for one command. */
export function assign(
  walker: Walker,
  { name, index, append, value }: Assignment,
  expander: Expander,
  lasting: boolean,
): Setting[] {
  const { state } = expander;
  if (index) for (const text of expandText(index, expander)) expander.arithmetic(text);
  const old = state.variables.get(name);
  if (value.array) {
    const list = expandWords(value.array, expander)[0] ?? [];
    if (append && !old?.list) walker.note('array not known literally');
    const before = append ? (old?.list ?? []) : [];
    if (lasting) state.set(name, { values: [UNKNOWN], list: index ? null : [...before, ...list] });
    return list.map((each) => ({ name, value: each }));
  }
  let values: readonly Text[] = expandText(value, expander);
  if (append) values = (old?.values ?? [UNKNOWN]).flatMap((start) => values.map((end) => concat(start, end)));
  if (lasting) state.set(name, index ? { values: [UNKNOWN], list: null } : scalar(...values));
  return values.map((text) => ({ name, value: text }));
}

/** Some variables hold commands that shells and programs run. */
export function runVariable(walker: Walker, name: string, value: Text, context: Context): void {
  const outer = { ...context, via: [...context.via, `${name}=`], conditional: true, state: context.state.clone() };
  if (/^(?:BASH_ENV|ENV)$/.test(name)) walker.script(walker.files.read(value), outer);
  else if (RUN_BY_PROGRAMS.test(name) && value.text.trim() !== '') walker.script(value, outer);
  else if (/^PS[0-4]$/.test(name)) walker.script(concat(literal(': "'), value, literal('"')), outer);
}

export function setVariable(walker: Walker, name: string, values: readonly Text[], context: Context): void {
  context.state.set(name, scalar(...values));
  for (const value of values) runVariable(walker, name, value, context);
}

const RUN_BY_PROGRAMS =
  /^(?:PROMPT_COMMAND|PAGER|MANPAGER|GIT_PAGER|EDITOR|VISUAL|GIT_EDITOR|GIT_SEQUENCE_EDITOR|GIT_SSH_COMMAND|GIT_EXTERNAL_DIFF|GIT_ASKPASS|SSH_ASKPASS|GIT_PROXY_COMMAND|LESSOPEN|LESSCLOSE|BROWSER)$/;
