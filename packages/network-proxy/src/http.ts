import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type RequestOptions,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { AbortedError, type Clock, toMessage } from '@codex/base';
import { type Blocked, blockedResponse } from './blocked.ts';
import { admit, type GateDeps } from './gate.ts';
import { normalizeHost, parseAuthority } from './host.ts';
import { attend, IDLE_MS, join, openTunnel } from './tunnel.ts';
import type { Upstream } from './upstream.ts';

export interface ServeDeps {
  gate: GateDeps;
  clock: Clock;
  /** The proxy to go through; null for none. */
  upstream(scheme: 'http' | 'https'): Upstream | null;
  /** Unix sockets may be reached through `x-unix-socket`. */
  unixSockets: boolean;
}

const KEEP_ALIVE_MS = 30_000;

/** What concerns one connection only, and what is said to us alone. */
const HOP_BY_HOP = [
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** An HTTP server that is handed its connections: absolute-form requests and CONNECT. Node's parser refuses smuggling. */
export function createHttpSide(deps: ServeDeps): Server {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, insecureHTTPParser: false }, (request, response) => {
    forward(request, response, deps).catch((error: unknown) => fail(response, 502, toMessage(error)));
  });
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (head.length > 0) socket.unshift(head);
    tunnel(request, socket, deps).catch((error: unknown) => {
      answer(socket, 502, 'Bad Gateway', `${toMessage(error)}\n`);
    });
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    else socket.destroy();
  });
  return server;
}

async function forward(request: IncomingMessage, response: ServerResponse, deps: ServeDeps): Promise<void> {
  const url = targetOf(request.url ?? '');
  if (!url) return fail(response, 400, 'a proxy takes requests with an absolute http URL');
  const port = Number(url.port || 80);
  const method = request.method ?? 'GET';
  const { authority } = url;
  const asked = { protocol: 'http', host: url.host, port, method } as const;
  const gone = new AbortController();
  response.once('close', () => gone.abort(new AbortedError('the client is gone')));
  const { signal } = gone;

  const socketPath = request.headers['x-unix-socket'];
  if (socketPath !== undefined) {
    const refused = whyNoSocket(socketPath, deps);
    if (refused) {
      const blocked: Blocked = { reason: refused, source: 'baseline_policy', ...asked };
      deps.gate.onBlocked(blocked);
      return refuse(response, blocked);
    }
    return pass(request, response, { socketPath: String(socketPath), path: url.path }, { authority, signal });
  }
  const upstream = deps.upstream('http');
  const admission = await admit(asked, deps.gate, { signal, byName: upstream !== null });
  if (admission.kind === 'blocked') return refuse(response, admission.blocked);
  if (admission.kind === 'unreachable') return fail(response, 502, admission.message);
  const to = upstream
    ? { host: upstream.host, port: upstream.port, path: `http://${authority}${url.path}` }
    : { host: url.host, port, path: url.path, lookup: admission.lookup };
  return pass(request, response, to, { authority, authorization: upstream?.authorization ?? null, signal });
}

