import type { AskForApproval, SandboxPolicy } from '@codex/protocol';
import { isDangerous, isKnownSafe, splitCommand } from '@codex/shell-command';

export interface CommandRequest {
  argv: readonly string[];
  approvalPolicy: AskForApproval;
  sandboxPolicy: SandboxPolicy;
  /** The model asks to run outside the sandbox. */
  escalated: boolean;
  justification: string | null;
  /** The user has allowed this very command for the session. */
  remembered: boolean;
}

/** What happens to a command. `confined` tells whether the sandbox policy applies to the run. */
export type Decision =
  | { kind: 'run'; confined: boolean }
  | { kind: 'ask'; reason: string | null; confinedAfter: boolean }
  /** `escalation`: not the command is refused but the wish to run it without the sandbox. */
  | { kind: 'refuse'; about: 'command' | 'escalation'; reason: string };

/**
 * The first decision about a command that no rule matches (core specification §15.2). Pure. Each plain part of a
 * script is judged and the strictest verdict wins; a script that cannot be taken apart is judged as one unknown command.
 */
export function decideCommand(request: CommandRequest): Decision {
  const decision = judge(request);
  // What the user has allowed spares the question; it does not undo what the policy forbids.
  return decision.kind === 'ask' && request.remembered ? { kind: 'run', confined: decision.confinedAfter } : decision;
}

function judge(request: CommandRequest): Decision {
  const { approvalPolicy, sandboxPolicy, escalated } = request;
  const unconfined = sandboxPolicy.type === 'dangerFullAccess' || sandboxPolicy.type === 'externalSandbox';
  const dangerous = isDangerous([...request.argv]);
  const safe = !dangerous && isKnownSafe([...request.argv]);

  // Only on-request lets the model ask for more than the sandbox allows, whether or not there is one.
  if (escalated && approvalPolicy !== 'on-request') {
    return { kind: 'refuse', about: 'escalation', reason: escalationRefused(approvalPolicy) };
  }
  if (dangerous) {
    if (approvalPolicy === 'never') return { kind: 'refuse', about: 'command', reason: 'blocked by policy' };
    if (isGranularWithout(approvalPolicy, 'sandbox_approval')) {
      return {
        kind: 'refuse',
        about: 'command',
        reason: 'approval required by policy, but AskForApproval::Granular.sandbox_approval is false',
      };
    }
    return { kind: 'ask', reason: request.justification, confinedAfter: !unconfined && !escalated };
  }
  if (safe) return { kind: 'run', confined: !unconfined && !escalated };
  if (approvalPolicy === 'untrusted') {
    return { kind: 'ask', reason: request.justification, confinedAfter: !unconfined };
  }
  if (escalated && !unconfined) return { kind: 'ask', reason: request.justification, confinedAfter: false };
  return { kind: 'run', confined: !unconfined };
}

function isGranularWithout(policy: AskForApproval, key: 'sandbox_approval' | 'rules'): boolean {
  return typeof policy === 'object' && !policy.granular[key];
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

function escalationRefused(policy: AskForApproval): string {
  const name = policyName(policy);
  return `approval policy is ${name}; reject command — you cannot ask for escalated permissions if the approval policy is ${name}`;
}

/**
 * The prefix a client may offer to allow for good: what the model proposed if it is acceptable and covers the whole
 * command, else the command itself; a script that cannot be taken apart is offered whole (core specification §15.4).
 */
export function proposedAmendment(argv: readonly string[], wanted: readonly string[] | null): string[] {
  const parts = splitCommand([...argv]);
  if (wanted?.length && !isBanned(wanted)) {
    const covers = (words: readonly string[]) => wanted.every((word, i) => words[i] === word);
    if (parts && parts.every(covers)) return [...wanted];
  }
  if (!parts) return [...argv];
  const unsafe = parts.find((words) => !isKnownSafe(words)) ?? parts[0];
  return unsafe ? [...unsafe] : [...argv];
}

const INTERPRETERS = new Set([
  'python',
  'python3',
  'py',
  'pythonw',
  'pyw',
  'pypy',
  'bash',
  'sh',
  'zsh',
  '/bin/bash',
  '/bin/sh',
  '/bin/zsh',
  'pwsh',
  'powershell',
  'powershell.exe',
  'env',
  'sudo',
  'node',
  'perl',
  'ruby',
  'php',
  'lua',
  'osascript',
]);
const CODE_FLAGS = new Set(['-c', '-e', '-lc', '-r', '-Command']);

function isBanned(prefix: readonly string[]): boolean {
  const [program, flag] = prefix;
  if (program === undefined) return true;
  if (prefix.length === 1) return INTERPRETERS.has(program) || program === 'git';
  return prefix.length === 2 && INTERPRETERS.has(program) && flag !== undefined && CODE_FLAGS.has(flag);
}
