import { isObject } from '@codex/base';
import type { RequestId, RpcErrorBody } from '@codex/protocol';
import { UndecodableMessage } from './channel.ts';

/** A message by its shape; the first kind that fits wins (app-server specification §2). */
export type Incoming =
  | { kind: 'request'; id: RequestId; method: string; params: unknown }
  | { kind: 'notification'; method: string }
  | { kind: 'result'; id: RequestId; result: unknown }
  | { kind: 'error'; id: RequestId; error: RpcErrorBody }
  /** A request that says so, with an id or a trace nobody can use: it gets an answer, not silence. */
  | { kind: 'badRequest'; id: RequestId | null; reason: string }
  | { kind: 'undecodable'; reason: string };

export function readMessage(value: unknown): Incoming {
  if (value instanceof UndecodableMessage) return { kind: 'undecodable', reason: value.reason };
  if (!isObject(value)) return { kind: 'undecodable', reason: 'a message must be a JSON object' };
  if (typeof value['method'] === 'string') return readCall(value, value['method']);
  const id = value['id'];
  if (!isRequestId(id)) return { kind: 'undecodable', reason: 'neither `method` nor a usable `id`' };
  if (Object.hasOwn(value, 'result')) return { kind: 'result', id, result: value['result'] };
  const error = value['error'];
  if (isObject(error) && Number.isInteger(error['code']) && typeof error['message'] === 'string') {
    const body: RpcErrorBody = { code: Number(error['code']), message: error['message'] };
    return { kind: 'error', id, error: Object.hasOwn(error, 'data') ? { ...body, data: error['data'] } : body };
  }
  return { kind: 'undecodable', reason: 'neither `method`, `result` nor a usable `error`' };
}

function readCall(value: Record<string, unknown>, method: string): Incoming {
  if (!Object.hasOwn(value, 'id')) return { kind: 'notification', method };
  const id = value['id'];
  if (!isRequestId(id)) {
    return {
      kind: 'badRequest',
      id: null,
      reason: `invalid type: ${describe(id)}, expected \`id\` to be a string or an integer up to 2^53`,
    };
  }
  const trouble = traceTrouble(value['trace']);
  if (trouble) return { kind: 'badRequest', id, reason: trouble };
  return { kind: 'request', id, method, params: value['params'] };
}

function isRequestId(id: unknown): id is RequestId {
  // A number beyond 2^53 has been rounded on its way: nobody would recognise the answer.
  return typeof id === 'string' || Number.isSafeInteger(id);
}

/** Contents that are no valid W3C context are ignored (§6); only a wrong type is a mistake. */
function traceTrouble(trace: unknown): string | null {
  if (trace === undefined || trace === null) return null;
  if (!isObject(trace)) return `invalid type: ${describe(trace)}, expected \`trace\` to be an object`;
  for (const key of ['traceparent', 'tracestate']) {
    const member = trace[key] ?? null;
    if (member !== null && typeof member !== 'string') {
      return `invalid type: ${describe(member)}, expected \`trace.${key}\` to be a string`;
    }
  }
  return null;
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'sequence';
  if (typeof value === 'number') return `${Number.isInteger(value) ? 'integer' : 'floating point'} \`${value}\``;
  return isObject(value) ? 'map' : typeof value;
}
