import { CodexError } from '@codex/base';
import type { Env } from './provider.ts';

/** The proxy for a URL by HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY (either case); null for none. Loopback is never proxied. */
export function proxyFor(url: URL, env: Env): URL | null {
  const read = (name: string) => env[name]?.trim() || env[name.toLowerCase()]?.trim();
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (isLoopback(host)) return null;
  const variable = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const value = read(variable) ?? read('ALL_PROXY');
  if (!value) return null;
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (isExempt(host, port, read('NO_PROXY') ?? '')) return null;
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const proxy = URL.canParse(address) ? new URL(address) : null;
  // The value may carry a password, so it stays out of the text.
  if (!proxy || (proxy.protocol !== 'http:' && proxy.protocol !== 'https:'))
    throw new CodexError('model', `The proxy in ${variable} or ALL_PROXY must be an http or https URL.`);
  return proxy;
}

/** `Basic …` for a proxy URL with user info. */
export function proxyAuthorization(proxy: URL): string | null {
  if (proxy.username === '') return null;
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function isExempt(host: string, port: string, list: string): boolean {
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const withPort = /^(.+):(\d+)$/.exec(entry);
      const isPortRule = withPort !== null && !withPort[1]?.includes(':');
      if (isPortRule && withPort[2] !== port) return false;
      const name = (isPortRule ? (withPort[1] ?? '') : entry).replace(/^\*?\.|^\[|\]$/g, '');
      return host === name || host.endsWith(`.${name}`);
    });
}
