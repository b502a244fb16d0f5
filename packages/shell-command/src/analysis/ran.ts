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
