export { amendNetwork, amendPrefix, type AmendOptions, type NetworkAmendment } from './amend.ts';
export { type Action, type Approvals, describe } from './describe.ts';
export {
  evaluate,
  type EvaluateOptions,
  type Match,
  matchRules,
  type RuleMatch,
  type Verdict,
} from './evaluate.ts';
export { type ApprovalPolicy, fallbackDecision, type Situation } from './fallback.ts';
export { type LoadedRules, loadRules, type RulesWarning } from './load.ts';
export { type ManagedRule, managedRules } from './managed.ts';
export { type CommandParts, partsOf } from './parts.ts';
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
export { proposeAmendment } from './propose.ts';
export { createRulesReader, type RulesReader } from './reader.ts';
export type { RuleError } from './rule-error.ts';
export { type CheckResult, runCheck } from './run-check.ts';
