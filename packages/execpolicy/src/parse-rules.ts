import { checkExamples } from './examples.ts';
import type { Rules } from './rule.ts';
import { exampleError, type RuleError, syntaxError } from './rule-error.ts';
import { type Collected, ruleFunctions } from './rule-functions.ts';
import { Fault } from './starlark/fault.ts';
import { runFile } from './starlark/interpret.ts';

export type ParsedRules =
  | { readonly ok: true; readonly rules: Rules }
  | { readonly ok: false; readonly error: RuleError };

export interface ParseOptions {
  /** `host_executable` lists of the files before this one: the examples of this file are checked with them too. */
  readonly hosts?: Rules['hosts'];
  /** Where relative programs in examples are. */
  readonly cwd?: string;
}

/**
 * Reads the text of a rules file (execpolicy specification §2). `origin` names the file in errors. Never throws: a mistake
 * anywhere refuses the whole text, with its place. `rules` holds what this text says, nothing of `options.hosts`.
 */
export function parseRules(text: string, origin: string, options: ParseOptions = {}): ParsedRules {
  const collected: Collected = { prefix: [], network: [], hosts: new Map(), examples: [] };
  try {
    runFile(text, ruleFunctions(collected));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const span = error.span ?? { start: 0, end: 0 };
    return { ok: false, error: syntaxError(origin, text, error.message, span) };
  }
  const hosts = new Map([...(options.hosts ?? []), ...collected.hosts]);
  for (const check of collected.examples) {
    const message = checkExamples(check, hosts, options.cwd ?? '/');
    if (message !== null) return { ok: false, error: exampleError(origin, text, message, check.span) };
  }
  const { prefix, network } = collected;
  return { ok: true, rules: { prefix, network, hosts: collected.hosts } };
}
