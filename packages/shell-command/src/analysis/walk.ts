import type { Assignment, Command, Item, List, Pipeline, Redirect, Simple, Word } from '../syntax/ast.ts';
import { literalText } from '../syntax/words.ts';
import { parseScript } from '../syntax/commands.ts';
import { execute } from './execute.ts';
import { type Expander, expandText, expandWords } from './expand.ts';
import { isSecretPath } from './secrets.ts';
import {
  concat,
  EMPTY,
  type Field,
  HOLE,
  isKnown,
  literal,
  scalar,
  type State,
  Taint,
  type Text,
  UNKNOWN,
} from './values.ts';

export interface Setting {
  readonly name: string;
  readonly value: Text;
}

export interface Redirection {
  readonly operator: string;
  readonly target: Text;
}

/** One command that can run. */
export interface Ran {
  /** Without any when only redirections or assignments stand there. */
  readonly fields: readonly Field[];
  readonly via: readonly string[];
  readonly redirects: readonly Redirection[];
  readonly background: boolean;
  readonly conditional: boolean;
  /** Variables set for it. */
  readonly env: readonly Setting[];
  readonly stdin: Text;
  /** Programs in other languages handed to it. */
  readonly code: readonly Text[];
}

/** The surroundings a command runs in. */
export interface Context {
  readonly state: State;
  readonly via: readonly string[];
  readonly stdin: Text;
  readonly background: boolean;
  readonly conditional: boolean;
  readonly depth: number;
}

const MAX_STEPS = 20_000;
const MAX_DEPTH = 16;
const LOOP_PASSES = 3;

/** Goes through a script and collects what can run, following variables, functions and texts that become scripts. */
export class Walker {
  readonly ran = new Map<string, Ran>();
  readonly reasons = new Set<string>();
  /** What is dangerous by the way commands work together. */
  readonly alarms = new Set<string>();
  /** Texts that were written to a file, or are reachable under a path. */
  readonly files = new Map<string, Text[]>();
  readonly #called = new Set<Command>();
  readonly #active: Command[] = [];
  /** What reads the other end of `>(…)`. */
  readonly #outlets = new Map<string, (text: Text) => void>();
  /** Lists of redirections that stand at some recorded command. */
  readonly #connectedTo = new WeakSet<readonly Redirection[]>();
  /** A connection was opened as a file. */
  #connected = false;
  #steps = 0;
  #pipes = 0;

  note(reason: string): void {
    this.reasons.add(reason);
  }

  record(ran: Ran): void {
    this.#connectedTo.add(ran.redirects);
    const { fields, via, redirects, background, conditional, env, stdin, code } = ran;
    const key = JSON.stringify([fields, via, redirects, background, conditional, env, stdin.taint, code]);
    this.#steps += key.length >> 10;
    this.ran.set(key, ran);
  }

  /** Runs a text as a script. */
  script(text: Text, context: Context): Text {
    if (text.taint & Taint.download) this.alarms.add('runs what was fetched');
    if (text.taint & Taint.decoded) this.alarms.add('runs what was decoded');
    if (!isKnown(text)) this.note('script not known literally');
    if (context.depth >= MAX_DEPTH) {
      this.note('nested too deeply');
      return UNKNOWN;
    }
    this.#steps += text.text.length >> (context.depth > 0 ? 4 : 7);
    const { list, fault } = parseScript(text.text);
    if (fault !== null) this.note(fault);
    return this.list(list, { ...context, depth: context.depth + 1 });
  }

