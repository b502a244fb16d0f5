import type { RpcErrorBody } from '@codex/protocol';

/** A request, or a question, answered with an error. `code` is the number on the wire. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;
  readonly data: unknown;
  constructor(body: RpcErrorBody, options?: ErrorOptions) {
    super(body.message, options);
    this.code = body.code;
    this.data = body.data;
  }

  toBody(): RpcErrorBody {
    const { code, message, data } = this;
    return data === undefined ? { code, message } : { code, message, data };
  }
}

/** The connection ended before a request was answered; the message tells how. */
export class ConnectionClosed extends Error {
  override readonly name = 'ConnectionClosed';
}
