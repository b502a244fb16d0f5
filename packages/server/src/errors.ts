import { type ErrorCode, isCodexError, toMessage } from '@codex/base';
import { RPC_CODES, type RpcErrorBody } from '@codex/protocol';

/** The only place where refusals get their numbers (app-server specification, appendix B). */
const NUMBERS: Readonly<Record<ErrorCode, number>> = {
  invalidRequest: RPC_CODES.invalidRequest,
  invalidParams: RPC_CODES.invalidParams,
  internal: RPC_CODES.internal,
  overloaded: RPC_CODES.overloaded,
  threadNotFound: RPC_CODES.invalidRequest,
  rolloutNotFound: RPC_CODES.invalidRequest,
  config: RPC_CODES.invalidRequest,
  auth: RPC_CODES.invalidRequest,
  model: RPC_CODES.internal,
  sandboxUnavailable: RPC_CODES.internal,
  unsupported: RPC_CODES.invalidRequest,
};

/** What a failed request answers. Anything that is not a refusal is our fault and is called internal. */
export function toRpcError(error: unknown): RpcErrorBody {
  if (!isCodexError(error)) return { code: RPC_CODES.internal, message: `internal error: ${toMessage(error)}` };
  const body = { code: NUMBERS[error.code], message: error.message };
  return error.data === undefined ? body : { ...body, data: error.data };
}
