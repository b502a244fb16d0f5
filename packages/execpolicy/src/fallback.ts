import { isDangerous, isKnownSafe } from '@codex/shell-command';
import type { Decision } from './rule.ts';

/** What the user wants to be asked about; `granular` without its switches. */
export type ApprovalPolicy = 'never' | 'on-failure' | 'on-request' | 'granular' | 'untrusted';

export interface Situation {
  readonly approvalPolicy: ApprovalPolicy;
  /** The file system is confined. */
  readonly sandboxed: boolean;
  /** The call asks for more than the sandbox gives. */
  readonly escalated: boolean;
  /** See `CommandParts.complex`. */
  readonly complex: boolean;
}

/** What happens to a command that no rule matches (execpolicy specification §4). Pure. */
export function fallbackDecision(words: readonly string[], situation: Situation): Decision {
  const { approvalPolicy, sandboxed, escalated, complex } = situation;
  if (!complex && isKnownSafe(words)) return 'allow';
  if (isDangerous(words)) return approvalPolicy === 'never' ? 'forbidden' : 'prompt';
  switch (approvalPolicy) {
    case 'never':
    case 'on-failure':
      return 'allow';
    case 'on-request':
    case 'granular':
      return sandboxed && escalated ? 'prompt' : 'allow';
    case 'untrusted':
      return 'prompt';
  }
}
