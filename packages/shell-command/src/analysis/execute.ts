import { type Invocation, programOf, record, viaName } from './invocation.ts';
import { runShell } from './run-shell.ts';
import { setVariable } from './assign.ts';
import { runBuiltin } from './builtins.ts';
import { interpretedCode } from './interpreters.ts';
import { printed } from './output.ts';
import { findCommands, gitScripts, valuesOf, xargsCommand } from './runners.ts';
import { isSecretPath } from './secrets.ts';
import { isShell } from './shells.ts';
import {
  concat,
  EMPTY,
  type Field,
  field,
  HOLE,
  isKnown,
  literal,
  Taint,
  taints,
  type Text,
  UNKNOWN,
} from './values.ts';
import type { Context, Setting, Walker } from './ran.ts';
import { suScript, unwrap } from './wrappers.ts';

/** Programs a pattern in the place of a program is tried against. */
const GLOB_CANDIDATES =
  'rm dd mkfs shred find chmod chown sudo sh bash dash zsh curl wget nc python3 perl git mv cp kill reboot'.split(' ');

/** Records a command and what it leads to. Gives what it prints, as far as known. */
export function execute(walker: Walker, invocation: Invocation): Text {
  const { fields, context } = invocation;
  const [first, ...args] = fields;
  if (!first) {
    record(walker, invocation);
    return EMPTY;
  }
  if (first.taint & Taint.download) walker.alarm('runs what was fetched');
  if (first.taint & Taint.decoded) walker.alarm('runs what was decoded');
  if (!isKnown(first)) walker.note('program not known literally');
  if (first.glob && (/[*?]/.test(first.text) || first.text.lastIndexOf(']') > first.text.indexOf('[')))
    return executeGlob(walker, invocation, first);

  const shadowed = runAlias(walker, invocation, first) ?? runFunction(walker, invocation, first.text, args);
  if (shadowed) return shadowed;
  const program = programOf(first.text);
  const special = runSpecial(walker, invocation, program, args);
  if (special) return special;
  record(walker, invocation, codeOf(walker, program, args, context));
  if (first.text.includes('/') && walker.files.holds(first)) {
    const state = context.state.child(first, args);
    return walker.script(walker.files.read(first), {
      ...context,
      state,
      stdin: UNKNOWN,
      via: [...context.via, first.text],
    });
  }
  const written = writtenFiles(program, args);
  for (const path of written) walker.files.write(path, downloadOr(program, context.stdin));
  return printed(program, args, context.stdin, (path) => walker.files.read(path));
}

/** Runs other fields in the place of those of the invocation. */
function rerun(
  walker: Walker,
  invocation: Invocation,
  fields: readonly Field[],
  via: string,
  more: Partial<Context> = {},
): Text {
  const context = { ...invocation.context, ...more, via: [...invocation.context.via, via] };
  if (context.via.length > 40) {
    walker.note('nested too deeply');
    return UNKNOWN;
  }
  return execute(walker, { ...invocation, fields, context });
}

function executeGlob(walker: Walker, invocation: Invocation, first: Field): Text {
  walker.note('pattern as program');
  record(walker, invocation);
  const pattern = first.text.slice(first.text.lastIndexOf('/') + 1);
  // A pattern without letters may name anything, which is no sign of anything.
  if (pattern.length > 40 || !/[a-z]/.test(pattern)) return UNKNOWN;
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll(HOLE, '.*');
  let expression: RegExp | null = null;
  try {
    expression = new RegExp(`^(?:${source})$`);
  } catch {
    walker.note('pattern not understood');
  }
  if (source.split('.*').length > 4) return UNKNOWN;
  for (const name of GLOB_CANDIDATES) {
    if (expression?.test(name)) rerun(walker, invocation, [field(name), ...invocation.fields.slice(1)], first.text);
  }
  return UNKNOWN;
}