  list(list: List, context: Context): Text {
    const outputs: Text[] = [];
    for (const item of list) {
      if (this.#steps > MAX_STEPS) {
        this.note('too complicated');
        break;
      }
      outputs.push(this.#item(item, context));
    }
    return concat(...outputs);
  }

  /** Functions nobody called: some shells call those of certain names by themselves. */
  unusedFunctions(context: Context): void {
    for (const bodies of context.state.functions.values()) {
      for (const body of bodies) if (!this.#called.has(body)) this.callFunction([body], [], context, null);
    }
  }

  callFunction(
    bodies: readonly Command[],
    args: readonly Field[],
    context: Context,
    positional: readonly Text[] | null = args,
  ): Text {
    const outputs: Text[] = [];
    const { state } = context;
    const outer = state.positional;
    for (const body of bodies) {
      if (this.#active.includes(body)) {
        this.note('function calls itself');
        if (context.background) this.alarms.add('multiplies without end');
        continue;
      }
      this.#active.push(body);
      this.#called.add(body);
      state.positional = positional;
      outputs.push(this.command(body, { ...context, conditional: context.conditional || bodies.length > 1 }));
      this.#active.pop();
    }
    state.positional = outer;
    return outputs.length === 1 ? (outputs[0] ?? UNKNOWN) : UNKNOWN;
  }

  #item({ first, rest, background }: Item, context: Context): Text {
    if (background) {
      const apart = { ...context, state: context.state.clone(), background };
      this.#item({ first, rest, background: false }, apart);
      return EMPTY;
    }
    const { state } = context;
    let output = this.#pipeline(first, context);
    const exits: State[] = [];
    const mixed = rest.some(({ operator }) => operator === '||');
    for (const { pipeline } of rest) {
      exits.push(state.clone());
      if (mixed) for (const exit of exits) state.join(exit);
      output = concat(output, maybe(this.#pipeline(pipeline, { ...context, conditional: true })));
    }
    for (const exit of exits) state.join(exit);
    return output;
  }

  #pipeline(pipeline: Pipeline, context: Context): Text {
    const [only] = pipeline;
    if (only && pipeline.length === 1) return this.command(only, context);
    let { stdin } = context;
    for (const command of pipeline) {
      const state = context.state.clone();
      const piped = this.#active.length > 0 ? { background: true } : {};
      stdin = this.command(command, { ...context, ...piped, state, stdin });
      context.state.join(state);
    }
    return pipeline.length === 0 ? EMPTY : stdin;
  }

  command(command: Command, context: Context): Text {
    this.#steps += 1 + (context.state.variables.size >> 6);
    if (this.#steps > MAX_STEPS) {
      this.note('too complicated');
      return UNKNOWN;
    }
    const redirects = this.#redirects(command.redirects, context);
    const input = redirects.findLast(({ input: text }) => text !== null)?.input ?? context.stdin;
    const inner = { ...context, stdin: input };
    let output: Text;
    if (command.type === 'simple') output = this.#simple(command, inner, redirects);
    else {
      if (redirects.length > 0) this.record(bare(inner, redirects));
      output = this.#compound(command, inner);
    }
    return this.#send(output, redirects);
  }

  /** Where redirections take what is printed. */
  #send(output: Text, redirects: readonly ResolvedRedirect[]): Text {
    let rest = output;
    for (const { operator, descriptor, target } of redirects) {
      if (!/^(?:&?>>?|>\|)$/.test(operator) || !['', '1'].includes(descriptor)) continue;
      this.write(target, rest);
      if (!/^\/dev\/(?:stdout|fd\/1|tty)$/.test(target.text)) rest = { ...EMPTY, taint: Taint.none };
    }
    return rest;
  }

  /** Remembers what a file holds from now on. */
  write(path: Text, content: Text): void {
    const name = fileKey(path.text);
    const outlet = this.#outlets.get(name);
    if (outlet) {
      this.#outlets.delete(name);
      outlet(content);
      return;
    }
    if (content.taint & Taint.secret && isNetworkPath(name)) this.alarms.add('hands out secrets');
    this.files.set(name, [...(this.files.get(name) ?? []), content].slice(-8));
  }

  #redirects(redirects: readonly Redirect[], context: Context): ResolvedRedirect[] {
    const expander = this.expander(context);
    return redirects.flatMap(({ operator, descriptor, target, body }): ResolvedRedirect[] => {
      if (operator.startsWith('<<')) {
        const [input = UNKNOWN, ...more] = expandText(body ?? target, expander);
        const text = operator === '<<<' ? concat(input, literal('\n')) : input;
        return [{ operator, descriptor, target: EMPTY, input: more.length > 0 ? UNKNOWN : text }];
      }
      return expandText(target, expander).map((path) => {
        if (isNetworkPath(path.text)) this.#connected = true;
        let input: Text | null = null;
        if (operator === '<' || operator === '<>') input = this.read(path);
        else if (operator === '<&' && this.#connected) input = { text: HOLE, taint: Taint.download };
        return { operator, descriptor, target: path, input };
      });
    });
  }

  /** The script itself has written this file. */
  holds(path: Text): boolean {
    return this.files.has(fileKey(path.text));
  }

  /** What a file holds, as far as the script tells. */
  read(path: Text): Text {
    const [content, ...others] = this.files.get(fileKey(path.text)) ?? [];
    if (content && others.length === 0) return content;
    const origin = isSecretPath(path.text) ? Taint.secret : isNetworkPath(path.text) ? Taint.download : Taint.none;
    return { text: HOLE, taint: (content?.taint ?? Taint.none) | origin };
  }

  #simple(command: Simple, context: Context, redirects: readonly ResolvedRedirect[]): Text {
    const expander = this.expander(context);
    const env: Setting[] = [];
    for (const assignment of command.assignments)
      env.push(...this.#assign(assignment, expander, command.words.length === 0));
    for (const { name, value } of env) this.#codeInVariable(name, value, context);
    if (command.words.length === 0) {
      this.record(bare(context, redirects, env));
      // `$(< file)`
      return redirects.findLast(({ input }) => input !== null)?.input ?? EMPTY;
    }
    const alternatives = expandWords(command.words, expander);
    const outputs: Text[] = [];
    const states: State[] = [];
    for (const fields of alternatives) {
      const state = alternatives.length > 1 ? context.state.clone() : context.state;
      const conditional = context.conditional || alternatives.length > 1;
      outputs.push(execute(this, { fields, env, redirects, context: { ...context, state, conditional } }));
      if (alternatives.length > 1) states.push(state);
    }
    if (redirects.length > 0 && !this.#connectedTo.has(redirects)) this.record(bare(context, redirects));
    for (const state of states) context.state.join(state);
    this.#declareArrays(command.words, context);
    const [output = UNKNOWN] = outputs;
    return outputs.length === 1 ? output : { text: HOLE, taint: concat(...outputs).taint };
  }

  /** Arrays among the words of `declare` and its like. */
  #declareArrays(words: readonly Word[], context: Context): void {
    for (const { parts, array } of words) {
      const [name] = parts;
      if (!array || name?.type !== 'text') continue;
      const list = expandWords(array, this.expander(context))[0] ?? [];
      const append = name.text.endsWith('+=');
      if (append) this.note('array not known literally');
      context.state.set(name.text.replace(/\+?=$/, ''), { values: [UNKNOWN], list });
    }
  }

  #assign({ name, index, append, value }: Assignment, expander: Expander, lasting: boolean): Setting[] {
    const { state } = expander;
    if (index) for (const text of expandText(index, expander)) expander.arithmetic(text);
    const old = state.variables.get(name);
    if (value.array) {
      const list = expandWords(value.array, expander)[0] ?? [];
      if (append && !old?.list) this.note('array not known literally');
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
  #codeInVariable(name: string, value: Text, context: Context): void {
    const outer = { ...context, via: [...context.via, `${name}=`], conditional: true, state: context.state.clone() };
    if (/^(?:BASH_ENV|ENV)$/.test(name)) this.script(this.read(value), outer);
    else if (RUN_BY_PROGRAMS.test(name) && value.text.trim() !== '') this.script(value, outer);
    else if (/^PS[0-4]$/.test(name)) this.script(concat(literal(': "'), value, literal('"')), outer);
  }

  setVariable(name: string, values: readonly Text[], context: Context): void {
    context.state.set(name, scalar(...values));
    for (const value of values) this.#codeInVariable(name, value, context);
  }

  #compound(command: Exclude<Command, Simple>, context: Context): Text {
    const { state } = context;
    switch (command.type) {
      case 'subshell':
        return this.list(command.body, { ...context, state: state.clone() });
      case 'group':
        return this.list(command.body, context);
      case 'coprocess':
        this.command(command.body, { ...context, state: state.clone(), background: true });
        return EMPTY;
      case 'function':
        state.functions.set(command.name, [command.body]);
        return EMPTY;
      case 'arithmetic':
        for (const text of expandText(command.expression, this.expander(context))) this.arithmetic(text, context);
        return EMPTY;
      case 'test':
        this.#test(command.words, context);
        return EMPTY;
      case 'if':
        return this.#if(command.branches, command.otherwise, context);
      case 'while':
        if (isForever(command.test) && command.body.some(({ background }) => background)) {
          this.alarms.add('multiplies without end');
        }
        return this.#loop(context, (inner) => {
          this.list(command.test, { ...inner, conditional: context.conditional });
          return this.list(command.body, inner);
        });
      case 'count':
        for (const text of expandText(command.expression, this.expander(context))) this.arithmetic(text, context);
        return this.#loop(context, (inner) => this.list(command.body, inner));
      case 'for':
        return this.#for(command.name, command.words, command.body, context);
      case 'case': {
        expandText(command.subject, this.expander(context));
        const exits = [state.clone()];
        for (const { patterns, body } of command.arms) {
          for (const pattern of patterns) expandText(pattern, this.expander(context));
          this.list(body, { ...context, conditional: true });
          exits.push(state.clone());
        }
        for (const exit of exits) state.join(exit);
        return UNKNOWN;
      }
    }
  }

  #if(branches: readonly { test: List; body: List }[], otherwise: List, context: Context): Text {
    const { state } = context;
    const exits: State[] = [];
    const outputs: Text[] = [];
    for (const [at, { test, body }] of branches.entries()) {
      outputs.push(this.list(test, at === 0 ? context : { ...context, conditional: true }));
      const taken = { ...context, state: state.clone(), conditional: true };
      outputs.push(this.list(body, taken));
      exits.push(taken.state);
    }
    outputs.push(this.list(otherwise, { ...context, conditional: true }));
    for (const exit of exits) state.join(exit);
    return maybe(concat(...outputs));
  }

  /** Runs a body until the state no longer changes; what keeps changing is unknown. */
  #loop(context: Context, body: (context: Context) => Text): Text {
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

  #for(name: string, words: readonly Word[] | null, body: List, context: Context): Text {
    const { state } = context;
    const items = words ? expandWords(words, this.expander(context)).flat() : (state.positional ?? [UNKNOWN]);
    const values = items.length > 8 ? summary(items) : items;
    return this.#loop(context, (inner) => {
      const outputs = [];
      for (const value of values) {
        this.setVariable(name, [value], inner);
        outputs.push(this.list(body, inner));
      }
      return concat(...outputs);
    });
  }

  #test(words: readonly Word[], context: Context): void {
    const fields = expandWords(words, this.expander(context)).flat();
    const counts = fields.some(({ text }) => /^-(?:eq|ne|lt|le|gt|ge|v|R)$/.test(text));
    if (counts) for (const each of fields) if (!/^[-\d]/.test(each.text)) this.arithmetic(each, context);
  }

  /** Arithmetic looks up names, and runs what subscripts in their values say. */
  arithmetic({ text }: Text, context: Context): void {
    const { state } = context;
    if (text.length > 4096) {
      this.note('too complicated');
      return;
    }
    if (text.includes(HOLE)) this.note('arithmetic on a text not known literally');
    if (/[`$]/.test(text)) this.script(literal(`: "${text}"`), context);
    const names = text.match(/(?<![\w.#])[A-Za-z_]\w*/g) ?? [];
    for (const name of new Set(names)) {
      const isSet = new RegExp(`(?<!\\w)${name}\\s*=(?!=)`).test(text);
      if (isSet) state.setNumber(name);
      if (state.numbers.has(name)) continue;
      const variable = state.variables.get(name);
      for (const value of variable?.values ?? [UNKNOWN]) {
        if (/[`$]/.test(value.text))
          this.script(concat(literal(': "'), value, literal('"')), { ...context, depth: context.depth + 1 });
        if (!/^\s*-?\d*\s*$/.test(value.text)) this.note('arithmetic on a variable not known to be a number');
      }
      if (/\+\+|--|[-+*/%]=/.test(text)) state.setNumber(name);
    }
  }

  expander(context: Context): Expander {
    const { state } = context;
    return {
      state,
      substitute: (body) => {
        const inner = { ...context, state: state.clone() };
        const output = this.list(body, inner);
        return { ...output, text: output.text.replace(/\n+$/, '') };
      },
      connect: (body, direction) => {
        const path = `/dev/fd/p${++this.#pipes}`;
        const run = (stdin: Text) => this.list(body, { ...context, state: state.clone(), stdin });
        const output = run(direction === '>' ? UNKNOWN : context.stdin);
        if (direction === '<') this.files.set(path, [output]);
        else this.#outlets.set(path, run);
        return literal(path);
      },
      arithmetic: (text) => this.arithmetic(text, context),
      note: (reason) => this.note(reason),
    };
  }
}

