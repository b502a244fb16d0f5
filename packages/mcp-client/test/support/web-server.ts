import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown> | null;
  /** Of form requests. */
  form: Record<string, string>;
}

export interface WebServerOptions {
  /** Answers come as event streams. */
  stream?: boolean;
  /** Requests must carry the id of a session. */
  sessions?: boolean;
  /** Everything is answered with this. */
  status?: number;
  /** There is an authorization server at the same address. */
  authorization?: boolean;
  /** What its token endpoint answers. */
  token?: (form: Record<string, string>) => { status: number; body: Record<string, unknown> };
}

/** An MCP server over HTTP with one tool, and an authorization server beside it. */
export async function webServer(options: WebServerOptions = {}) {
  const requests: SeenRequest[] = [];
  let session = 0;
  let known = new Set<string>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
      const seen: SeenRequest = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: !isForm && text ? (JSON.parse(text) as Record<string, unknown>) : null,
        form: isForm ? Object.fromEntries(new URLSearchParams(text)) : {},
      };
      requests.push(seen);
      const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
      if (seen.path.includes('.well-known')) {
        const here = seen.path === '/.well-known/oauth-authorization-server/mcp';
        if (!options.authorization || !here) return void response.writeHead(404).end();
        return void json(200, {
          authorization_endpoint: `${origin}/authorize?tenant=1`,
          token_endpoint: `${origin}/token`,
          registration_endpoint: `${origin}/register`,
          scopes_supported: ['read', 'write'],
        });
      }
      if (seen.path === '/register') return void json(201, { client_id: 'client-1' });
      if (seen.path === '/token') {
        const answer = options.token?.(seen.form) ?? { status: 200, body: { access_token: 'fresh' } };
        return void json(answer.status, answer.body);
      }
      if (options.status !== undefined) return void response.writeHead(options.status).end();
      if (seen.method !== 'POST') return void response.writeHead(seen.method === 'DELETE' ? 200 : 405).end();
      const { id, method } = seen.body ?? {};
      const headers: Record<string, string> = {};
      if (options.sessions) {
        if (method === 'initialize') known.add((headers['mcp-session-id'] = `session-${++session}`));
        else if (!known.has(String(seen.headers['mcp-session-id']))) return void response.writeHead(404).end();
      }
      if (id === undefined) return void response.writeHead(202).end();
      const message = { jsonrpc: '2.0', id, result: RESULTS[String(method)] ?? {} };
      if (!options.stream) return void json(200, message, headers);
      response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
      return void response.end(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    origin,
    url: `${origin}/mcp`,
    requests,
    forgetSessions: () => {
      known = new Set();
    },
  };
}

const RESULTS: Record<string, unknown> = {
  initialize: {
    protocolVersion: '2025-06-18',
    capabilities: { tools: {}, resources: {} },
    serverInfo: { name: 'web', version: '1' },
  },
  'tools/list': { tools: [{ name: 'ping', description: 'Pings.', inputSchema: { type: 'object', properties: {} } }] },
  'tools/call': { content: [{ type: 'text', text: 'pong' }] },
  'resources/list': { resources: [{ uri: 'memo://one', name: 'one' }] },
  'resources/templates/list': { resourceTemplates: [] },
};
