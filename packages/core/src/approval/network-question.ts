import { linkedController, unreachable } from '@codex/base';
import type { HostRequest, ProxyProtocol } from '@codex/network-proxy';
import type { NetworkAmendment } from '@codex/execpolicy';
import type { NetworkApprovalContext, NetworkPolicyAmendment, ResponseItem } from '@codex/protocol';
import { isConfining } from '@codex/sandbox';
import type { ThreadSession } from '../session.ts';
import { askUser, type Reply } from './ask-user.ts';
import type { AskingTurn } from './thread-network.ts';

export type HostAnswer =
  | { kind: 'yes'; forSession: boolean }
  /** `reason` ends the sentence that the model reads. */
  | { kind: 'no'; reason: string; forSession: boolean; stopTurn: boolean };

interface ProtocolNames {
  wire: NetworkApprovalContext['protocol'];
  rule: NetworkAmendment['protocol'];
  /** In ids and justifications. */
  id: string;
  label: string;
}

const PROTOCOLS: Readonly<Record<ProxyProtocol, ProtocolNames>> = {
  http: { wire: 'http', rule: 'http', id: 'http', label: 'http' },
  https_connect: { wire: 'https', rule: 'https', id: 'https', label: 'https_connect' },
  socks5_tcp: { wire: 'socks5Tcp', rule: 'socks5_tcp', id: 'socks5-tcp', label: 'socks5_tcp' },
  socks5_udp: { wire: 'socks5Udp', rule: 'socks5_udp', id: 'socks5-udp', label: 'socks5_udp' },
};

/** A turn, and what of its thread it takes. */
export interface HostAsking extends AskingTurn {
  readonly session: Pick<ThreadSession, 'clock' | 'log' | 'pauses' | 'rules'>;
}

type Target = Pick<HostRequest, 'protocol' | 'host' | 'port'>;

/** One question, and one answer for the session, per protocol, host and port; also the id of the question's item. */
export function hostKey({ protocol, host, port }: Target): string {
  return `network#${PROTOCOLS[protocol].id}#${host}#${port}`;
}

/** Whether the user may be asked at all: commands have to be confined, or a no would mean nothing. Pure. */
export function mayAsk({ approvalPolicy, sandboxPolicy }: AskingTurn['settings']): boolean {
  if (!isConfining(sandboxPolicy) || approvalPolicy === 'never') return false;
  return typeof approvalPolicy === 'string' || approvalPolicy.granular.sandbox_approval;
}

/**
 * Asks whether a host may be reached and does what the answer asks for besides (core specification §17, §15.4). Rejects
 * with the abort reason when the turn ends or nobody waits any more.
 */
export async function askAboutHost(context: HostAsking, target: Target, giveUp: AbortSignal): Promise<HostAnswer> {
  const { host, protocol } = target;
  const amend = (action: NetworkPolicyAmendment['action']): NetworkPolicyAmendment => ({ host, action });
  const { controller, unlink } = linkedController(context.signal, giveUp);
  try {
    const reply = await askUser({ ...context, signal: controller.signal }, 'item/commandExecution/requestApproval', {
      itemId: hostKey(target),
      reason: `${host} is not in the allowed_domains`,
      networkApprovalContext: { host, protocol: PROTOCOLS[protocol].wire },
      proposedNetworkPolicyAmendments: [amend('allow'), amend('deny')],
      availableDecisions: [
        'accept',
        'acceptForSession',
        { applyNetworkPolicyAmendment: { network_policy_amendment: amend('allow') } },
        'cancel',
      ],
    });
    return await settle(context, target, reply);
  } finally {
    unlink();
  }
}

async function settle(
  context: HostAsking,
  target: Target,
  reply: Reply<'item/commandExecution/requestApproval'>,
): Promise<HostAnswer> {
  switch (reply.kind) {
    case 'failed':
      return no('the client could not decide');
    case 'unanswered':
      return { ...no(`nobody answered within ${reply.ms} ms`), stopTurn: reply.stopTurn };
    case 'unclear':
      return no();
    case 'answered':
      break;
    default:
      return unreachable(reply);
  }
  const { decision } = reply.result;
  if (decision === 'accept') return { kind: 'yes', forSession: false };
  if (decision === 'acceptForSession') return { kind: 'yes', forSession: true };
  if (decision === 'decline') return no();
  if (decision === 'cancel') return { ...no(), stopTurn: true };
  if ('acceptWithExecpolicyAmendment' in decision) return { kind: 'yes', forSession: false };
  const { host, action } = decision.applyNetworkPolicyAmendment.network_policy_amendment;
  if (host.toLowerCase() === target.host) await save(context, target, action);
  else context.session.log.warn({ host, asked: target.host }, 'an answer about another host was not saved');
  return action === 'allow' ? { kind: 'yes', forSession: true } : { ...no(), forSession: true };
}

function no(reason = 'rejected by user'): Extract<HostAnswer, { kind: 'no' }> {
  return { kind: 'no', reason, forSession: false, stopTurn: false };
}

/** For good. When it cannot be written the answer still holds as long as the thread lives. */
async function save(
  { session, scope }: HostAsking,
  { host, protocol }: Target,
  action: NetworkPolicyAmendment['action'],
): Promise<void> {
  const { rule, label } = PROTOCOLS[protocol];
  try {
    await session.rules.amendNetwork({
      host,
      protocol: rule,
      decision: action === 'allow' ? 'allow' : 'forbidden',
      justification: `${action === 'allow' ? 'Allow' : 'Deny'} ${label} access to ${host}`,
    });
  } catch (err) {
    session.log.error({ err, host }, 'a network rule could not be saved');
    return;
  }
  const text = `Network rule saved: ${host} is ${action === 'allow' ? 'allowed' : 'denied'} from now on.`;
  const note: ResponseItem = { type: 'message', role: 'developer', content: [{ type: 'input_text', text }] };
  scope.appendContext([note]);
}
