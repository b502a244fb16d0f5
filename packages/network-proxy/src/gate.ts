import type { LookupFunction } from 'node:net';
import { toMessage } from '@codex/base';
import type { Blocked, BlockReason, BlockSource, ProxyProtocol } from './blocked.ts';
import { isAddress } from './host.ts';
import { isReachable, judgeHost, type NetworkPolicy } from './policy.ts';

/** A request as it arrived, before anything was looked up. */
export interface HostRequest {
  readonly protocol: ProxyProtocol;
  /** Normalised. */
  readonly host: string;
  readonly port: number;
  /** Of a plain HTTP request; null where it cannot be seen. */
  readonly method: string | null;
}

export interface GateDeps {
  /** Asked for every request, so that a change counts at once. */
  policy(): NetworkPolicy;
  /** Whether a host that is in no list may be reached. May take as long as a human does; `signal` says that nobody waits. */
  decide(request: HostRequest, signal: AbortSignal): Promise<boolean>;
  onBlocked(blocked: Blocked): void;
  /** The addresses of a name. */
  resolve(host: string): Promise<readonly string[]>;
}

export type Admission =
  /** `lookup` knows the addresses that were checked and asks nobody: a name that leads elsewhere the next moment does not matter. */
  | { kind: 'admitted'; lookup: LookupFunction }
  | { kind: 'blocked'; blocked: Blocked }
  | { kind: 'unreachable'; message: string };

/** Requests that only read. */
const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Decides about one request: lists, mode, the hook, then where the name leads. `byName` leaves the last to an upstream
 * proxy, which resolves names itself. Nothing is resolved for hosts that are refused: a question to a name server is a
 * message, too.
 */
export async function admit(
  request: HostRequest,
  deps: GateDeps,
  options: { signal: AbortSignal; byName?: boolean },
): Promise<Admission> {
  const { host, port, protocol } = request;
  const policy = deps.policy();
  const blocked = (reason: BlockReason, source: BlockSource): Admission => {
    const refusal: Blocked = { reason, source, protocol, host, port };
    deps.onBlocked(refusal);
    return { kind: 'blocked', blocked: refusal };
  };
  const verdict = judgeHost(policy, host);
  if (verdict === 'denied' || verdict === 'not_allowed_local') return blocked(verdict, 'baseline_policy');
  const unreadable = policy.mode === 'limited' ? whyNotLimited(request) : null;
  if (unreadable) return blocked(unreadable, 'mode_guard');
  if (verdict === 'not_allowed' && !(await deps.decide(request, options.signal))) return blocked(verdict, 'decider');
  if (options.byName) return { kind: 'admitted', lookup: noLookup };

  let addresses: readonly string[];
  try {
    addresses = isAddress(host) ? [host] : await deps.resolve(host);
  } catch (error) {
    return { kind: 'unreachable', message: `${host} has no address: ${toMessage(error)}` };
  }
  const reachable = addresses.filter((address) => isReachable(policy, host, address));
  if (addresses.length > 0 && reachable.length === 0) return blocked('not_allowed_local', 'baseline_policy');
  return { kind: 'admitted', lookup: fixedLookup(reachable) };
}

function whyNotLimited({ protocol, method }: HostRequest): BlockReason | null {
  if (protocol === 'https_connect') return 'mitm_required';
  return protocol === 'http' && READING.has(method ?? '') ? null : 'method_not_allowed';
}

function fixedLookup(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return (host, options, callback) => {
    const [first] = found;
    if (!first) callback(new Error(`${host} has no address`), '');
    else if (options.all) callback(null, found);
    else callback(null, first.address, first.family);
  };
}

const noLookup: LookupFunction = (host, _options, callback) => {
  callback(new Error(`${host} is not resolved here`), '');
};