function runAlias(walker: Walker, invocation: Invocation, first: Field): Text | null {
  const { context } = invocation;
  const texts = context.state.aliases.get(first.text);
  if (!texts || context.via.some((name) => name === 'alias')) return null;
  walker.note('alias');
  const rest = invocation.fields.slice(1).map(({ text }) => quoted(text));
  for (const text of texts) {
    const script = literal([text, ...rest].join(' '));
    walker.script(script, { ...context, via: [...context.via, 'alias'], conditional: true });
  }
  return rerun(walker, invocation, invocation.fields, 'alias');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function runFunction(walker: Walker, invocation: Invocation, name: string, args: readonly Field[]): Text | null {
  const { context } = invocation;
  const bodies = context.state.functions.get(name);
  if (!bodies || context.via.includes('command')) return null;
  return walker.callFunction(bodies, args, context);
}

function runSpecial(walker: Walker, invocation: Invocation, program: string, args: readonly Field[]): Text | null {
  const { context } = invocation;
  if (isShell(program)) return runShell(walker, invocation, program, args);
  const builtin = runBuiltin(walker, invocation, program, args);
  if (builtin) return builtin;
  const via = viaName(invocation, program);
  const runText = (text: Text, more: Partial<Context> = {}) =>
    walker.script(text, { ...context, ...more, via: [...context.via, via], state: context.state.clone() });

  if (program === 'su') {
    const script = suScript(args);
    if (!script) return null;
    return runText(script);
  }
  const inner = unwrap(program, args);
  if (inner) {
    if (!inner.exact) walker.note(`options of ${program} not understood`);
    if (inner.type === 'script') {
      const text = inner.args.reduce(
        (all, { text: word, taint }) => concat(all, literal(' '), { text: quoted(word), taint }),
        inner.text as Text,
      );
      return runText(text);
    }
    const env = inner.settings.map(({ text, taint }): Setting => {
      const at = text.indexOf('=');
      return { name: text.slice(0, at), value: { text: text.slice(at + 1), taint } };
    });
    const state = env.length > 0 ? context.state.clone() : context.state;
    for (const { name, value } of env) setVariable(walker, name, [value], { ...context, state });
    return rerun(walker, { ...invocation, env: [...invocation.env, ...env] }, inner.fields, via, { state });
  }
  switch (program) {
    case 'xargs': {
      const { fields, exact } = xargsCommand(args, context.stdin);
      if (!exact) walker.note('options of xargs not understood');
      return rerun(walker, invocation, fields, via, { stdin: EMPTY });
    }
    case 'parallel': {
      const end = args.findIndex(({ text }) => text.startsWith(':::'));
      const words = (end < 0 ? args : args.slice(0, end)).filter(
        ({ text }) => !text.startsWith('-') || text.length > 3,
      );
      record(walker, invocation);
      return runText({
        text: `${args
          .slice(0, end < 0 ? args.length : end)
          .map(({ text }) => text)
          .join(' ')} ${HOLE}`,
        taint: taints(words),
      });
    }
    case 'find': {
      const { own, commands } = findCommands(args);
      if (commands.length === 0) return null;
      record(walker, { ...invocation, fields: [...invocation.fields.slice(0, 1), ...own] });
      const secret = own.some(({ text }) => isSecretPath(text)) ? Taint.secret : Taint.none;
      for (const fields of commands) {
        const marked = fields.map((each) => (isKnown(each) ? each : { ...each, taint: each.taint | secret }));
        rerun(walker, invocation, marked, via, { conditional: true });
      }
      return { text: HOLE, taint: Taint.listed };
    }
    case 'git': {
      const scripts = gitScripts(args);
      for (const script of scripts) runText(script, { conditional: true });
      return null;
    }
    case 'script': {
      const scripts = valuesOf(args, ['-c', '--command']);
      for (const script of scripts) runText(script);
      return null;
    }
    case 'make':
    case 'gmake':
      for (const recipe of makeRecipes(args, context.stdin)) runText(recipe, { conditional: true });
      return null;
    default:
      return null;
  }
}

/** Recipes of a makefile that is handed in. */
function makeRecipes(args: readonly Field[], stdin: Text): Text[] {
  if (!valuesOf(args, ['-f', '--file', '--makefile']).some(({ text }) => text === '-')) return [];
  return stdin.text.split('\n').flatMap((line) => {
    const recipe = /^\t[@+-]*(.*)|^[^\t=]*:[^=][^;]*;(.*)/.exec(line);
    return recipe ? [{ text: recipe[1] ?? recipe[2] ?? '', taint: stdin.taint }] : [];
  });
}

/** Text that the program will take as a program of its own language. */
function codeOf(walker: Walker, program: string, args: readonly Field[], context: Context): Text[] {
  const code = interpretedCode(program, args, context.stdin, (path) => walker.files.read(path));
  if (!code) return [];
  for (const { taint } of code) {
    if (taint & Taint.download) walker.alarm('runs what was fetched');
    if (taint & Taint.decoded) walker.alarm('runs what was decoded');
  }
  return code;
}

const SAVES: ReadonlyMap<string, readonly string[]> = new Map([
  ['curl', ['-o', '--output']],
  ['wget', ['-O', '--output-document']],
]);

/** Files a download is saved to, and those `tee` copies to. */
function writtenFiles(program: string, args: readonly Field[]): Text[] {
  if (program === 'tee') return args.filter(({ text }) => !text.startsWith('-'));
  const names = SAVES.get(program);
  return names ? valuesOf(args, names).filter(({ text }) => text !== '-') : [];
}

function downloadOr(program: string, stdin: Text): Text {
  return program === 'tee' ? stdin : { text: HOLE, taint: Taint.download };
}
