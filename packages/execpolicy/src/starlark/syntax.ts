import type { Span } from './fault.ts';
import type { FormatPart } from './strings.ts';

export type Expression = { readonly span: Span } & (
  | { readonly kind: 'literal'; readonly value: string | bigint | number }
  | { readonly kind: 'format'; readonly parts: readonly FormatPart[] }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list' | 'tuple'; readonly items: readonly Expression[] }
  | { readonly kind: 'dict'; readonly entries: readonly Entry[] }
  | { readonly kind: 'comprehension'; readonly body: Expression | Entry; readonly clauses: readonly Clause[] }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
  /** Operators of one precedence, applied from the left: kept flat, so that a long sum is not a deep tree. */
  | { readonly kind: 'chain'; readonly first: Expression; readonly rest: readonly Link[] }
  | { readonly kind: 'choice'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'lambda'; readonly params: readonly Param[]; readonly body: Expression }
  /** Calls, indexes and attributes, applied from the left. */
  | { readonly kind: 'primary'; readonly base: Expression; readonly suffixes: readonly Suffix[] }
);

export interface Link {
  readonly operator: string;
  readonly operand: Expression;
}

export interface Entry {
  readonly key: Expression;
  readonly value: Expression;
}

export type Clause =
  | { readonly kind: 'for'; readonly target: Target; readonly iterable: Expression }
  | { readonly kind: 'if'; readonly test: Expression };

/** `end` is where the suffix ends; the expression it makes starts where its base does. */
export type Suffix = { readonly end: number } & (
  | { readonly kind: 'call'; readonly args: readonly Argument[] }
  | { readonly kind: 'index'; readonly index: Expression }
  | { readonly kind: 'slice'; readonly bounds: readonly (Expression | null)[] }
  | { readonly kind: 'attribute'; readonly name: string }
);

export interface Argument {
  readonly kind: 'positional' | 'named' | 'list' | 'dict';
  /** Empty for all but named arguments. */
  readonly name: string;
  readonly value: Expression;
  readonly span: Span;
}

export interface Param {
  /** `separator` is a bare `*`. */
  readonly kind: 'plain' | 'list' | 'dict' | 'separator';
  readonly name: string;
  readonly fallback: Expression | null;
  readonly span: Span;
}

export type Target = { readonly span: Span } & (
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'element'; readonly of: Expression; readonly index: Expression }
  | { readonly kind: 'targets'; readonly items: readonly Target[] }
);

export type Statement = { readonly span: Span } & (
  | { readonly kind: 'expression'; readonly value: Expression }
  | { readonly kind: 'assign'; readonly target: Target; readonly value: Expression }
  | { readonly kind: 'augment'; readonly target: Target; readonly operator: string; readonly value: Expression }
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise: readonly Statement[] }
  | {
      readonly kind: 'for';
      readonly target: Target;
      readonly iterable: Expression;
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: 'def';
      readonly name: string;
      readonly params: readonly Param[];
      readonly body: readonly Statement[];
    }
  | { readonly kind: 'return'; readonly value: Expression | null }
  | { readonly kind: 'break' | 'continue' | 'pass' }
);

export interface Branch {
  readonly test: Expression;
  readonly body: readonly Statement[];
}
