/** What a client of the proxy speaks. */
export type ProxyProtocol = 'http' | 'https_connect' | 'socks5_tcp' | 'socks5_udp';

/** Why a request was refused. Spec core §17. */
export type BlockReason =
  | 'denied'
  | 'not_allowed'
  | 'not_allowed_local'
  | 'method_not_allowed'
  | 'mitm_required'
  | 'unix_socket_unsupported';

/** Who refused: the lists, the mode, or whoever was asked. */
export type BlockSource = 'baseline_policy' | 'mode_guard' | 'decider';

export interface Blocked {
  readonly reason: BlockReason;
  readonly source: BlockSource;
  readonly protocol: ProxyProtocol;
  /** Normalised. */
  readonly host: string;
  readonly port: number;
}

const HEADER: Readonly<Record<BlockReason, string>> = {
  denied: 'blocked-by-denylist',
  not_allowed: 'blocked-by-allowlist',
  not_allowed_local: 'blocked-by-allowlist',
  method_not_allowed: 'blocked-by-method-policy',
  mitm_required: 'blocked-by-mitm-required',
  unix_socket_unsupported: 'blocked-by-policy',
};

const DETAIL: Readonly<Record<BlockReason, string>> = {
  denied: 'domain is explicitly denied by policy and cannot be approved from this prompt',
  not_allowed: 'domain is not on the allowlist for the current sandbox mode',
  not_allowed_local: 'local/private network addresses are blocked by policy',
  method_not_allowed: 'request method is blocked by the current network mode',
  mitm_required:
    'encrypted connections are blocked by the current network mode, which only lets through what it can read',
  unix_socket_unsupported: 'unix sockets cannot be reached through the proxy here',
};

/** What a model is told of a refusal, in words that clients of the reference know. */
export function blockedText({ host, reason }: Pick<Blocked, 'host' | 'reason'>): string {
  return `Network access to "${host}" was blocked: ${DETAIL[reason]}.`;
}

/** A refusal over HTTP: 403, the reason as a header and as JSON. */
export function blockedResponse(blocked: Blocked): { status: 403; headers: Record<string, string>; body: string } {
  const { host, reason, source, protocol, port } = blocked;
  const body = JSON.stringify({
    status: 'blocked',
    host,
    reason,
    decision: 'deny',
    source,
    protocol,
    port,
    message: blockedText(blocked),
  });
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'x-proxy-error': HEADER[reason],
  };
  return { status: 403, headers, body };
}
