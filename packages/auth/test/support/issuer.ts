import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import type { HttpSend } from '../../src/index.ts';

export interface Asked {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** The fields of a form or the members of JSON. */
  fields: Record<string, string>;
}

type Answer = { status?: number; body: unknown } | 'hang';

export interface FakeIssuer {
  readonly url: string;
  readonly asked: Asked[];
  /** What a path answers from now on, instead of what a real one would. */
  answers: Record<string, (asked: Asked) => Answer | Promise<Answer>>;
  /** The requests to one path. */
  to(path: string): Asked[];
}

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

export function jwt(claims: object = {}): string {
  return `${encode({ alg: 'none' })}.${encode(claims)}.sig`;
}

export function idToken(account = 'acc', email = 'me@example.com'): string {
  return jwt({ email, 'https://api.openai.com/auth': { chatgpt_plan_type: 'pro', chatgpt_account_id: account } });
}

/** An issuer on a port of its own: codes and refresh tokens are good once, device codes are granted at the second question. */
export async function startIssuer(): Promise<FakeIssuer> {
  const asked: Asked[] = [];
  const used = new Set<string>();
  let n = 0;
  let polls = 0;
  const tokens = () => {
    n++;
    return { id_token: idToken(), access_token: `access-${n}`, refresh_token: `refresh-${n}` };
  };
  const issuer: FakeIssuer = { url: '', asked, answers: {}, to: (path) => asked.filter((each) => each.path === path) };
  const usual = ({ path, fields }: Asked): Answer => {
    if (path === '/oauth/token') {
      const grant = fields['refresh_token'] ?? fields['code'] ?? '';
      if (used.has(grant)) return { status: 401, body: { error: { code: 'refresh_token_reused', message: 'used' } } };
      used.add(grant);
      return { body: tokens() };
    }
    if (path === '/api/accounts/deviceauth/usercode')
      return { body: { device_auth_id: 'dev', user_code: 'ABCD-1234', interval: '0.01' } };
    if (path === '/api/accounts/deviceauth/token')
      return ++polls < 2 ? { status: 403, body: {} } : { body: { authorization_code: 'granted', code_verifier: 'v' } };
    return { status: 404, body: {} };
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const fields = body.startsWith('{') ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
      const { method = '', url: path = '', headers } = request;
      const one: Asked = { method, path, headers, body, fields };
      asked.push(one);
      void Promise.resolve((issuer.answers[path] ?? usual)(one)).then((answer) => {
        if (answer === 'hang') return;
        response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
        response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(issuer, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

export const http: HttpSend = async ({ method, url, headers, body, signal }) => {
  const response = await fetch(url, { method, headers, ...(method === 'POST' ? { body } : {}), signal });
  return { status: response.status, contentType: response.headers.get('content-type'), text: await response.text() };
};
