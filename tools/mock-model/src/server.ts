import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Directive, isDirective, type Part } from './events.ts';
import { parseBody, type RecordedRequest } from './request.ts';
import { encodeEvent, type Reply, type Step, script, toReply } from './script.ts';

const BLOCK_BYTES = 32 * 1024;

export interface MockModelOptions {
  steps?: readonly Step[];
  /** Answers for other endpoints, by `METHOD /path`. */
  routes?: Record<string, Step>;
  /** Default: any free port. */
  port?: number;
}

export interface MockModel {
  readonly port: number;
  /** `http://127.0.0.1:PORT`; a provider's base URL is this plus `/v1`. */
  readonly url: string;
  /** Every request, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** Only model calls: POST to a path ending in `/responses` or `/responses/compact`. */
  readonly calls: readonly RecordedRequest[];
  /** The first `count` calls, as soon as there are so many. Rejects after `timeoutMs` (default 30 s). */
  waitForCalls(count: number, timeoutMs?: number): Promise<RecordedRequest[]>;
  /** Lets streams pass `gate(name)`, those to come included. */
  open(gate: string): void;
  push(...steps: Step[]): void;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Connections not closed yet. */
  readonly openConnections: number;
  /** Replies not used so far. */
  readonly unused: number;
  /** Cuts all connections. Safe to call twice. */
  close(): Promise<void>;
}

/** Starts the server on 127.0.0.1. A call without a fitting reply gets status 500 and `the script has no reply left`. */
export async function startMockModel(options: MockModelOptions = {}): Promise<MockModel> {
  const pending = script(options.steps ?? []);
  const requests: RecordedRequest[] = [];
  const calls: RecordedRequest[] = [];
  const sockets = new Set<Socket>();
  const waiters = new Set<() => void>();
  const gates = createGates();
  const stop = new AbortController();
  let connections = 0;

  const take = (request: RecordedRequest): Reply | undefined => {
    const index = pending.findIndex((reply) => reply.when?.(request) ?? true);
    const found = pending[index];
    if (found && !found.repeat) pending.splice(index, 1);
    return found;
  };

  const answer = async (request: RecordedRequest, reply: Reply | undefined, response: ServerResponse) => {
    if (!reply) return sendPlain(response, 500, { error: { message: 'the script has no reply left' } }, {});
    if (reply.kind === 'made') return answer(request, toReply(reply.make(request)), response);
    if (reply.kind === 'http') return sendPlain(response, reply.status, reply.body, reply.headers ?? {});
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', ...reply.headers });
    response.flushHeaders();
    await sendStream(response, reply.parts, reply.chunkBytes, (directive) => perform(directive, response));
  };

  /** False ends the stream here. */
  const perform = async (directive: Directive, response: ServerResponse): Promise<boolean> => {
    if (directive.do === 'gate') await gates.pass(directive.name);
    else if (directive.do === 'delay') await pause(directive.ms, stop.signal);
    else if (directive.do === 'bytes') response.write(directive.text);
    else if (directive.do === 'stall') await new Promise((resolve) => response.once('close', resolve));
    else response.socket?.destroy();
    return !response.destroyed;
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const text = await readText(incoming);
    const url = new URL(incoming.url ?? '/', 'http://localhost');
    const method = incoming.method ?? 'GET';
    const request: RecordedRequest = {
      method,
      path: url.pathname,
      query: url.search,
      headers: incoming.headers,
      text,
      body: parseBody(text),
    };
    requests.push(request);
    const isCall = method === 'POST' && /\/responses(\/compact)?$/.test(request.path);
    const route = options.routes?.[`${method} ${request.path}`];
    // Taken before waiters run, so that a test that pushes on seeing a call does not feed that same call.
    const reply = route ? toReply(route) : isCall ? take(request) : undefined;
    if (isCall) calls.push(request);
    for (const check of waiters) check();
    if (route || isCall) await answer(request, reply, response);
    else if (request.path.endsWith('/models')) sendPlain(response, 200, { models: [] }, {});
    else sendPlain(response, 404, { error: { message: 'not found' } }, {});
  };

  const server = createServer((incoming, response) => {
    response.on('error', () => {});
    handle(incoming, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    connections++;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;

  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    calls,
    get unused() {
      return pending.length;
    },
    get connections() {
      return connections;
    },
    get openConnections() {
      return sockets.size;
    },
    open: gates.open,
    push: (...steps) => {
      pending.push(...script(steps));
    },
    waitForCalls: (count, timeoutMs = 30_000) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (calls.length < count) return;
          clearTimeout(timer);
          waiters.delete(check);
          resolve(calls.slice(0, count));
        };
        const timer = setTimeout(() => {
          waiters.delete(check);
          reject(new Error(`the mock model saw ${calls.length} of ${count} awaited calls`));
        }, timeoutMs);
        waiters.add(check);
        check();
      }),
    close: () => {
      closing ??= new Promise((resolve) => {
        stop.abort();
        gates.openAll();
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      });
      return closing;
    },
  };
}

/** Writes events in blocks, so that tens of thousands of them cost a few writes. */
async function sendStream(
  response: ServerResponse,
  parts: readonly Part[],
  chunkBytes: number | undefined,
  perform: (directive: Directive) => Promise<boolean>,
): Promise<void> {
  let block = '';
  const flush = async () => {
    if (block === '') return;
    const bytes = Buffer.from(block);
    block = '';
    const size = chunkBytes ?? bytes.length;
    for (let at = 0; at < bytes.length; at += size) {
      const more = response.write(bytes.subarray(at, at + size));
      if (!more && !response.destroyed) await drained(response);
    }
  };
  for (const part of parts) {
    if (response.destroyed) return;
    if (isDirective(part)) {
      await flush();
      if (!(await perform(part))) return;
    } else {
      block += encodeEvent(part);
      if (block.length >= BLOCK_BYTES) await flush();
    }
  }
  await flush();
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

function sendPlain(response: ServerResponse, status: number, body: unknown, headers: Record<string, string>): void {
  const isText = typeof body === 'string';
  response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers });
  response.end(isText ? body : JSON.stringify(body));
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

function createGates() {
  const opened = new Set<string>();
  const waiting = new Map<string, (() => void)[]>();
  let all = false;
  const release = (name: string) => {
    for (const resume of waiting.get(name) ?? []) resume();
    waiting.delete(name);
  };
  return {
    pass: (name: string): Promise<void> =>
      all || opened.has(name)
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.set(name, [...(waiting.get(name) ?? []), resolve]);
          }),
    open: (name: string) => {
      opened.add(name);
      release(name);
    },
    openAll: () => {
      all = true;
      for (const name of waiting.keys()) release(name);
    },
  };
}
