import type { Clock, Logger } from '@codex/base';
import type { ManagedNetwork } from '@codex/config';
import type { NetworkRule } from '@codex/execpolicy';
import type { Blocked, HostRequest, NetworkPolicy, NetworkSettings } from '@codex/network-proxy';
import type { CommandNetwork } from '@codex/sandbox';

export interface NetworkDeps {
  clock: Clock;
  log: Logger;
  /** Our own; names the upstream proxy where one may be used. */
  env: Readonly<Record<string, string | undefined>>;
  /** The rules about hosts that are in force now. */
  rules(): Promise<readonly NetworkRule[]>;
  /** Whether a host that is in no list may be reached; nobody is asked unless given. */
  decide?(request: HostRequest, signal: AbortSignal): Promise<boolean>;
  /** Hears of every refusal; `text` is the one for the model. */
  onBlocked?(blocked: Blocked, text: string): void;
}

/** A running proxy and the way to it. */
export interface OpenNetwork {
  /** Variables that lead programs to the proxy. */
  readonly env: Readonly<Record<string, string>>;
  /** The way to the proxy for commands in the sandbox. */
  readonly network: CommandNetwork;
  /** Brings the lists up to the rules that are in force now. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the proxy of a managed network. Rejects with CodexError when a pattern is none or there is no port. */
export async function openNetwork(settings: ManagedNetwork, deps: NetworkDeps): Promise<OpenNetwork> {
  // Whoever has no managed network loads nothing of it.
  const { blockedText, networkPolicy, normalizeHost, proxyEnv, startNetworkProxy } = await import(
    '@codex/network-proxy'
  );
  const { clock, log, env } = deps;
  let policy: NetworkPolicy = networkPolicy(settings);
  const refresh = async () => {
    // Rules are looser about what a host is; what cannot be one cannot be reached either.
    const rules = (await deps.rules()).filter(({ host }) => normalizeHost(host) !== null);
    policy = networkPolicy(withRules(settings, rules));
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
function withRules(settings: ManagedNetwork, rules: readonly NetworkRule[]): NetworkSettings {
  const last = new Map(rules.map(({ host, decision }) => [host, decision]));
  const hosts = (wanted: NetworkRule['decision']) =>
    [...last].filter(([, decision]) => decision === wanted).map(([host]) => host);
  return {
    ...settings,
    allowedDomains: [...settings.allowedDomains, ...(settings.managedOnly ? [] : hosts('allow'))],
    deniedDomains: [...settings.deniedDomains, ...hosts('forbidden')],
  };
}
