import { isCodexError } from '@codex/base';
import type { CommandExecutionApprovalDecision, ResponseItem, SandboxPolicy } from '@codex/protocol';
import { isConfining } from '@codex/sandbox';
import { loadJudge, shellScript, splitCommand } from '@codex/shell-command';
import type { OpenItem } from '@codex/timeline';
import { askUser, type Reply } from '../approval/ask-user.ts';
import { asksForRetry, decideCommand, type SandboxTrouble, type Wish } from '../approval/decide.ts';
import { makeMissing } from '../approval/granted-paths.ts';
import {
  covers,
  joinPermissions,
  NO_PERMISSIONS,
  type Permissions,
  toProfile,
  widen,
} from '../approval/permissions.ts';
import { commandKey } from '../approval/remember.ts';
import { type CommandItem, declinedItem, failedItem } from './command-item.ts';
import type { TurnContextForTools } from './tool.ts';

export interface CommandToApprove {
  argv: readonly string[];
  cwd: string;
  tty: boolean;
  /** What the model said about it. */
  wish: Wish;
  /** With the wish for more permissions: which. */
  permissions: Permissions | null;
  justification: string | null;
  prefixRule: readonly string[] | null;
}

/** A command as it is going to run. */
export interface Permit {
  policy: SandboxPolicy;
  /** The folder the policy is about. */
  policyCwd: string;
  /** A sandbox of ours is around it. */
  confined: boolean;
  /** What may be offered to be allowed for good, should the user be asked once more. */
  amendment: string[] | null;
}

export type Approval =
  /** `item` is open when the user was asked; `notes` go into the history ahead of the output. */
  | { kind: 'run'; permit: Permit; item: OpenItem | null; notes: ResponseItem[] }
  /** `reason` goes to the model; the item, if any, is completed. `by` says who or what stood against it. */
  | { kind: 'rejected'; reason: string; by: 'user' | 'command' | 'escalation'; stopTurn: boolean };

export type Retry =
  | { kind: 'run'; permit: Permit; notes: ResponseItem[] }
  /** It stays as it is; `reason` is null when nobody was asked. */
  | { kind: 'stay'; reason: string | null; stopTurn: boolean };

/**
 * Settles whether a command may run, asking the client where the policy wants it (core specification §15). `start` opens
 * the item, which is before the question.
 */
export async function approveCommand(
  context: TurnContextForTools,
  command: CommandToApprove,
  item: CommandItem,
  start: () => OpenItem,
): Promise<Approval> {
  const { settings, session, scope } = context;
  const granted = session.grants.inForce(scope.turnId);
  const more = command.permissions && !covers(granted, command.permissions) ? command.permissions : null;
  const wish = command.wish === 'morePermissions' && !more ? 'nothing' : command.wish;
  const hidesDanger = await hasHiddenDanger(command.argv);
  const decide = async (remembered: boolean) =>
    decideCommand({
      argv: command.argv,
      cwd: command.cwd,
      approvalPolicy: settings.approvalPolicy,
      sandboxPolicy: settings.sandboxPolicy,
      rules: await session.rules.current(),
      hidesDanger,
      wish,
      justification: command.justification,
      prefixRule: command.prefixRule,
      remembered,
    });
  const key = keyOf(command, wish === 'escalation', more);
  const decision = await decide(session.approvals.has(key));
  if (decision.kind === 'refuse') {
    start().complete(declinedItem(item, decision.reason));
    return { kind: 'rejected', reason: decision.reason, by: decision.about, stopTurn: false };
  }
  const { amendment } = decision;
  const permissions = joinPermissions(granted, more ?? NO_PERMISSIONS);
  const permit = async (confined: boolean): Promise<Permit> => {
    if (confined) await makeMissing(permissions.write, session.files, session.log);
    return { ...policyFor(context, confined, permissions), amendment };
  };
  if (decision.kind === 'run') return { kind: 'run', permit: await permit(decision.confined), item: null, notes: [] };

  const open = start();
  const question = { itemId: open.id, reason: decision.reason, amendment, more };
  const reply = await askAboutCommand(context, command, item, question);
  const answer = await settle(context, reply, key);
  if (answer.kind === 'no') {
    open.complete(answer.failed ? failedItem(item, answer.shown) : declinedItem(item, answer.shown));
    return { kind: 'rejected', reason: answer.reason, by: 'user', stopTurn: answer.stopTurn };
  }
  // What was just allowed for good counts for this run already.
  const now = answer.amended ? await decide(false) : null;
  const confined = now?.kind === 'run' ? now.confined : decision.confinedAfter;
  return { kind: 'run', permit: await permit(confined), item: open, notes: answer.notes };
}

const DENIED = 'command failed; retry without sandbox?';
const NO_SANDBOX = 'the sandbox is not available here; run without it?';

/**
 * Settles whether a command that the sandbox stopped runs once more without it (core specification §15.6). Having allowed
 * it inside the sandbox is no yes to that. The item stays open.
 */
