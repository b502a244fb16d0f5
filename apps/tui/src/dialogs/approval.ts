import type {
  AdditionalPermissionProfile,
  CommandExecutionApprovalDecision,
  CommandExecutionRequestApprovalParams,
  FileChangeApprovalDecision,
  FileChangeRequestApprovalParams,
  FileUpdateChange,
  PermissionsRequestApprovalParams,
  RequestId,
} from '@codex/protocol';
import { commandText } from '../cells/command.ts';
import { addCells } from '../state.ts';
import type { Choice, Dialog, State, Step } from '../model.ts';
import { step } from '../step.ts';
import { relativeTo } from '../text/path.ts';
import { plainLine } from '../text/plain.ts';

type Body = NonNullable<Dialog['body']>[number];
type CommandParams = CommandExecutionRequestApprovalParams;

/** May a command run, or reach a host? With every decision that the server offers. */
export function askCommand(id: RequestId, params: CommandParams, state: State): Dialog {
  const command = params.command ? commandText(params.command) : null;
  const host = params.networkApprovalContext;
  const what = host ? `reach ${plainLine(host.host)}` : `run ${plainLine(command ?? 'a command')}`;
  const decide = (decision: CommandExecutionApprovalDecision, isYes: boolean, text: string) => (now: State) =>
    answered(now, id, { decision }, isYes, text);
  const choices = (params.availableDecisions ?? decisionsFor(params)).flatMap((decision): Choice[] => {
    const words = wordsFor(decision, what);
    return words
      ? [{ label: words.label, key: words.key, choose: decide(decision, words.key !== 'd', words.told) }]
      : [];
  });
  const cancel = decide('cancel', false, `You did not let Codex ${what}`);
  return {
    kind: 'select',
    question: id,
    title: host ? `May this command reach ${plainLine(host.host)} (${host.protocol})?` : 'May Codex run this command?',
    body: [
      ...(params.reason ? [{ text: `Reason: ${params.reason}` }] : []),
      ...(command === null ? [] : [{ text: `$ ${command}`, look: 'code' as const }]),
      ...(params.cwd && params.cwd !== state.session?.cwd ? [{ text: `in ${params.cwd}`, look: 'dim' as const }] : []),
      ...permissionLines(params.additionalPermissions ?? null),
      ...fromAgent(params.threadId, state),
    ],
    choices: [...choices, ...refusals(decide('decline', false, `You did not let Codex ${what}`), cancel)],
    selected: 0,
    hint: 'enter or the key in brackets answers, ctrl+t shows the transcript',
    cancel,
  };
}

/** How a decision is offered and told; null for those that every question has. */
function wordsFor(
  decision: CommandExecutionApprovalDecision,
  what: string,
): { key: string; label: string; told: string } | null {
  if (decision === 'cancel' || decision === 'decline') return null;
  if (decision === 'accept') return { key: 'y', label: 'Yes, once', told: `You let Codex ${what}` };
  if (decision === 'acceptForSession') {
    const label = 'Yes, and do not ask again in this session';
    return { key: 'a', label, told: `You let Codex ${what} in this session` };
  }
  if ('acceptWithExecpolicyAmendment' in decision) {
    const prefix = plainLine(commandText(decision.acceptWithExecpolicyAmendment.execpolicy_amendment.join(' ')));
    const label = `Yes, and always allow commands that begin with: ${prefix}`;
    return { key: 'p', label, told: `You always let Codex run commands that begin with ${prefix}` };
  }
  const { host, action } = decision.applyNetworkPolicyAmendment.network_policy_amendment;
  const name = plainLine(host);
  return action === 'allow'
    ? { key: 'p', label: `Yes, and always allow ${name}`, told: `You always let Codex reach ${name}` }
    : { key: 'd', label: `No, and never allow ${name}`, told: `You never let Codex reach ${name}` };
}

function decisionsFor(params: CommandParams): CommandExecutionApprovalDecision[] {
  const rule = params.proposedExecpolicyAmendment;
  return [
    'accept',
    'acceptForSession',
    ...(rule ? [{ acceptWithExecpolicyAmendment: { execpolicy_amendment: rule } }] : []),
    ...(params.proposedNetworkPolicyAmendments ?? []).map((amendment) => ({
      applyNetworkPolicyAmendment: { network_policy_amendment: amendment },
    })),
  ];
}

