import { z } from 'zod';
import { named } from './lazy.ts';

export const RequestId = named('RequestId', () => z.union([z.string(), z.number().int().meta({ integer: 'i64' })]));
export type RequestId = z.infer<ReturnType<typeof RequestId>>;

/** JSON-RPC 2.0 shapes without the `jsonrpc` member (app-server specification §2). */
export interface RpcRequest {
  id: RequestId;
  method: string;
  params?: unknown;
  trace?: unknown;
}
export interface RpcNotification {
  method: string;
  params?: unknown;
}
export interface RpcResult {
  id: RequestId;
  result: unknown;
}
export interface RpcErrorBody {
  code: number;
  message: string;
  data?: unknown;
}
export interface RpcError {
  id: RequestId;
  error: RpcErrorBody;
}
export type RpcMessage = RpcRequest | RpcNotification | RpcResult | RpcError;

/** The numbers errors have on the wire (app-server specification, appendix B). */
export const RPC_CODES = {
  invalidRequest: -32600,
  invalidParams: -32602,
  internal: -32603,
  overloaded: -32001,
} as const;
