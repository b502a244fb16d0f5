/** One word as written; expansions are kept as parts. An array value `(a b)` follows the text of `name=`. */
export interface Word {
  readonly parts: readonly Part[];
  readonly array?: readonly Word[];
}

export type Part =
  | { readonly type: 'text'; readonly text: string; readonly quoted: boolean }
  | Parameter
  | { readonly type: 'command'; readonly body: List; readonly quoted: boolean }
  | { readonly type: 'arithmetic'; readonly expression: Word; readonly quoted: boolean }
  | { readonly type: 'process'; readonly direction: '<' | '>'; readonly body: List };

/** `$name` or `${name op argument}`. */
export interface Parameter {
  readonly type: 'parameter';
  readonly name: string;
  readonly quoted: boolean;
  /** `${!name}` and `${#name}`. */
  readonly prefix: '' | '!' | '#';
  readonly index: Word | null;
  /** Null for none; an operator this parser does not know is taken over as it stands. */
  readonly operator: string | null;
  readonly argument: Word | null;
}

export interface Redirect {
  readonly operator: string;
  /** Left of the operator: a number, `{name}` or nothing. */
  readonly descriptor: string;
  readonly target: Word;
  /** The text of a here-document. */
  readonly body: Word | null;
}

export interface Assignment {
  readonly name: string;
  readonly index: Word | null;
  readonly append: boolean;
  readonly value: Word;
}

export type List = readonly Item[];

export interface Item {
  readonly first: Pipeline;
  readonly rest: readonly { readonly operator: '&&' | '||'; readonly pipeline: Pipeline }[];
  readonly background: boolean;
}

export type Pipeline = readonly Command[];

export interface Simple {
  readonly type: 'simple';
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  readonly redirects: readonly Redirect[];
}

export type Compound =
  | { readonly type: 'subshell' | 'group'; readonly body: List }
  | { readonly type: 'if'; readonly branches: readonly { test: List; body: List }[]; readonly otherwise: List }
  | { readonly type: 'while'; readonly test: List; readonly body: List }
  | { readonly type: 'for'; readonly name: string; readonly words: readonly Word[] | null; readonly body: List }
  | { readonly type: 'count'; readonly expression: Word; readonly body: List }
  | { readonly type: 'case'; readonly subject: Word; readonly arms: readonly { patterns: Word[]; body: List }[] }
  | { readonly type: 'function'; readonly name: string; readonly body: Command }
  | { readonly type: 'arithmetic'; readonly expression: Word }
  | { readonly type: 'test'; readonly words: readonly Word[] }
  | { readonly type: 'coprocess'; readonly body: Command };

export type Command = Simple | (Compound & { readonly redirects: readonly Redirect[] });
