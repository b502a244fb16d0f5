import { joinForDisplay } from '@codex/shell-command';
import type { RuleMatch, Verdict } from './evaluate.ts';
import type { ApprovalPolicy } from './fallback.ts';
import type { Decision } from './rule.ts';

/** How approvals stand; the two switches count under `granular` only. */
export interface Approvals {
  readonly policy: ApprovalPolicy;
  readonly rules?: boolean;
  readonly sandboxApproval?: boolean;
}

/** What a verdict means for a command. */
export type Action =
  /** `byRule`: at least one rule allows it, which also takes it out of the sandbox. */
  | { readonly kind: 'run'; readonly byRule: boolean }
  /** `reason` is null when no rule asks; the call's own justification is shown then. */
  | { readonly kind: 'ask'; readonly reason: string | null }
  /** `reason` is what the model is told. */
  | { readonly kind: 'refuse'; readonly reason: string };

/** From a verdict to what is done and said (core specification §15.3). `argv` is the whole command line. Pure. */
export function describe(verdict: Verdict, argv: readonly string[], approvals: Approvals): Action {
  const command = `\`${joinForDisplay(argv)}\``;
  const rule = longestRule(verdict, verdict.decision);
  switch (verdict.decision) {
    case 'allow':
      return { kind: 'run', byRule: rule !== null };
    case 'forbidden':
      return { kind: 'refuse', reason: `${command} rejected: ${forbiddenBecause(rule)}` };
    case 'prompt': {
      const refusal = cannotAsk(approvals, rule !== null);
      if (refusal !== null) return { kind: 'refuse', reason: refusal };
      if (rule === null) return { kind: 'ask', reason: null };
      const because = rule.justification === null ? ' by policy' : `: ${rule.justification}`;
      return { kind: 'ask', reason: `${command} requires approval${because}` };
    }
  }
}

function forbiddenBecause(rule: RuleMatch | null): string {
  if (rule === null) return 'blocked by policy';
  if (rule.justification !== null) return rule.justification;
  return `policy forbids commands starting with \`${joinForDisplay(rule.matchedPrefix)}\``;
}

function cannotAsk(approvals: Approvals, byRule: boolean): string | null {
  if (approvals.policy === 'never') return 'approval required by policy, but AskForApproval is set to Never';
  if (approvals.policy !== 'granular') return null;
  if (byRule && approvals.rules === false) {
    return 'approval required by policy rule, but AskForApproval::Granular.rules is false';
  }
  if (!byRule && approvals.sandboxApproval === false) {
    return 'approval required by policy, but AskForApproval::Granular.sandbox_approval is false';
  }
  return null;
}

/** The most specific rule of this decision; of equals the last. */
function longestRule(verdict: Verdict, decision: Decision): RuleMatch | null {
  let longest: RuleMatch | null = null;
  for (const match of verdict.matches) {
    if (match.kind !== 'rule' || match.decision !== decision) continue;
    if (match.matchedPrefix.length >= (longest?.matchedPrefix.length ?? 0)) longest = match;
  }
  return longest;
}
