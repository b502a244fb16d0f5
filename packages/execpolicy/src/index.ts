export { evaluate, type EvaluateOptions, type Match, type RuleMatch, type Verdict } from './evaluate.ts';
export { type ParsedRules, type ParseOptions, parseRules } from './parse-rules.ts';
export {
  allowedPrefixes,
  type Decision,
  mergeRules,
  type NetworkProtocol,
  type NetworkRule,
  NO_RULES,
  type PatternToken,
  type PrefixRule,
  type Rules,
  withNetwork,
  withPrefix,
} from './rule.ts';
export type { RuleError } from './rule-error.ts';
export { type CheckResult, runCheck } from './run-check.ts';
