import { joinForDisplay } from '@codex/shell-command';
import { matchRules, type RuleMatch } from './evaluate.ts';
import type { Decision, PatternToken, PrefixRule, Rules } from './rule.ts';
import type { ExampleCheck } from './rule-functions.ts';

/**
 * What is wrong with the examples of one call, or null. They are held against the rules of that call alone, with programs
 * resolved, since they shall document the rule they stand in.
 */
export function checkExamples(check: ExampleCheck, hosts: Rules['hosts'], cwd: string): string | null {
  const own: Rules = { prefix: check.rules, network: [], hosts };
  for (const words of check.notMatch) {
    const [violated] = matchRules(own, words, cwd);
    if (violated) return `expected example to not match rule \`${dumpMatch(violated)}\`: ${joinForDisplay(words)}`;
  }
  const unmatched = check.match.filter((words) => matchRules(own, words, cwd).length === 0);
  if (unmatched.length === 0) return null;
  const rules = check.rules.map((rule) => dumpText(dumpRule(rule))).join(', ');
  const examples = unmatched.map((words) => dumpText(joinForDisplay(words))).join(', ');
  return `expected every example to match at least one rule. rules: [${rules}]; unmatched examples: [${examples}]`;
}

function dumpRule({ first, rest, decision, justification }: PrefixRule): string {
  const pattern = `PrefixPattern { first: ${dumpText(first)}, rest: [${rest.map(dumpToken).join(', ')}] }`;
  return `PrefixRule { pattern: ${pattern}, decision: ${dumpDecision(decision)}, justification: ${dumpOption(justification)} }`;
}

function dumpMatch({ matchedPrefix, decision, resolvedProgram, justification }: RuleMatch): string {
  const program = resolvedProgram === null ? 'None' : `Some(AbsolutePathBuf(${dumpText(resolvedProgram)}))`;
  const prefix = matchedPrefix.map(dumpText).join(', ');
  const fields = `matched_prefix: [${prefix}], decision: ${dumpDecision(decision)}`;
  return `PrefixRuleMatch { ${fields}, resolved_program: ${program}, justification: ${dumpOption(justification)} }`;
}

function dumpToken(token: PatternToken): string {
  return typeof token === 'string' ? `Single(${dumpText(token)})` : `Alts([${token.map(dumpText).join(', ')}])`;
}

function dumpDecision(decision: Decision): string {
  return decision.charAt(0).toUpperCase() + decision.slice(1);
}

function dumpOption(text: string | null): string {
  return text === null ? 'None' : `Some(${dumpText(text)})`;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\0', '\\0'],
]);

function dumpText(text: string): string {
  const chars = Array.from(text, (char) => {
    const escape = ESCAPES.get(char);
    if (escape !== undefined) return escape;
    return /[\p{C}\p{Zl}\p{Zp}]/u.test(char) ? `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}` : char;
  });
  return `"${chars.join('')}"`;
}