export async function approveRetry(
  context: TurnContextForTools,
  command: CommandToApprove,
  item: CommandItem,
  stopped: { permit: Permit; why: SandboxTrouble; start: () => OpenItem },
): Promise<Retry> {
  const { settings, session } = context;
  if (!asksForRetry(settings.approvalPolicy, stopped.why)) return { kind: 'stay', reason: null, stopTurn: false };
  const { amendment } = stopped.permit;
  const permit: Permit = { ...policyFor(context, false, NO_PERMISSIONS), amendment };
  const key = keyOf(command, true, null);
  if (session.approvals.has(key)) return { kind: 'run', permit, notes: [] };
  const reason = stopped.why === 'denied' ? DENIED : NO_SANDBOX;
  const question = { itemId: stopped.start().id, reason, amendment, more: null };
  const reply = await askAboutCommand(context, command, item, question);
  const answer = await settle(context, reply, key);
  return answer.kind === 'no'
    ? { kind: 'stay', reason: answer.reason, stopTurn: answer.stopTurn }
    : { kind: 'run', permit, notes: answer.notes };
}

/** What the model is told of a run without the sandbox that was asked about and is not to be; empty when nobody was asked. */
export function retryRemark({ reason }: Extract<Retry, { kind: 'stay' }>): string {
  return reason === null ? '' : `\nA run without the sandbox was ${reason}.`;
}

/** True for the refusal to start a command whose policy cannot be enforced. */
export function lacksSandbox(error: unknown): boolean {
  return isCodexError(error) && error.code === 'sandboxUnavailable';
}

/** Plain commands are judged word by word; of other scripts only a reading of the whole tells what runs in them. */
async function hasHiddenDanger(argv: readonly string[]): Promise<boolean> {
  if (shellScript(argv) === null || splitCommand(argv)) return false;
  const { judge } = await loadJudge();
  return judge(argv) === 'dangerous';
}

function keyOf({ argv, cwd, tty }: CommandToApprove, escalated: boolean, permissions: Permissions | null): string {
  return commandKey({ argv, cwd, tty, escalated, permissions });
}

/** A sandbox from outside is there whatever is decided here; its limits on the network are told to the command. */
function policyFor(
  { settings }: TurnContextForTools,
  confined: boolean,
  permissions: Permissions,
): Omit<Permit, 'amendment'> {
  const { sandboxPolicy, cwd } = settings;
  if (!confined && sandboxPolicy.type !== 'externalSandbox') {
    return { policy: { type: 'dangerFullAccess' }, policyCwd: cwd, confined: false };
  }
  const wide = widen({ policy: sandboxPolicy, cwd }, permissions);
  return { policy: wide.policy, policyCwd: wide.cwd, confined: isConfining(wide.policy) };
}

type CommandReply = Reply<'item/commandExecution/requestApproval'>;

function askAboutCommand(
  context: TurnContextForTools,
  { cwd }: CommandToApprove,
  item: CommandItem,
  question: { itemId: string; reason: string | null; amendment: string[] | null; more: Permissions | null },
): Promise<CommandReply> {
  const { itemId, reason, amendment, more } = question;
  const offer: CommandExecutionApprovalDecision[] = amendment
    ? [{ acceptWithExecpolicyAmendment: { execpolicy_amendment: amendment } }]
    : [];
  return askUser(context, 'item/commandExecution/requestApproval', {
    itemId,
    ...(reason === null ? {} : { reason }),
    command: item.command,
    cwd,
    commandActions: item.commandActions,
    ...(amendment ? { proposedExecpolicyAmendment: amendment } : {}),
    ...(more ? { additionalPermissions: toProfile(more) } : {}),
    availableDecisions: ['accept', ...offer, 'cancel'],
  });
}

type Answered =
  | { kind: 'yes'; amended: boolean; notes: ResponseItem[] }
  /** `shown` stands where the output would be, `reason` goes to the model. */
  | { kind: 'no'; reason: string; shown: string; failed: boolean; stopTurn: boolean };

/** Does what an answer asks for besides running the command or not (core specification §15.5). */
async function settle({ session }: TurnContextForTools, reply: CommandReply, key: string): Promise<Answered> {
  if (reply.kind === 'failed') {
    const shown = `the client could not decide: ${reply.message}`;
    return { kind: 'no', reason: 'rejected by user', shown, failed: true, stopTurn: false };
  }
  if (reply.kind === 'unanswered') {
    return no(`rejected: nobody answered within ${reply.ms} ms`, reply.stopTurn);
  }
  const decision = reply.kind === 'unclear' ? 'decline' : reply.result.decision;
  if (decision === 'accept') return yes();
  if (decision === 'decline') return no('rejected by user', false);
  if (decision === 'cancel') return no('rejected by user', true);
  if (decision === 'acceptForSession') {
    session.approvals.remember(key);
    return yes();
  }
  if ('applyNetworkPolicyAmendment' in decision) {
    const { action } = decision.applyNetworkPolicyAmendment.network_policy_amendment;
    return action === 'deny' ? no('rejected by user', false) : yes();
  }
  const prefix = decision.acceptWithExecpolicyAmendment.execpolicy_amendment;
  try {
    await session.rules.allow(prefix);
  } catch (err) {
    // The yes still holds, as long as the thread lives.
    session.log.error({ err, prefix }, 'an allowed prefix could not be saved');
    session.approvals.remember(key);
    return yes();
  }
  const text = `Approved command prefix saved:\n- [${prefix.map((word) => JSON.stringify(word)).join(', ')}]`;
  const note: ResponseItem = { type: 'message', role: 'developer', content: [{ type: 'input_text', text }] };
  return { kind: 'yes', amended: true, notes: [note] };
}

function yes(): Answered {
  return { kind: 'yes', amended: false, notes: [] };
}

function no(reason: string, stopTurn: boolean): Answered {
  return { kind: 'no', reason, shown: `exec command ${reason}`, failed: false, stopTurn };
}