const RUN_BY_PROGRAMS =
  /^(?:PROMPT_COMMAND|PAGER|MANPAGER|GIT_PAGER|EDITOR|VISUAL|GIT_EDITOR|GIT_SEQUENCE_EDITOR|GIT_SSH_COMMAND|GIT_EXTERNAL_DIFF|GIT_ASKPASS|SSH_ASKPASS|GIT_PROXY_COMMAND|LESSOPEN|LESSCLOSE|BROWSER)$/;

interface ResolvedRedirect extends Redirection {
  readonly descriptor: string;
  /** What a reading redirection hands in. */
  readonly input: Text | null;
}

function bare(context: Context, redirects: readonly Redirection[], env: readonly Setting[] = []): Ran {
  const { via, background, conditional, stdin } = context;
  return { fields: [], via, redirects, background, conditional, env, stdin, code: [] };
}

/** A text that may or may not be there. */
function isForever(test: List): boolean {
  const [command] = test[0]?.first ?? [];
  const text = command?.type === 'simple' && command.words[0] ? literalText(command.words[0]) : null;
  return test.length === 1 && (text === 'true' || text === ':');
}

function maybe({ text, taint }: Text): Text {
  return { text: text === '' ? '' : HOLE, taint };
}

function summary(items: readonly Text[]): readonly Text[] {
  const odd = items.filter((item) => !isKnown(item) || item.taint !== 0).slice(0, 3);
  return [...items.slice(0, 4), ...odd, { text: HOLE, taint: Taint.listed }];
}

function isNetworkPath(path: string): boolean {
  return /^\/dev\/(?:tcp|udp)\//.test(path);
}

function fileKey(path: string): string {
  return path.replace(/^(?:\.\/)+/, '');
}
