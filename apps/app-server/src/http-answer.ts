import type { IncomingHttpHeaders } from 'node:http';
import type { SocketAuth } from './socket-auth.ts';

export interface HttpRequest {
  method: string;
  /** As the client sent it, with the query. */
  url: string;
  headers: IncomingHttpHeaders;
}

export interface HttpAnswer {
  status: number;
  headers?: Readonly<Record<string, string>>;
  text: string;
}

const PROBES: ReadonlySet<string> = new Set(['/readyz', '/healthz']);

/**
 * What a request gets that does not become a websocket, or null for one that does: any path but the probes'
 * (app-server specification §3.2). Requests with an Origin come from web pages, which have no business here: every
 * page that a user opens could otherwise run commands. Probes need no authentication.
 */
export function httpAnswer({ method, url, headers }: HttpRequest, auth: SocketAuth | null): HttpAnswer | null {
  if (headers.origin !== undefined) return { status: 403, text: 'Requests with an Origin header are refused' };
  const [path = ''] = url.split('?', 1);
  if (PROBES.has(path)) {
    if (method === 'GET' || method === 'HEAD') return { status: 200, text: '' };
    return { status: 405, headers: { allow: 'GET,HEAD' }, text: '' };
  }
  if (method !== 'GET') return { status: 405, headers: { allow: 'GET' }, text: 'Request method must be `GET`' };
  const wrong = wrongHeader(headers);
  if (wrong !== null) return { status: 400, text: wrong };
  const refusal = auth === null ? null : auth(headers.authorization);
  return refusal === null ? null : { status: 401, headers: { 'www-authenticate': 'Bearer' }, text: refusal };
}

function wrongHeader(headers: IncomingHttpHeaders): string | null {
  if (!names(headers.connection, 'upgrade')) return "Connection header did not include 'upgrade'";
  if (headers.upgrade?.toLowerCase() !== 'websocket') return "`Upgrade` header did not include 'websocket'";
  if (headers['sec-websocket-key'] === undefined) return '`Sec-WebSocket-Key` header missing';
  if (headers['sec-websocket-version'] !== '13') return "`Sec-WebSocket-Version` header did not include '13'";
  return null;
}

/** Whether a list such as `keep-alive, Upgrade` has this entry. */
function names(list: string | undefined, entry: string): boolean {
  return (list ?? '').split(',').some((each) => each.trim().toLowerCase() === entry);
}
