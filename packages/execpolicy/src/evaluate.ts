import path from 'node:path';
import { type Decision, type PrefixRule, type Rules, stricter } from './rule.ts';
import { programKey } from './rule-functions.ts';

export type Match =
  | {
      readonly kind: 'rule';
      /** The words that the rule matched. */
      readonly matchedPrefix: readonly string[];
      readonly decision: Decision;
      readonly justification: string | null;
      /** The absolute path that was taken for its base name; null when the program was looked up as written. */
      readonly resolvedProgram: string | null;
    }
  /** No rule matched this part; the fallback judged it. */
  | { readonly kind: 'fallback'; readonly command: readonly string[]; readonly decision: Decision };

export type RuleMatch = Extract<Match, { kind: 'rule' }>;

export interface Verdict {
  readonly decision: Decision;
  /** Part by part, within a part in the order of the rules. */
  readonly matches: readonly Match[];
}

export interface EvaluateOptions {
  /** Against which relative programs are made absolute; without it programs are only looked up as written. */
  readonly cwd?: string;
  /** Commands seen inside a script that cannot be taken apart: rules can forbid and question them, never allow them. */
  readonly hidden?: readonly (readonly string[])[];
  /** Rules cannot allow the parts, only forbid and question them. */
  readonly restrictOnly?: boolean;
}

/**
 * Judges every part of a command: by the rules that match it, otherwise by `fallback`; the strictest word counts
 * (execpolicy specification §3). What `partsOf` found goes in as `evaluate(rules, parts.commands, fallback, { ...parts, cwd })`.
 * Pure.
 */
export function evaluate(
  rules: Rules,
  commands: readonly (readonly string[])[],
  fallback: (words: readonly string[]) => Decision,
  options: EvaluateOptions = {},
): Verdict {
  const parts = commands.length > 0 ? commands : [[]];
  const matches = parts.flatMap((words): Match[] => {
    const all = matchRules(rules, words, options.cwd);
    const found = options.restrictOnly ? all.filter(isRestricting) : all;
    return found.length > 0 ? found : [{ kind: 'fallback', command: words, decision: fallback(words) }];
  });
  for (const words of options.hidden ?? []) {
    for (const match of matchRules(rules, words, options.cwd)) if (isRestricting(match)) matches.push(match);
  }
  return { decision: matches.map((match) => match.decision).reduce(stricter, 'allow'), matches };
}

function isRestricting(match: RuleMatch): boolean {
  return match.decision !== 'allow';
}

/**
 * The rules that match a command. What matches the program as written goes first; only if nothing does, and with `cwd`,
 * is a path looked up by its base name, provided the `host_executable` list of that name, if there is one, holds it.
 * Managed rules are looked up both ways in any case.
 */
export function matchRules(rules: Rules, words: readonly string[], cwd?: string): RuleMatch[] {
  const direct = matchAll(rules.prefix, words, null);
  const [program, ...rest] = words;
  if (cwd === undefined || program === undefined) return direct;
  if (!program.includes('/') && !(process.platform === 'win32' && program.includes('\\'))) return direct;
  const resolved = path.resolve(cwd, program);
  const name = programKey(path.basename(resolved));
  if (name === '') return direct;
  const accepted = direct.length === 0 && (rules.hosts.get(name)?.includes(resolved) ?? true);
  const byName = accepted ? rules.prefix : rules.prefix.filter((rule) => rule.managed);
  return [...direct, ...matchAll(byName, [name, ...rest], resolved)];
}

function matchAll(rules: readonly PrefixRule[], words: readonly string[], resolvedProgram: string | null): RuleMatch[] {
  const matches: RuleMatch[] = [];
  for (const rule of rules) {
    if (!matchesRule(rule, words)) continue;
    const { decision, justification } = rule;
    const matchedPrefix = words.slice(0, rule.rest.length + 1);
    matches.push({ kind: 'rule', matchedPrefix, decision, justification, resolvedProgram });
  }
  return matches;
}

function matchesRule({ first, rest }: PrefixRule, words: readonly string[]): boolean {
  if (words[0] !== first || words.length <= rest.length) return false;
  return rest.every((token, i) => {
    const word = words[i + 1] ?? '';
    return typeof token === 'string' ? token === word : token.includes(word);
  });
}
