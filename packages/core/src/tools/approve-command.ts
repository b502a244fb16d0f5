import type { AskForApproval, CommandAction, SandboxPolicy } from '@codex/protocol';
import type { OpenItem } from '@codex/timeline';
import { joinForDisplay } from '@codex/shell-command';
import { decideCommand, proposedAmendment } from '../approval/decide.ts';
import { commandKey } from '../approval/remember.ts';
import { type CommandItem, declinedItem, failedItem } from './command-item.ts';
import type { TurnContextForTools } from './tool.ts';

export interface CommandToApprove {
  argv: readonly string[];
  cwd: string;
  tty: boolean;
  /** What the model said about it. */
  sandboxPermissions: string | null;
  justification: string | null;
  prefixRule: readonly string[] | null;
}

export type Approval =
  /** `policy` is the one to run under; `item` is open when the user was asked. */
  | { kind: 'run'; policy: SandboxPolicy; item: OpenItem | null }
  /** `reason` goes to the model; the item, if any, is completed. `by` says who or what stood against it. */
  | { kind: 'rejected'; reason: string; by: 'user' | 'command' | 'escalation'; stopTurn: boolean };

/** Settles whether a command may run, asking the client where the policy wants it (core specification §15). */
export async function approveCommand(
  context: TurnContextForTools,
  command: CommandToApprove,
  item: CommandItem,
): Promise<Approval> {
  const { scope, settings, session, signal } = context;
  const { argv, cwd, justification } = command;
  const escalated = command.sandboxPermissions === 'require_escalated';
  const key = commandKey({ argv, cwd, escalated, tty: command.tty });
  const decision = decideCommand({
    argv,
    approvalPolicy: settings.approvalPolicy,
    sandboxPolicy: settings.sandboxPolicy,
    escalated,
    justification,
    remembered: session.approvals.has(key),
  });
  if (decision.kind === 'run') return { kind: 'run', policy: runPolicy(settings, decision.confined), item: null };
  if (decision.kind === 'refuse') {
    const reason = refusalText(argv, decision.reason, settings.approvalPolicy);
    return { kind: 'rejected', reason, by: decision.about, stopTurn: false };
  }

  const open = scope.start(item);
  const amendment = proposedAmendment(argv, command.prefixRule);
  const answer = await scope.ask(
    'item/commandExecution/requestApproval',
    {
      itemId: item.id,
      ...(decision.reason === null ? {} : { reason: decision.reason }),
      command: item.command,
      cwd,
      commandActions: item.commandActions satisfies CommandAction[],
      proposedExecpolicyAmendment: amendment,
      availableDecisions: ['accept', { acceptWithExecpolicyAmendment: { execpolicy_amendment: amendment } }, 'cancel'],
    },
    signal,
  );
  if (!answer.ok) {
    open.complete(failedItem(item, `the client could not decide: ${answer.error.message}`));
    return { kind: 'rejected', reason: 'rejected by user', by: 'user', stopTurn: false };
  }
  const verdict = answer.result.decision;
  const run: Approval = { kind: 'run', policy: runPolicy(settings, decision.confinedAfter), item: open };
  if (verdict === 'accept') return run;
  if (verdict === 'acceptForSession') {
    session.approvals.remember(key);
    return run;
  }
  if (typeof verdict === 'object' && 'acceptWithExecpolicyAmendment' in verdict) {
    session.approvals.remember(key);
    return run;
  }
  open.complete(declinedItem(item, 'exec command rejected by user'));
  return { kind: 'rejected', reason: 'rejected by user', by: 'user', stopTurn: verdict === 'cancel' };
}

/** A sandbox from outside is there whatever is decided here; its limits on the network are told to the command. */
function runPolicy({ sandboxPolicy }: TurnContextForTools['settings'], confined: boolean): SandboxPolicy {
  return confined || sandboxPolicy.type === 'externalSandbox' ? sandboxPolicy : { type: 'dangerFullAccess' };
}

function refusalText(argv: readonly string[], reason: string, policy: AskForApproval): string {
  return reason === 'blocked by policy' && policy === 'never'
    ? `\`${joinForDisplay([...argv])}\` rejected: ${reason}`
    : reason;
}
