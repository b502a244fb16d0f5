export { type Blocked, blockedText, type BlockReason, type BlockSource, type ProxyProtocol } from './blocked.ts';
export { proxyEnv } from './env.ts';
export type { HostRequest } from './gate.ts';
export { isPublicAddress, normalizeHost } from './host.ts';
export {
  type HostRule,
  type ManagedSettings,
  type NetworkDeps,
  openNetwork,
  type OpenNetwork,
} from './open-network.ts';
export {
  type HostVerdict,
  judgeHost,
  type NetworkMode,
  networkPolicy,
  type NetworkPolicy,
  type NetworkSettings,
} from './policy.ts';
export { type NetworkProxy, type NetworkProxyDeps, startNetworkProxy } from './proxy.ts';
