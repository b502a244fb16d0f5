import {
  type Approvals,
  type Decision as RuleDecision,
  describe,
  evaluate,
  fallbackDecision,
  partsOf,
  proposeAmendment,
  type Rules,
  type Verdict,
} from '@codex/execpolicy';
import type { AskForApproval, SandboxPolicy } from '@codex/protocol';
import { isConfining } from '@codex/sandbox';
import { isKnownSafe } from '@codex/shell-command';

/** What a call asks for beyond what the sandbox gives: nothing, no sandbox at all, or a wider one. */
export type Wish = 'nothing' | 'escalation' | 'morePermissions';

export interface CommandRequest {
  argv: readonly string[];
  /** Where it runs: programs given by a relative path are looked up in the rules from here. */
  cwd: string;
  approvalPolicy: AskForApproval;
  sandboxPolicy: SandboxPolicy;
  rules: Rules;
  /** A script that is more than plain commands, and what runs in it destroys, escapes or hands out secrets. */
  hidesDanger: boolean;
  wish: Wish;
  justification: string | null;
  /** The prefix the model would like to be allowed for good. */
  prefixRule: readonly string[] | null;
  /** The user has allowed this very command for the session. */
  remembered: boolean;
}

/**
 * What happens to a command. `confined` tells whether the sandbox policy applies to the run, `amendment` is the prefix a
 * client may offer to allow for good.
 */
export type Decision =
  | { kind: 'run'; confined: boolean; amendment: string[] | null }
  | { kind: 'ask'; reason: string | null; confinedAfter: boolean; amendment: string[] | null }
  /** `escalation`: not the command is refused but the wish for more than the sandbox gives. */
  | { kind: 'refuse'; about: 'command' | 'escalation'; reason: string };

/**
 * The first decision about a command (core specification §15.2–15.4). Pure. Every part of a script is judged by the rules
 * and, where none matches, by what is known of the command; the strictest word counts. What rules allow runs outside the
 * sandbox, if all of it is allowed or only looks.
 */
export function decideCommand(request: CommandRequest): Decision {
  const decision = judge(request);
  // What the user has allowed spares the question; it does not undo what the policy forbids.
  if (decision.kind !== 'ask' || !request.remembered) return decision;
  return { kind: 'run', confined: decision.confinedAfter, amendment: decision.amendment };
}

function judge(request: CommandRequest): Decision {
  const { argv, cwd, approvalPolicy, sandboxPolicy, rules, wish } = request;
  // Only on-request lets the model ask for more than the sandbox allows, whether or not there is one.
  if (wish !== 'nothing' && approvalPolicy !== 'on-request') {
    return { kind: 'refuse', about: 'escalation', reason: wishRefused(approvalPolicy, wish) };
  }
  const sandboxed = isConfining(sandboxPolicy);
  const parts = partsOf(argv);
  const situation = {
    approvalPolicy: typeof approvalPolicy === 'string' ? approvalPolicy : ('granular' as const),
    sandboxed,
    escalated: wish !== 'nothing',
    complex: parts.complex,
  };
  const fallback = (words: readonly string[]): RuleDecision => {
    const decision = fallbackDecision(words, situation);
    if (request.hidesDanger && decision === 'allow') {
      if (approvalPolicy !== 'never') return 'prompt';
      // Where nobody can be asked, the sandbox is what protects; without one only a refusal does.
      if (!sandboxed) return 'forbidden';
    }
    // Reading is harmless inside the sandbox; with more permissions it may not be.
    return decision === 'allow' && wish === 'morePermissions' && sandboxed ? 'prompt' : decision;
  };
  const verdict = evaluate(rules, parts.commands, fallback, { ...parts, cwd });
  const action = describe(verdict, argv, approvals(approvalPolicy));
  if (action.kind === 'refuse') return { kind: 'refuse', about: 'command', reason: action.reason };

  const amendment =
    wish === 'morePermissions' ? null : proposeAmendment(rules, parts, verdict, request.prefixRule, fallback, { cwd });
  const confined = sandboxed && wish !== 'escalation';
  if (action.kind === 'run')
    return { kind: 'run', confined: confined && !(action.byRule && isVouched(verdict)), amendment };
  return { kind: 'ask', reason: action.reason ?? request.justification, confinedAfter: confined, amendment };
}

/** One allowed part does not take unknown ones out of the sandbox with it. */
function isVouched(verdict: Verdict): boolean {
  return verdict.matches.every((match) => match.kind === 'rule' || isKnownSafe(match.command));
}

/** Why a command got nowhere: the sandbox stopped it, or there is none on this machine. */
export type SandboxTrouble = 'denied' | 'noSandbox';

/** Whether the user is asked to run a command again without the sandbox (§15.6, §16.4). Pure. */
export function asksForRetry(policy: AskForApproval, trouble: SandboxTrouble): boolean {
  switch (policy) {
    case 'on-failure':
    case 'untrusted':
      return true;
    case 'never':
      return false;
    case 'on-request':
      // Told of a denial the model can ask for more; what cannot run at all would be asked about every time.
      return trouble === 'noSandbox';
    default:
      return policy.granular.sandbox_approval;
  }
}

function approvals(policy: AskForApproval): Approvals {
  if (typeof policy === 'string') return { policy };
  const { rules, sandbox_approval: sandboxApproval } = policy.granular;
  return { policy: 'granular', rules, sandboxApproval };
}

/** The name of a policy as refusals print it. */
export function policyName(policy: AskForApproval): string {
  switch (policy) {
    case 'never':
      return 'Never';
    case 'on-failure':
      return 'OnFailure';
    case 'on-request':
      return 'OnRequest';
    case 'untrusted':
      return 'UnlessTrusted';
    default:
      return 'Granular';
  }
}

function wishRefused(policy: AskForApproval, wish: Exclude<Wish, 'nothing'>): string {
  const name = policyName(policy);
  return wish === 'escalation'
    ? `approval policy is ${name}; reject command — you cannot ask for escalated permissions if the approval policy is ${name}`
    : `approval policy is ${name}; reject command — additional permissions can only be asked for if the approval policy is OnRequest`;
}
