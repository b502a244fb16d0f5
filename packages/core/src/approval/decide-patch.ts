import type { AskForApproval, SandboxPolicy } from '@codex/protocol';

export interface PatchRequest {
  approvalPolicy: AskForApproval;
  sandboxPolicy: SandboxPolicy;
  /** Every touched path may be written under the sandbox policy. */
  insideRoots: boolean;
  /** The user has allowed every touched file for the session. */
  remembered: boolean;
}

export type PatchDecision = { kind: 'apply' } | { kind: 'ask' } | { kind: 'refuse'; reason: string };

const OUTSIDE = 'patch rejected: writing outside of the project; rejected by user approval settings';

/** What happens to a patch that could be applied (core specification §12.6). Pure. */
export function decidePatch(request: PatchRequest): PatchDecision {
  const decision = judge(request);
  return decision.kind === 'ask' && request.remembered ? { kind: 'apply' } : decision;
}

function judge({ approvalPolicy, sandboxPolicy, insideRoots }: PatchRequest): PatchDecision {
  if (approvalPolicy === 'untrusted') return { kind: 'ask' };
  const unconfined = sandboxPolicy.type === 'dangerFullAccess' || sandboxPolicy.type === 'externalSandbox';
  if (unconfined || insideRoots) return { kind: 'apply' };
  if (approvalPolicy === 'never') return { kind: 'refuse', reason: OUTSIDE };
  if (typeof approvalPolicy === 'object' && !approvalPolicy.granular.sandbox_approval) {
    return { kind: 'refuse', reason: OUTSIDE };
  }
  // On-failure cannot try first: a patch is written by this process, which no sandbox stops.
  return { kind: 'ask' };
}
