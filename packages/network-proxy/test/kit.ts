import { type Agent, createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { nullLogger, systemClock } from '@codex/base';
import { onTestFinished } from 'vitest';
import {
  type Blocked,
  type HostRequest,
  type NetworkProxy,
  type NetworkProxyDeps,
  networkPolicy,
  type NetworkSettings,
  startNetworkProxy,
} from '../src/index.ts';

export const SETTINGS: NetworkSettings = {
  mode: 'full',
  allowedDomains: [],
  deniedDomains: [],
  allowLocalBinding: false,
  allowUnixSockets: [],
  allowAllUnixSockets: false,
};

export interface Rig {
  proxy: NetworkProxy;
  blocked: Blocked[];
  asked: HostRequest[];
}

/** A proxy in front of servers on this machine: `names` says which hosts lead there. */
export async function rig(
  settings: Partial<NetworkSettings> = {},
  deps: Partial<NetworkProxyDeps> & { names?: Record<string, string[]> } = {},
): Promise<Rig> {
  const { names = {}, ...rest } = deps;
  const policy = networkPolicy({ ...SETTINGS, ...settings });
  const blocked: Blocked[] = [];
  const asked: HostRequest[] = [];
  const proxy = await startNetworkProxy({
    clock: systemClock,
    log: nullLogger,
    policy: () => policy,
    decide: async () => false,
    onBlocked: (refusal) => blocked.push(refusal),
    socks: true,
    upstreamEnv: null,
    platform: 'linux',
    resolve: async (host) => names[host] ?? [],
    ...rest,
    ...(rest.decide && {
      decide: (request: HostRequest, signal: AbortSignal) => {
        asked.push(request);
        return rest.decide?.(request, signal) ?? Promise.resolve(false);
      },
    }),
  });
  onTestFinished(() => proxy.close());
  return { proxy, blocked, asked };
}

export interface Origin {
  port: number;
  /** Raw heads of the requests, and their bodies. */
  seen: { head: string; headers: IncomingMessage['headers']; url: string; method: string; body: string }[];
}

export async function origin(host = '127.0.0.1'): Promise<Origin> {
  const seen: Origin['seen'] = [];
  const server: Server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString()));
    req.on('end', () => {
      const { headers, url = '', method = '' } = req;
      seen.push({ head: req.rawHeaders.join('\n'), headers, url, method, body });
      res.setHeader('set-cookie', ['a=1', 'b=2']);
      res.setHeader('proxy-authenticate', 'Basic');
      res.end(`origin says ${method} ${url}`);
    });
  });
  const port = await listening(server, host);
  return { port, seen };
}

/** Sends back whatever it gets, and ends when its client ends. */
export async function echo(): Promise<number> {
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  return listening(server, '127.0.0.1');
}

/** Answers every connection with these bytes and ends it. */
export async function saying(answer: string): Promise<number> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(answer));
  });
  return listening(server, '127.0.0.1');
}

async function listening(server: Server | ReturnType<typeof createTcpServer>, host: string): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

export interface Reply {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

/** One request in absolute form. */
export function ask(
  proxy: NetworkProxy,
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string; agent?: Agent } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body, agent } = options;
    const req = request(
      {
        host: '127.0.0.1',
        port: proxy.port,
        path: url,
        method,
        headers: { host: 'x', ...headers },
        agent: agent ?? false,
      },
      (res) => {
        let text = '';
        res.on('error', reject);
        res.on('data', (chunk: Buffer) => (text += chunk.toString()));
        res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: text }));
      },
    );
    req.on('error', reject);
    req.end(body);
  });
}

/** CONNECT; gives the status line's code and the socket. */
export function tunnel(
  proxy: NetworkProxy,
  authority: string,
): Promise<{ status: number; socket: Socket; body: string }> {
  return new Promise((resolve, reject) => {
    const req = request({ host: '127.0.0.1', port: proxy.port, method: 'CONNECT', path: authority, agent: false });
    req.on('error', reject);
    req.on('connect', (res, socket, head) => {
      onTestFinished(() => void socket.destroy());
      if (res.statusCode === 200) return resolve({ status: 200, socket, body: '' });
      let body = head.toString();
      socket.on('data', (chunk: Buffer) => (body += chunk.toString()));
      socket.on('end', () => resolve({ status: res.statusCode ?? 0, socket, body }));
      socket.resume();
      return undefined;
    });
    req.end();
  });
}

/** Sends bytes and gives what came until the other side ended, or until `enough` bytes are there. */
export function raw(port: number, bytes: Uint8Array | string, enough = Number.POSITIVE_INFINITY): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const got: Buffer[] = [];
    const finish = () => {
      socket.destroy();
      resolve(Buffer.concat(got));
    };
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      got.push(chunk);
      if (Buffer.concat(got).length >= enough) finish();
    });
    socket.on('end', finish);
    socket.write(bytes);
  });
}
