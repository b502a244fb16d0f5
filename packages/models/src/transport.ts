import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import type * as Http from 'node:http';
import type * as Https from 'node:https';
import type { Socket } from 'node:net';
import type * as Tls from 'node:tls';
import { abortReason, CodexError, systemCode, toMessage } from '@codex/base';
import type { Env } from './provider.ts';
import { proxyAuthorization, proxyFor } from './proxy.ts';

export interface OutgoingRequest {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: string;
  signal: AbortSignal;
}

/** HTTP over node:http(s): kept-alive connections, proxies, extra certificate authorities. */
export interface Transport {
  /** Resolves when the response headers are there, whatever the status; rejects when no answer came or on abort. */
  send(request: OutgoingRequest): Promise<IncomingMessage>;
  /** Closes idle connections. */
  close(): void;
}

type ConnectCallback = (error: Error | null, socket?: Socket) => void;

/** `extraCaFiles` are PEM files trusted besides Node's own list, next to those of CODEX_CA_CERTIFICATE or SSL_CERT_FILE. */
export function createTransport(options: { env: Env; extraCaFiles?: readonly string[] }): Transport {
  const { env } = options;
  const agents = new Map<string, Agent>();
  let caBundle: Promise<string[] | undefined> | undefined;

  const loadCa = (): Promise<string[] | undefined> => {
    if (caBundle) return caBundle;
    const reading = readCa([env['CODEX_CA_CERTIFICATE'] || env['SSL_CERT_FILE'], ...(options.extraCaFiles ?? [])]);
    caBundle = reading;
    // A file that could not be read once may be there next time.
    reading.catch(() => {
      if (caBundle === reading) caBundle = undefined;
    });
    return reading;
  };

  const agentFor = (key: string, make: () => Agent): Agent => {
    const agent = agents.get(key) ?? make();
    agents.set(key, agent);
    return agent;
  };

  const prepare = async (request: OutgoingRequest): Promise<() => ClientRequest> => {
    const { url, method } = request;
    const proxy = proxyFor(url, env);
    const headers: Record<string, string> = { ...request.headers };
    headers['content-length'] = String(Buffer.byteLength(request.body));
    const http = await import('node:http');
    const target = { method, headers, signal: request.signal };
    const address = {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || undefined,
      path: url.pathname + url.search,
    };
    if (url.protocol === 'http:' && !proxy) {
      const agent = agentFor('http', () => new http.Agent({ keepAlive: true }));
      return () => http.request({ ...target, ...address, agent });
    }
    const https = await import('node:https');
    if (url.protocol === 'http:' && proxy) {
      const authorization = proxyAuthorization(proxy);
      if (authorization) headers['proxy-authorization'] = authorization;
      headers['host'] = url.host;
      const client = proxy.protocol === 'https:' ? https : http;
      const ca = proxy.protocol === 'https:' ? await loadCa() : undefined;
      const agent = agentFor(
        `http via ${proxy.href}`,
        () => new client.Agent({ keepAlive: true, ...(ca ? { ca } : {}) }),
      );
      return () =>
        client.request({ ...target, host: proxy.hostname, port: proxy.port || undefined, path: url.href, agent });
    }
    const ca = await loadCa();
    const tls = await import('node:tls');
    const agent = proxy
      ? agentFor(`https via ${proxy.href}`, () => tunnelAgent(proxy, ca, { http, https, tls }))
      : agentFor('https', () => new https.Agent({ keepAlive: true, ...(ca ? { ca } : {}) }));
    return () => https.request({ ...target, ...address, agent });
  };

  const attempt = (open: () => ClientRequest, request: OutgoingRequest): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const outgoing = open();
      outgoing.once('response', (incoming) => {
        // Trouble after this point reaches the reader of the body; without a reader it must not end the process.
        incoming.on('error', () => {});
        resolve(incoming);
      });
      outgoing.on('error', (error) => {
        if (request.signal.aborted) reject(abortReason(request.signal));
        // A kept-alive connection may have been closed by the server just now; that says nothing about this request.
        else if (outgoing.reusedSocket && systemCode(error) === 'ECONNRESET')
          attempt(open, request).then(resolve, reject);
        else reject(error);
      });
      outgoing.end(request.body);
    });

  return {
    async send(request) {
      const open = await prepare(request);
      if (request.signal.aborted) throw abortReason(request.signal);
      return attempt(open, request);
    },
    close() {
      for (const agent of agents.values()) agent.destroy();
      agents.clear();
    },
  };
}

async function readCa(files: readonly (string | undefined)[]): Promise<string[] | undefined> {
  const named = files.filter((file): file is string => file !== undefined && file !== '');
  if (named.length === 0) return undefined;
  const [{ readFile }, { rootCertificates }] = await Promise.all([import('node:fs/promises'), import('node:tls')]);
  const read = async (file: string): Promise<string> => {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      throw new CodexError('model', `The certificate file ${file} cannot be read: ${toMessage(error)}`, {
        cause: error,
      });
    }
  };
  return [...rootCertificates, ...(await Promise.all(named.map(read)))];
}

/** Connections to https servers through a proxy's CONNECT. */
function tunnelAgent(
  proxy: URL,
  ca: string[] | undefined,
  node: { http: typeof Http; https: typeof Https; tls: typeof Tls },
): Agent {
  const trust = ca ? { ca } : {};
  const createConnection = (
    options: Https.RequestOptions & { servername?: string },
    done: ConnectCallback,
  ): undefined => {
    const host = String(options.host ?? options.hostname);
    const authority = `${host.includes(':') ? `[${host}]` : host}:${options.port ?? 443}`;
    const authorization = proxyAuthorization(proxy);
    const client = proxy.protocol === 'https:' ? node.https : node.http;
    const connect = client.request({
      method: 'CONNECT',
      host: proxy.hostname,
      port: proxy.port || undefined,
      path: authority,
      headers: { host: authority, ...(authorization ? { 'proxy-authorization': authorization } : {}) },
      agent: false,
      ...trust,
    });
    connect.once('error', (error) => done(error));
    connect.once('connect', (response, socket) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        done(new Error(`the proxy refused the connection with status ${response.statusCode}`));
        return;
      }
      const secure = node.tls.connect({ socket, servername: options.servername ?? host, ...trust });
      secure.once('error', done);
      secure.once('secureConnect', () => {
        secure.off('error', done);
        done(null, secure);
      });
    });
    connect.end();
  };
  return Object.assign(new node.https.Agent({ keepAlive: true, ...trust }), { createConnection });
}
