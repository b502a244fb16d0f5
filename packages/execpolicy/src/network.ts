import { Fault } from './starlark/fault.ts';
import type { Decision, NetworkProtocol } from './rule.ts';

const PROTOCOLS: ReadonlyMap<string, NetworkProtocol> = new Map([
  ['http', 'http'],
  ['https', 'https'],
  ['https_connect', 'https'],
  ['http-connect', 'https'],
  ['socks5_tcp', 'socks5_tcp'],
  ['socks5_udp', 'socks5_udp'],
]);

export function readProtocol(text: string): NetworkProtocol {
  const protocol = PROTOCOLS.get(text);
  if (protocol) return protocol;
  throw new Fault(
    `invalid rule: network_rule protocol must be one of http, https, socks5_tcp, socks5_udp (got ${text})`,
  );
}

export function readDecision(text: string): Decision {
  if (text === 'allow' || text === 'prompt' || text === 'forbidden') return text;
  throw new Fault(`invalid decision: ${text}`);
}

/** Network rules know one more word for forbidden. */
export function readNetworkDecision(text: string): Decision {
  return text === 'deny' ? 'forbidden' : readDecision(text);
}

/** One host, without port, brackets, final dots and capitals. */
export function normalizeHost(raw: string): string {
  const trimmed = raw.trim();
  if (trimmed === '') throw refused('host cannot be empty');
  if (/:\/\/|[/?#]/.test(trimmed)) {
    throw refused('host must be a hostname or IP literal (without scheme or path)');
  }
  const host = withoutPort(trimmed).replace(/\.+$/, '').trim().toLowerCase();
  if (host === '') throw refused('host cannot be empty');
  if (host.includes('*')) throw refused('host must be a specific host; wildcards are not allowed');
  if (/\s/u.test(host)) throw refused('host cannot contain whitespace');
  return host;
}

function withoutPort(host: string): string {
  if (host.startsWith('[')) {
    const close = host.indexOf(']');
    if (close < 0) throw refused('host has an invalid bracketed IPv6 literal');
    const rest = host.slice(close + 1);
    if (rest !== '' && !/^:\d+$/.test(rest)) throw refused(`host contains an unsupported suffix: ${host}`);
    return host.slice(1, close);
  }
  // More than one colon is an address, not a port.
  const [name = '', port, ...more] = host.split(':');
  return port !== undefined && more.length === 0 && name !== '' && /^\d+$/.test(port) ? name : host;
}

function refused(what: string): Fault {
  return new Fault(`invalid rule: network_rule ${what}`);
}
