import { type IncomingMessage, request as httpRequest } from 'node:http';
import { connect, type LookupFunction, type Socket } from 'node:net';
import { AbortedError, type Clock } from '@codex/base';
import type { Upstream } from './upstream.ts';

const CONNECT_MS = 30_000;
/** A connection on which nothing was said for so long is given up. */
export const IDLE_MS = 15 * 60_000;

export interface Destination {
  host: string;
  port: number;
  lookup: LookupFunction;
  /** Through this one, by name. */
  upstream: Upstream | null;
}

/** A connection to the destination; rejects with the system's error, or when it takes too long or `signal` aborts. */
export function openTunnel(to: Destination, deps: { clock: Clock; signal: AbortSignal }): Promise<Socket> {
  return to.upstream ? throughUpstream(to, to.upstream, deps) : directly(to, deps);
}

function directly(
  { host, port, lookup }: Destination,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, lookup, allowHalfOpen: true, signal });
    const stop = clock.timer(CONNECT_MS, () => socket.destroy(new Error('the connection took too long')));
    socket.once('error', (error) => {
      stop();
      reject(error);
    });
    socket.once('connect', () => {
      stop();
      resolve(socket);
    });
  });
}

function throughUpstream(
  { host, port }: Destination,
  upstream: Upstream,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<Socket> {
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host: upstream.host,
      port: upstream.port,
      method: 'CONNECT',
      path: target,
      headers: {
        host: target,
        ...(upstream.authorization === null ? {} : { 'proxy-authorization': upstream.authorization }),
      },
      agent: false,
      signal,
    });
    const stop = clock.timer(CONNECT_MS, () => request.destroy(new Error('the upstream proxy took too long')));
    const fail = (error: Error) => {
      stop();
      reject(error);
    };
    request.once('error', fail);
    request.once('response', (response: IncomingMessage) => {
      response.destroy();
      fail(new Error(`the upstream proxy answered ${response.statusCode}`));
    });
    request.once('connect', (response: IncomingMessage, socket: Socket, head: Buffer) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        fail(new Error(`the upstream proxy answered ${response.statusCode}`));
        return;
      }
      stop();
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.end();
  });
}

/** Carries bytes both ways until both sides are done, one breaks, or nothing is said for long. */
export function join(a: Socket, b: Socket): void {
  const end = () => {
    a.destroy();
    b.destroy();
  };
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.on('error', end);
    from.once('close', () => to.destroy());
    from.setTimeout(IDLE_MS, end);
    from.pipe(to);
  }
  if (a.destroyed || b.destroyed) end();
}

/** The most a client may say before it is connected. */
const MAX_EARLY = 64 * 1024;

/**
 * Notices that the client of a waiting connection leaves, and keeps what it says meanwhile. `done` gives the connection
 * back as if nobody had listened.
 */
export function attend(socket: Socket): { signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  const early: Buffer[] = [];
  let size = 0;
  const keep = (chunk: Buffer) => {
    early.push(chunk);
    size += chunk.length;
    if (size > MAX_EARLY) socket.pause();
  };
  const leave = () => controller.abort(new AbortedError('the client is gone'));
  socket.on('data', keep);
  for (const event of ['end', 'close']) socket.on(event, leave);
  return {
    signal: controller.signal,
    done() {
      socket.off('data', keep);
      for (const event of ['end', 'close']) socket.off(event, leave);
      socket.pause();
      if (size > 0) socket.unshift(Buffer.concat(early));
    },
  };
}
