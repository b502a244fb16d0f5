import { lookup } from 'node:dns/promises';
import { createServer, type Socket } from 'node:net';
import { type Clock, CodexError, type Logger, toMessage } from '@codex/base';
import type { Blocked } from './blocked.ts';
import type { GateDeps } from './gate.ts';
import { createHttpSide } from './http.ts';
import type { NetworkPolicy } from './policy.ts';
import { serveSocks } from './socks.ts';
import { type Upstream, upstreamOf } from './upstream.ts';

export interface NetworkProxyDeps {
  clock: Clock;
  log: Logger;
  /** Asked for every request, so that a change counts at once. */
  policy(): NetworkPolicy;
  /** Whether a host that is in no list may be reached; `signal` aborts when nobody waits for the answer any more. */
  decide: GateDeps['decide'];
  /** Hears of every refusal. */
  onBlocked?: ((blocked: Blocked) => void) | undefined;
  /** SOCKS5 beside HTTP. */
  socks: boolean;
  /** Where variables name the proxy to go through; null for none. */
  upstreamEnv: Readonly<Record<string, string | undefined>> | null;
  platform: NodeJS.Platform;
  /** The addresses of a name; the system's resolver unless told. */
  resolve?: ((host: string) => Promise<readonly string[]>) | undefined;
}

/** A filtering proxy for HTTP and SOCKS5 on one port of loopback. */
export interface NetworkProxy {
  readonly port: number;
  /** Serves a connection that arrived elsewhere. */
  accept(socket: Socket): void;
  /** Ends every connection and stops listening; safe to call twice. */
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 512;
const SOCKS_VERSION = 5;
const SILENT_MS = 60_000;

/** Rejects with CodexError `internal` when there is no port to listen on. Spec core §17. */
export async function startNetworkProxy(deps: NetworkProxyDeps): Promise<NetworkProxy> {
  const { clock, log } = deps;
  let closed: Promise<void> | undefined;
  const open = new Set<Socket>();
  const gate: GateDeps = {
    policy: () => deps.policy(),
    decide: deps.decide,
    onBlocked(blocked) {
      log.info({ ...blocked }, 'a connection was blocked');
      deps.onBlocked?.(blocked);
    },
    resolve: deps.resolve ?? systemAddresses,
  };
  const upstream = (scheme: 'http' | 'https'): Upstream | null =>
    deps.upstreamEnv && upstreamOf(deps.upstreamEnv, scheme);
  const serve = { gate, clock, upstream, unixSockets: deps.platform === 'darwin' };
  const http = createHttpSide(serve);

  const accept = (socket: Socket): void => {
    if (closed || open.size >= MAX_CONNECTIONS) {
      socket.destroy();
      return;
    }
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => {});
    socket.setTimeout(SILENT_MS, () => socket.destroy());
    // The first byte tells the two protocols apart: no method of HTTP begins with it.
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.unshift(first);
      if (first[0] !== SOCKS_VERSION) {
        http.emit('connection', socket);
        socket.resume();
      } else if (deps.socks) void serveSocks(socket, serve);
      else socket.destroy();
    });
  };

  const listener = createServer({ allowHalfOpen: true }, accept);
  const port = await new Promise<number>((resolve, reject) => {
    listener.once('error', (cause) =>
      reject(new CodexError('internal', `the network proxy cannot listen: ${toMessage(cause)}`, { cause })),
    );
    listener.listen(0, '127.0.0.1', () => {
      const address = listener.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
  // It serves commands; when those are gone nothing keeps the process for its sake.
  listener.unref();
  return {
    port,
    accept,
    close: () =>
      (closed ??= new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        listener.close(() => resolve());
      })),
  };
}

async function systemAddresses(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}
