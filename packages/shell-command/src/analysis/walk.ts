import type { Command, Item, List, Pipeline, Redirect, Simple } from '../syntax/ast.ts';
import { parseScript } from '../syntax/commands.ts';
import { runArithmetic } from './arithmetic.ts';
import { assign, declareArrays, runVariable } from './assign.ts';
import { runCompound } from './compound.ts';
import { execute } from './execute.ts';
import { type Expander, expandText, expandWords } from './expand.ts';
import { Files, isNetworkPath } from './files.ts';
import {
  bare,
  type Context,
  maybe,
  type Ran,
  type Redirection,
  type ResolvedRedirect,
  type Setting,
  type Walker,
} from './ran.ts';
import { concat, EMPTY, type Field, HOLE, isKnown, literal, type State, Taint, type Text, UNKNOWN } from './values.ts';

const MAX_STEPS = 20_000;
const MAX_DEPTH = 16;

/** Goes through a script and collects what can run, following variables, functions and texts that become scripts. */
export class ScriptWalker implements Walker {
  readonly ran = new Map<string, Ran>();
  readonly reasons = new Set<string>();
  /** What is dangerous by the way commands work together. */
  readonly alarms = new Set<string>();
  readonly files = new Files((reason) => this.alarm(reason));
  readonly #called = new Set<Command>();
  readonly #active: Command[] = [];
  /** Lists of redirections that stand at some recorded command. */
  readonly #connectedTo = new WeakSet<readonly Redirection[]>();
  /** A connection was opened as a file. */
  #connected = false;
  #steps = 0;

  note(reason: string): void {
    this.reasons.add(reason);
  }

  alarm(reason: string): void {
    this.alarms.add(reason);
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
    if (text.taint & Taint.download) this.alarm('runs what was fetched');
    if (text.taint & Taint.decoded) this.alarm('runs what was decoded');
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
        if (context.background) this.alarm('multiplies without end');
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
      stdin = this.command(command, { ...context, state, stdin });
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
      output = runCompound(this, command, inner);
    }
    return this.#send(output, redirects);
  }

  /** Where redirections take what is printed. */
  #send(output: Text, redirects: readonly ResolvedRedirect[]): Text {
    let rest = output;
    for (const { operator, descriptor, target } of redirects) {
      if (!/^(?:&?>>?|>\|)$/.test(operator) || !['', '1'].includes(descriptor)) continue;
      this.files.write(target, rest);
      if (!/^\/dev\/(?:stdout|fd\/1|tty)$/.test(target.text)) rest = { ...EMPTY, taint: Taint.none };
    }
    return rest;
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
        if (operator === '<' || operator === '<>') input = this.files.read(path);
        else if (operator === '<&' && this.#connected) input = { text: HOLE, taint: Taint.download };
        return { operator, descriptor, target: path, input };
      });
    });
  }

  #simple(command: Simple, context: Context, redirects: readonly ResolvedRedirect[]): Text {
    const expander = this.expander(context);
    const env: Setting[] = [];
    for (const assignment of command.assignments)
      env.push(...assign(this, assignment, expander, command.words.length === 0));
    for (const { name, value } of env) runVariable(this, name, value, context);
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
    declareArrays(this, command.words, context);
    const [output = UNKNOWN] = outputs;
    return outputs.length === 1 ? output : { text: HOLE, taint: concat(...outputs).taint };
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
        const run = (stdin: Text) => this.list(body, { ...context, state: state.clone(), stdin });
        const output = run(direction === '>' ? UNKNOWN : context.stdin);
        return literal(direction === '<' ? this.files.inlet(output) : this.files.outlet(run));
      },
      arithmetic: (text) => runArithmetic(this, text, context),
      note: (reason) => this.note(reason),
    };
  }
}
