import { isIP, isIPv4 } from 'node:net';

const MAX_NAME = 253;
const LABELS = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/;

/**
 * A host in the one spelling that is compared: lower case, international names in their ASCII form, addresses in normal
 * form and without brackets, no final dot. Null for what is no host. `127.1`, `0x7f.1` and `::ffff:127.0.0.1` all are
 * `127.0.0.1`.
 */
export function normalizeHost(raw: string): string | null {
  const text = raw.trim().replace(/\.+$/, '');
  if (text === '' || /[\s/?#@\\%*]/.test(text)) return null;
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  const isV6 = bare.includes(':');
  if (isV6 && isIP(bare) !== 6) return null;
  const url = `http://${isV6 ? `[${bare}]` : bare}/`;
  if (!URL.canParse(url)) return null;
  const host = new URL(url).hostname.replace(/\.+$/, '');
  if (isV6) return embeddedIPv4(host.slice(1, -1)) ?? host.slice(1, -1);
  return host.length <= MAX_NAME && LABELS.test(host) ? host : null;
}

export interface Authority {
  host: string;
  port: number;
}

/** `host:port` as CONNECT gives it; null when either is missing or no good. */
export function parseAuthority(text: string): Authority | null {
  const match = /^(.+):(\d{1,5})$/.exec(text);
  const host = match?.[1] === undefined ? null : normalizeHost(match[1]);
  const port = Number(match?.[2]);
  // An IPv6 address needs its brackets, or its last part would be the port.
  if (host === null || (match?.[1]?.includes(':') && !match[1].startsWith('['))) return null;
  return isPort(port) ? { host, port } : null;
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port <= 65_535;
}

/** This machine by name. */
export function isLocalName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

export function isAddress(host: string): boolean {
  return isIP(host) !== 0;
}

/** Networks that are not the internet: this machine, private and link-local ones, documentation, multicast, reserved. */
const NOT_PUBLIC_V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const;

/** Whether an address, in any spelling, is on the internet. IPv6 addresses that carry an IPv4 one are judged by that. */
export function isPublicAddress(address: string): boolean {
  const host = normalizeHost(address);
  if (host === null || !isAddress(host)) return false;
  if (isIPv4(host)) {
    const bits = bitsOf(host);
    return !NOT_PUBLIC_V4.some(([network, length]) => (bits ^ bitsOf(network)) >>> (32 - length) === 0);
  }
  const groups = groupsOf(host);
  const [first = 0, second = 0] = groups;
  const translated = first === 0x64 && second === 0xff9b && groups.slice(2, 6).every((group) => group === 0);
  if (translated) return isPublicAddress(dotted(groups[6] ?? 0, groups[7] ?? 0));
  // Only 2000::/3 is given out; in it 2001::/23 (Teredo), 2001:db8::/32 (documentation) and 2002::/16 (6to4) are not.
  if (first >>> 13 !== 1) return false;
  return !(first === 0x2001 && (second < 0x200 || second === 0xdb8)) && first !== 0x2002;
}

function embeddedIPv4(v6: string): string | null {
  const groups = groupsOf(v6);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return isMapped ? dotted(groups[6] ?? 0, groups[7] ?? 0) : null;
}

/** The eight groups of an IPv6 address in normal form. */
function groupsOf(v6: string): number[] {
  const [head = '', tail] = v6.split('::');
  const read = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const [before, after] = [read(head), read(tail ?? '')];
  return [...before, ...Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0), ...after];
}

function dotted(high: number, low: number): string {
  return [high >>> 8, high & 0xff, low >>> 8, low & 0xff].join('.');
}

function bitsOf(v4: string): number {
  return v4.split('.').reduce((bits, part) => ((bits << 8) | Number(part)) >>> 0, 0);
}
