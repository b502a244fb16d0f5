import type { AddressInfo } from 'node:net';
import fastifyWebSocket, { type WebsocketPluginOptions } from '@fastify/websocket';
import { fastify } from 'fastify';
import { WebSocket } from 'ws';
import { type Clock, type Logger, systemClock, toMessage } from '@codex/base';
import { httpAnswer } from './http-answer.ts';
import { type SocketChannel, socketChannel } from './socket-channel.ts';
import type { SocketAuth } from './socket-auth.ts';
import type { StallLimits } from './stall-watch.ts';

export interface ListenOptions {
  /** A literal address. */
  host: string;
  /** 0 for any free one. */
  port: number;
  log: Logger;
  /** Who may connect; null for everybody. */
  auth?: SocketAuth | null;
  /** Called with every connection; the first is number 1. */
  onConnection: (channel: SocketChannel, number: number) => void;
  clock?: Clock;
  stall?: StallLimits;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Takes no further connections; those that are open stay. */
  stop(): void;
  /** Resolves when every connection is over, which is for the owner of its channel to bring about. */
  close(): Promise<void>;
  /** Ends everything now. */
  abandon(): void;
}

const STALL: StallLimits = { ms: 30_000, bytesPerSecond: 64 * 1024 };
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
/** How long a client may take to say what it wants. */
const REQUEST_MS = 30_000;
const KEEP_ALIVE_MS = 60_000;

/** Says why, where the library closes with a code alone. */
const REASONS: Readonly<Record<number, string>> = {
  1002: 'the frame is not valid',
  1007: 'a text frame must be valid UTF-8',
  1009: `a message may have at most ${MAX_MESSAGE_BYTES} bytes`,
};

type SocketOptions = NonNullable<WebsocketPluginOptions['options']>;

class ExplainingSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code, reason ?? (code === undefined ? undefined : REASONS[code]));
  }
}

/**
 * Listens for websockets on any path (app-server specification §3.2). Rejects with the system's error when the address
 * cannot be had.
 */
export async function listenWebSocket(options: ListenOptions): Promise<Listener> {
  const { log, onConnection, auth = null, clock = systemClock, stall = STALL } = options;
  const channels = new Set<SocketChannel>();
  let connections = 0;
  let closed: Promise<undefined> | undefined;

  const app = fastify({
    // One route takes every path, also one that no router would.
    rewriteUrl: () => '/',
    requestTimeout: REQUEST_MS,
    forceCloseConnections: true,
  });
  await app.register(fastifyWebSocket, {
    options: {
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      // The types ask for the whole library in place of the class.
      WebSocket: ExplainingSocket as unknown as SocketOptions['WebSocket'],
    },
    errorHandler: (error) => log.warn({ error: toMessage(error) }, 'a websocket failed'),
    // The channels end by themselves, when their clients have read everything.
    preClose(done) {
      app.websocketServer.close();
      done();
    },
  });
  // Before the body, so that none is read; also for methods without a route.
  app.addHook('onRequest', (request, reply, done) => {
    const { method, originalUrl: url, headers } = request;
    const answer = httpAnswer({ method, url, headers }, auth);
    if (answer === null) {
      done();
      return;
    }
    if (answer.status === 401) log.warn({ address: request.ip, because: answer.text }, 'a client was turned away');
    if (answer.headers) reply.headers(answer.headers);
    reply.type('text/plain; charset=utf-8');
    if (request.ws) reply.header('connection', 'close');
    reply.code(answer.status).send(answer.text);
  });
  app.get('/', { websocket: true }, (socket, request) => {
    const number = ++connections;
    const stream = request.raw.socket;
    stream.setKeepAlive(true, KEEP_ALIVE_MS);
    const channel = socketChannel({
      socket,
      stream,
      clock,
      stall,
      log: log.child({ connection: number }),
      isStopping: () => closed !== undefined,
    });
    channels.add(channel);
    void channel.ended.then(() => channels.delete(channel));
    onConnection(channel, number);
  });
  await app.listen({ host: options.host, port: options.port });
  const { address, port } = app.server.address() as AddressInfo;

  const stop = () => {
    closed ??= app.close();
  };
  const abandon = () => {
    stop();
    for (const channel of channels) channel.abandon();
  };
  return {
    host: address,
    port,
    stop,
    async close() {
      stop();
      await Promise.all([...channels].map(({ ended }) => ended));
      await closed;
    },
    abandon,
  };
}
