import { CodexError } from '@codex/base';
import { isAddress, isLocalName, isPublicAddress, normalizeHost } from './host.ts';

/** `full`: everything that reaches an allowed host. `limited`: only requests that read. */
export type NetworkMode = 'full' | 'limited';

/** A policy as it is written down; patterns are `host`, `*.host` (below it) and `**.host` (it and below). */
export interface NetworkSettings {
  mode: NetworkMode;
  allowedDomains: readonly string[];
  /** Also `*` for every host. Beats `allowedDomains`. */
  deniedDomains: readonly string[];
  /** Hosts of this machine and of private networks count like others. */
  allowLocalBinding: boolean;
  /** Sockets that may be reached through `x-unix-socket`, where the system has that. */
  allowUnixSockets: readonly string[];
  allowAllUnixSockets: boolean;
}

interface DomainPattern {
  readonly reach: 'host' | 'below' | 'hostAndBelow' | 'all';
  readonly host: string;
}

/** Settings whose patterns are read. */
export interface NetworkPolicy {
  readonly mode: NetworkMode;
  readonly allowed: readonly DomainPattern[];
  readonly denied: readonly DomainPattern[];
  readonly allowLocal: boolean;
  readonly unixSockets: readonly string[] | 'all';
}

export type HostVerdict = 'allowed' | 'denied' | 'not_allowed' | 'not_allowed_local';

/** Throws CodexError `config` that names a pattern which is none. Spec core §17. */
export function networkPolicy(settings: NetworkSettings): NetworkPolicy {
  return {
    mode: settings.mode,
    allowed: settings.allowedDomains.map((text) => readPattern(text, 'allowed_domains')),
    denied: settings.deniedDomains.map((text) => readPattern(text, 'denied_domains')),
    allowLocal: settings.allowLocalBinding,
    unixSockets: settings.allowAllUnixSockets ? 'all' : settings.allowUnixSockets,
  };
}

/**
 * What the lists say of a normalised host; denying beats allowing. A local one has to be allowed by its very name unless
 * the policy allows local ones at all. Where a name leads is looked at later, by `isReachable`.
 */
export function judgeHost(policy: NetworkPolicy, host: string): HostVerdict {
  if (policy.denied.some((pattern) => matches(pattern, host))) return 'denied';
  const isLocal = isLocalName(host) || (isAddress(host) && !isPublicAddress(host));
  const found = policy.allowed.filter((pattern) => matches(pattern, host));
  if (!isLocal || policy.allowLocal) return found.length > 0 ? 'allowed' : 'not_allowed';
  return found.some(({ reach }) => reach === 'host') ? 'allowed' : 'not_allowed_local';
}

/**
 * Whether the address that an allowed host has may be connected to: not a local one behind a public name, and not a
 * denied one behind any.
 */
export function isReachable(policy: NetworkPolicy, host: string, address: string): boolean {
  const plain = normalizeHost(address);
  if (plain === null || policy.denied.some((pattern) => pattern.reach === 'host' && pattern.host === plain))
    return false;
  return policy.allowLocal || isLocalName(host) || plain === host || isPublicAddress(plain);
}

function matches({ reach, host: name }: DomainPattern, host: string): boolean {
  if (reach === 'all') return true;
  if (reach !== 'below' && host === name) return true;
  return reach !== 'host' && host.endsWith(`.${name}`);
}

function readPattern(text: string, list: string): DomainPattern {
  const refuse = (why: string): CodexError =>
    new CodexError('config', `network ${list}: ${JSON.stringify(text)} ${why}`);
  const stars = /^(\*\*?)(\.|$)/.exec(text.trim().replace(/\.+$/, ''));
  const rest = text.trim().slice(stars?.[0].length ?? 0);
  if (stars && rest.replace(/\.+$/, '') === '') {
    if (list === 'denied_domains') return { reach: 'all', host: '' };
    throw refuse('would allow every host; name the domains');
  }
  const host = normalizeHost(rest);
  if (host === null) throw refuse('is no host, *.host or **.host');
  if (!stars) return { reach: 'host', host };
  if (isAddress(host)) throw refuse('is an address, which nothing is below of');
  return { reach: stars[1] === '*' ? 'below' : 'hostAndBelow', host };
}