/** Sends the request on and its answer back, both without what concerns a single connection. */
function pass(
  request: IncomingMessage,
  response: ServerResponse,
  to: Pick<RequestOptions, 'host' | 'port' | 'socketPath' | 'path' | 'lookup'>,
  how: { authority: string; authorization?: string | null; signal: AbortSignal },
): Promise<void> {
  const { authority, authorization = null, signal } = how;
  const isChunked = request.headers['transfer-encoding'] !== undefined;
  const headers = [
    ...endToEnd(request.rawHeaders, request.headers.connection).filter(
      ([name]) => !/^(host|x-unix-socket)$/i.test(name),
    ),
    // What was judged is what is asked for.
    ['host', authority] as [string, string],
    ...(isChunked ? [['transfer-encoding', 'chunked'] as [string, string]] : []),
    ...(authorization === null ? [] : [['proxy-authorization', authorization] as [string, string]]),
  ];
  return new Promise((resolve, reject) => {
    const onward = httpRequest({
      ...to,
      method: request.method,
      headers: headers.flat(),
      setHost: false,
      agent: false,
      signal,
    });
    onward.setTimeout(IDLE_MS, () => onward.destroy(new Error('the host says nothing')));
    onward.once('error', reject);
    onward.once('upgrade', (_reply, socket) => {
      socket.destroy();
      reject(new Error('the host wants to speak another protocol'));
    });
    onward.once('response', (reply) => {
      try {
        const back = endToEnd(reply.rawHeaders, reply.headers.connection);
        response.writeHead(reply.statusCode ?? 502, reply.statusMessage, back.flat());
      } catch (error) {
        // A status or a header that cannot be passed on.
        reply.destroy();
        reject(error instanceof Error ? error : new Error(toMessage(error), { cause: error }));
        return;
      }
      pipeline(reply, response, (error) => (error ? reject(error) : resolve()));
    });
    pipeline(request, onward, () => {});
  });
}

async function tunnel(request: IncomingMessage, socket: Socket, deps: ServeDeps): Promise<void> {
  const target = parseAuthority(request.url ?? '');
  if (!target) return answer(socket, 400, 'Bad Request', 'CONNECT takes host:port\n');
  const waiting = attend(socket);
  const { signal } = waiting;
  const upstream = deps.upstream('https');
  const asked = { protocol: 'https_connect', ...target, method: null } as const;
  const admission = await admit(asked, deps.gate, { signal, byName: upstream !== null });
  if (admission.kind === 'blocked') {
    const { headers, body } = blockedResponse(admission.blocked);
    return answer(socket, 403, 'Forbidden', body, headers);
  }
  if (admission.kind === 'unreachable') return answer(socket, 502, 'Bad Gateway', `${admission.message}\n`);
  const far = await openTunnel({ ...target, lookup: admission.lookup, upstream }, { clock: deps.clock, signal });
  waiting.done();
  socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
  join(socket, far);
}

interface Target {
  host: string;
  port: string;
  authority: string;
  path: string;
}

/** Of an absolute http URL; user info is dropped. */
function targetOf(text: string): Target | null {
  if (!/^http:\/\//i.test(text) || !URL.canParse(text)) return null;
  const { hostname, port, pathname, search } = new URL(text);
  const host = normalizeHost(hostname);
  if (host === null || port === '0') return null;
  const name = host.includes(':') ? `[${host}]` : host;
  return { host, port, authority: port ? `${name}:${port}` : name, path: `${pathname}${search}` };
}

function whyNoSocket(path: string | string[], deps: ServeDeps): 'unix_socket_unsupported' | 'not_allowed' | null {
  if (!deps.unixSockets) return 'unix_socket_unsupported';
  const { unixSockets } = deps.gate.policy();
  return typeof path === 'string' && (unixSockets === 'all' || unixSockets.includes(path)) ? null : 'not_allowed';
}

/** The pairs of raw headers that are meant for the other end. */
function endToEnd(raw: readonly string[], connection: string | undefined): [string, string][] {
  const named = (connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const dropped = new Set([...HOP_BY_HOP, ...named]);
  // A length that is named as a thing of the connection still is one.
  dropped.delete('content-length');
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? '';
    if (!dropped.has(name.toLowerCase())) pairs.push([name, raw[at + 1] ?? '']);
  }
  return pairs;
}

function refuse(response: ServerResponse, blocked: Blocked): void {
  const { status, headers, body } = blockedResponse(blocked);
  response.writeHead(status, headers).end(body);
}

function fail(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(`${message}\n`);
}

function answer(
  socket: Socket,
  status: number,
  words: string,
  body: string,
  headers: Record<string, string> = {},
): void {
  if (!socket.writable) return void socket.destroy();
  const lines = Object.entries({ 'content-length': String(Buffer.byteLength(body)), ...headers, connection: 'close' });
  socket.end(
    `HTTP/1.1 ${status} ${words}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  );
}
