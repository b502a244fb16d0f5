import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface FakeChatgpt {
  /** For `chatgpt_base_url`. */
  readonly url: string;
  /** Methods and paths of requests; those of MCP with their method. */
  readonly asked: string[];
  /** Values of the header `authorization`. */
  readonly tokens: Set<string>;
  /** What GET requests answer, by the end of their path; a number is a status. */
  readonly answers: Record<string, unknown>;
  /** Tools of the server of connected apps; null: it is down. */
  tools: object[] | null;
}

interface RpcRequest {
  id?: number;
  method: string;
}

/** ChatGPT's backend with a server of connected apps; ends with the test. */
export async function fakeChatgpt(): Promise<FakeChatgpt> {
  const fake = { url: '', asked: [] as string[], tokens: new Set<string>(), answers: {}, tools: [] as object[] | null };
  const serve = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      fake.tokens.add(request.headers.authorization ?? '');
      const text = Buffer.concat(chunks).toString('utf8');
      const rpc = request.method === 'POST' ? (JSON.parse(text) as RpcRequest) : null;
      fake.asked.push(rpc ? rpc.method : `${request.method} ${request.url}`);
      const answer = rpc ? rpcAnswer(rpc, fake.tools) : byPath(fake.answers, request.url ?? '');
      if (typeof answer === 'number') {
        response.writeHead(answer).end('no');
        return;
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => serve.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    serve.closeAllConnections();
    serve.close();
  });
  fake.url = `http://127.0.0.1:${(serve.address() as AddressInfo).port}/backend-api`;
  return fake;
}

function rpcAnswer({ id, method }: RpcRequest, tools: object[] | null): unknown {
  if (!tools) return 500;
  const results: Record<string, unknown> = {
    initialize: {
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 'apps', version: '1' },
    },
    'tools/list': { tools },
    'tools/call': { content: [{ type: 'text', text: 'done' }] },
  };
  return results[method] ? { jsonrpc: '2.0', id, result: results[method] } : 202;
}

function byPath(answers: Readonly<Record<string, unknown>>, url: string): unknown {
  const path = url.split('?')[0] ?? '';
  return Object.entries(answers).find(([end]) => path.endsWith(end))?.[1] ?? 405;
}

/** Signs in with ChatGPT; the token is returned. */
export function signIn(home: string): string {
  const claims = { email: 'a@b.c', exp: 4_102_444_800, 'https://api.openai.com/auth': { chatgpt_plan_type: 'pro' } };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'none' })}.${part(claims)}.c2ln`;
  const tokens = { id_token: token, access_token: token, refresh_token: 'r', account_id: 'acct-1' };
  const stored = { auth_mode: 'chatgpt', tokens, last_refresh: new Date().toISOString() };
  writeFileSync(join(home, 'auth.json'), JSON.stringify(stored));
  return token;
}

export function appTool(name: string, app: string, annotations: object = {}): object {
  const meta = { connector_id: `connector_${app.toLowerCase()}`, connector_name: app };
  return {
    name,
    description: `Does ${name}`,
    inputSchema: { type: 'object', properties: {} },
    annotations,
    _meta: meta,
  };
}
