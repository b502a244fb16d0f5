import type { Socket } from 'node:net';
import type { Clock, Logger } from '@codex/base';
import { type Blocked, blockedText } from './blocked.ts';
import { proxyEnv } from './env.ts';
import type { HostRequest } from './gate.ts';
import { normalizeHost } from './host.ts';
import { networkPolicy, type NetworkPolicy, type NetworkSettings } from './policy.ts';
import { startNetworkProxy } from './proxy.ts';

/** A managed network as configuration describes it. */
export interface ManagedSettings extends NetworkSettings {
  /** SOCKS5 beside HTTP. */
  socks5: boolean;
  /** Through the proxy that our own environment names. */
  allowUpstreamProxy: boolean;
  /** No rule adds to the allowed domains. */
  managedOnly: boolean;
}

/** A `network_rule`. */
export interface HostRule {
  readonly host: string;
  readonly decision: 'allow' | 'prompt' | 'forbidden';
}

export interface NetworkDeps {
  clock: Clock;
  log: Logger;
  /** Our own environment. */
  env: Readonly<Record<string, string | undefined>>;
  /** The rules about hosts that are in force now. */
  rules(): Promise<readonly HostRule[]>;
  /** Whether a host that is in no list may be reached; none is, unless given. */
  decide?(request: HostRequest, signal: AbortSignal): Promise<boolean>;
  /** Hears of every refusal; `text` is the one for the model. */
  onBlocked?(blocked: Blocked, text: string): void;
}

/** A running proxy and the way to it. */
export interface OpenNetwork {
  /** Variables that lead programs to the proxy. */
  readonly env: Readonly<Record<string, string>>;
  /** The way to the proxy for commands in the sandbox. */
  readonly network: { readonly port: number; accept(socket: Socket): void; readonly signal: AbortSignal };
  /** Brings the lists up to the rules that are in force now. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the proxy of a managed network. Rejects with CodexError when a pattern is none or there is no port. */
export async function openNetwork(settings: ManagedSettings, deps: NetworkDeps): Promise<OpenNetwork> {
  const { clock, log, env } = deps;
  let policy: NetworkPolicy = networkPolicy(settings);
  const refresh = async () => {
    policy = networkPolicy(withRules(settings, await deps.rules()));
  };
  await refresh();
  const proxy = await startNetworkProxy({
    clock,
    log,
    policy: () => policy,
    async decide(request, signal) {
      const isAllowed = (await deps.decide?.(request, signal)) ?? false;
      await refresh();
      return isAllowed;
    },
    onBlocked: (blocked) => deps.onBlocked?.(blocked, blockedText(blocked)),
    socks: settings.socks5,
    upstreamEnv: settings.allowUpstreamProxy ? env : null,
    platform: process.platform,
  });
  const over = new AbortController();
  return {
    env: proxyEnv({ port: proxy.port, socks: settings.socks5, allowLocalBinding: settings.allowLocalBinding }),
    network: { port: proxy.port, accept: (socket) => proxy.accept(socket), signal: over.signal },
    refresh,
    close() {
      over.abort();
      return proxy.close();
    },
  };
}

/** The lists with what rules say: of several rules for a host the last one holds. */
function withRules(settings: ManagedSettings, rules: readonly HostRule[]): NetworkSettings {
  // Rules are looser about what a host is; what cannot be one cannot be reached either.
  const known = rules.filter(({ host }) => normalizeHost(host) !== null);
  const last = [...new Map(known.map(({ host, decision }) => [host, decision]))];
  const hosts = (wanted: HostRule['decision']) =>
    last.filter(([, decision]) => decision === wanted).map(([host]) => host);
  return {
    ...settings,
    allowedDomains: [...settings.allowedDomains, ...(settings.managedOnly ? [] : hosts('allow'))],
    deniedDomains: [...settings.deniedDomains, ...hosts('forbidden')],
  };
}
