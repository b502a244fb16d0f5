import type { Command, List } from '../syntax/ast.ts';
import type { Expander } from './expand.ts';
import type { Files } from './files.ts';
import { type Field, HOLE, type State, type Text } from './values.ts';

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
  /** The shell may be one that knows no more than POSIX. */
  readonly posix: boolean;
  readonly depth: number;
}

/** Goes through a script and collects what can run. What is run gives what it prints, as far as that is known. */
export interface Walker {
  readonly files: Files;
  /** Says why not everything can be known. */
  note(reason: string): void;
  /** Says what is dangerous by the way commands work together. */
  alarm(reason: string): void;
  record(ran: Ran): void;
  /** Runs a text as a script. */
  script(text: Text, context: Context): Text;
  list(list: List, context: Context): Text;
  command(command: Command, context: Context): Text;
  callFunction(bodies: readonly Command[], args: readonly Field[], context: Context): Text;
  /** Runs the functions nobody called: some shells call those of certain names by themselves. */
  unusedFunctions(context: Context): void;
  expander(context: Context): Expander;
}

export interface ResolvedRedirect extends Redirection {
  readonly descriptor: string;
  /** What a reading redirection hands in. */
  readonly input: Text | null;
}

/** Redirections and settings without a command. */
export function bare(context: Context, redirects: readonly Redirection[], env: readonly Setting[] = []): Ran {
  const { via, background, conditional, stdin } = context;
  return { fields: [], via, redirects, background, conditional, env, stdin, code: [] };
}

/** A text that may or may not be there. */
export function maybe({ text, taint }: Text): Text {
  return { text: text === '' ? '' : HOLE, taint };
}