/** May files be changed? The changes are those of the item that waits; it may be told of after the question. */
export function askPatch(id: RequestId, params: FileChangeRequestApprovalParams, state: State): Dialog {
  const decide = (decision: FileChangeApprovalDecision, isYes: boolean, text: string) => (now: State) =>
    answered(now, id, { decision }, isYes, `${text} ${filesOf(now, params.itemId)}`);
  const cancel = decide('cancel', false, 'You did not let Codex change');
  return {
    kind: 'select',
    question: id,
    title: 'May Codex make these changes?',
    body: [
      ...(params.reason ? [{ text: `Reason: ${params.reason}` }] : []),
      ...(params.grantRoot
        ? [{ text: `This would let it write to ${params.grantRoot} in this session.`, look: 'warn' as const }]
        : []),
      ...fromAgent(params.threadId, state),
    ],
    patchId: params.itemId,
    choices: [
      { label: 'Yes, once', key: 'y', choose: decide('accept', true, 'You let Codex change') },
      {
        label: 'Yes, and do not ask again for these files',
        key: 'a',
        choose: decide('acceptForSession', true, 'For this session you let Codex change'),
      },
      ...refusals(decide('decline', false, 'You did not let Codex change'), cancel),
    ],
    selected: 0,
    hint: 'enter or the key in brackets answers, ctrl+t shows the transcript',
    cancel,
  };
}

function filesOf({ open, session }: State, itemId: string): string {
  const names = changesOf(open, itemId).map(({ path }) => plainLine(relativeTo(session?.cwd ?? '', path)));
  return names.join(', ') || 'files';
}

/** The changes of a patch that is not over. */
export function changesOf(open: State['open'], itemId: string): readonly FileUpdateChange[] {
  const item = open.find((candidate) => candidate.item.id === itemId)?.item;
  return item?.type === 'fileChange' ? item.changes : [];
}

/** May the model have more permissions, for this turn or the session? */
export function askPermissions(id: RequestId, { permissions, reason }: PermissionsRequestApprovalParams): Dialog {
  const grant = (scope: 'turn' | 'session', text: string) => (state: State) =>
    answered(state, id, { permissions: granted(permissions), scope }, true, text);
  const refuse = (state: State) =>
    answered(state, id, { permissions: {}, scope: 'turn' }, false, 'You did not give Codex these permissions');
  return {
    kind: 'select',
    question: id,
    title: 'May Codex have these permissions?',
    body: [...(reason ? [{ text: `Reason: ${reason}` }] : []), ...permissionLines(permissions)],
    choices: [
      {
        label: 'Yes, for this turn',
        key: 'y',
        choose: grant('turn', 'You gave Codex these permissions for this turn'),
      },
      {
        label: 'Yes, for the session',
        key: 'a',
        choose: grant('session', 'You gave Codex these permissions for the session'),
      },
      { label: 'No', key: 'n', choose: refuse },
    ],
    selected: 0,
    cancel: refuse,
  };
}

/** What was asked for, without what was not. */
function granted({ network, fileSystem, macos }: AdditionalPermissionProfile) {
  return { ...(network ? { network } : {}), ...(fileSystem ? { fileSystem } : {}), ...(macos ? { macos } : {}) };
}

function permissionLines(permissions: AdditionalPermissionProfile | null): Body[] {
  if (!permissions) return [];
  const { network, fileSystem, macos } = permissions;
  const lines = [
    ...(network?.enabled ? ['use the network'] : []),
    ...(fileSystem?.read ?? []).map((path) => `read ${path}`),
    ...(fileSystem?.write ?? []).map((path) => `write ${path}`),
    ...(macos ? [`macOS: ${JSON.stringify(macos)}`] : []),
  ];
  return lines.map((text) => ({ text: `· ${text}`, look: 'warn' }));
}

function refusals(decline: Choice['choose'], cancel: Choice['choose']): Choice[] {
  return [
    { label: 'No, go on without it', key: 'n', choose: decline },
    { label: 'No, stop, and I say what to do instead (esc)', choose: cancel },
  ];
}

function fromAgent(threadId: string, { session }: State): Body[] {
  return threadId === session?.threadId ? [] : [{ text: `asked by the agent ${threadId}`, look: 'dim' }];
}

function answered(state: State, id: RequestId, result: unknown, isYes: boolean, text: string): Step {
  return step(addCells(state, { kind: 'answered', isYes, text }), { type: 'answer', id, result });
}
