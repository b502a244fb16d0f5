import type { SandboxPolicy } from '@codex/protocol';
import { type Decode, flag, list, Mismatch, oneOf, struct, text, u16 } from './decode.ts';
import { Refusal } from './error.ts';
import type { FilesystemToml } from './filesystem.ts';

/** `host`, `*.host` or `**.host`. What a host is in detail is known to the proxy. */
const NAMED = /^(\*\*?\.)?[^*\s/@?#]+$/;
const EVERYTHING = /^\*\*?\.?$/;

const domain: Decode<string> = (value) => {
  const pattern = text(value);
  if (NAMED.test(pattern)) return pattern;
  throw new Mismatch(`invalid domain ${JSON.stringify(pattern)}, expected a host, \`*.host\` or \`**.host\``);
};

const allowedDomain: Decode<string> = (value) => {
  if (typeof value === 'string' && EVERYTHING.test(value)) {
    throw new Mismatch(`the pattern ${JSON.stringify(value)} would allow every host; name the domains`);
  }
  return domain(value);
};

const deniedDomain: Decode<string> = (value) =>
  typeof value === 'string' && EVERYTHING.test(value) ? value : domain(value);

const shared = {
  enabled: flag,
  allow_upstream_proxy: flag,
  dangerously_allow_non_loopback_proxy: flag,
  dangerously_allow_all_unix_sockets: flag,
  allowed_domains: list(allowedDomain),
  denied_domains: list(deniedDomain),
  allow_unix_sockets: list(text),
  allow_local_binding: flag,
} as const;

/** `[permissions.<name>.network]` (spec core §22.2). */
export const networkToml = struct('NetworkToml', {
  ...shared,
  proxy_url: text,
  enable_socks5: flag,
  socks_url: text,
  enable_socks5_udp: flag,
  mode: oneOf('limited', 'full'),
});
export type NetworkToml = ReturnType<typeof networkToml>;

/** `[experimental_network]` of requirements.toml (spec core §23.1). */
export const networkRequirementsToml = struct('NetworkRequirementsToml', {
  ...shared,
  http_port: u16,
  socks_port: u16,
  managed_allowed_domains_only: flag,
});
export type RequiredNetwork = ReturnType<typeof networkRequirementsToml>;

/** The managed network: commands reach other machines through a proxy that filters, and in no other way. */
export interface ManagedNetwork {
  readonly mode: 'full' | 'limited';
  readonly allowedDomains: readonly string[];
  readonly deniedDomains: readonly string[];
  /** Hosts of this machine and of private networks count like others. */
  readonly allowLocalBinding: boolean;
  readonly allowUnixSockets: readonly string[];
  readonly allowAllUnixSockets: boolean;
  /** Through the proxy that our own environment names. */
  readonly allowUpstreamProxy: boolean;
  readonly socks5: boolean;
  /** Only an administrator's list allows: no rule adds to it and nobody is asked. */
  readonly managedOnly: boolean;
  /** An administrator's lists, which the model is told; null without any. */
  readonly prescribed: { readonly allowed: readonly string[]; readonly denied: readonly string[] } | null;
}

/**
 * The network of the chosen permission profile under what an administrator prescribes; null when neither switches it on.
 * An administrator's value wins; lists of denied domains add up, and so do those of allowed ones unless only the
 * administrator's counts.
 */
export function resolveNetwork(own: NetworkToml = {}, required: RequiredNetwork | null): ManagedNetwork | null {
  if (!(required?.enabled ?? own.enabled ?? false)) return null;
  const managedOnly = required?.managed_allowed_domains_only ?? false;
  const union = (a: readonly string[] = [], b: readonly string[] = []) => [...new Set([...a, ...b])];
  return {
    mode: own.mode ?? 'full',
    allowedDomains: union(required?.allowed_domains, managedOnly ? [] : own.allowed_domains),
    deniedDomains: union(required?.denied_domains, own.denied_domains),
    allowLocalBinding: required?.allow_local_binding ?? own.allow_local_binding ?? false,
    allowUnixSockets: required?.allow_unix_sockets ?? own.allow_unix_sockets ?? [],
    allowAllUnixSockets:
      required?.dangerously_allow_all_unix_sockets ?? own.dangerously_allow_all_unix_sockets ?? false,
    allowUpstreamProxy: required?.allow_upstream_proxy ?? own.allow_upstream_proxy ?? false,
    socks5: own.enable_socks5 ?? true,
    managedOnly,
    prescribed: required && { allowed: required.allowed_domains ?? [], denied: required.denied_domains ?? [] },
  };
}

/** Clients are shown a network where there is a managed one. */
export function withNetworkAccess(policy: SandboxPolicy, enabled: boolean): SandboxPolicy {
  const confines = policy.type === 'readOnly' || policy.type === 'workspaceWrite';
  return confines && enabled ? { ...policy, networkAccess: true } : policy;
}

interface PermissionProfile {
  readonly network?: NetworkToml | undefined;
  readonly filesystem?: FilesystemToml | undefined;
}

/** The profile that `default_permissions` names; empty without one. Throws `Refusal` when there is none of that name. */
export function chosenProfile(
  name: string | undefined,
  profiles: Readonly<Record<string, PermissionProfile>> = {},
): PermissionProfile {
  if (name === undefined) return {};
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (!profile) throw new Refusal(`default_permissions refers to undefined profile \`${name}\``);
  return profile;
}
