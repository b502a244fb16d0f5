import { abortReason, asyncQueue, type Channel, parseJson } from '@codex/base';
import type { RpcMessage } from '@codex/protocol';
import { ConnectionClosed } from './errors.ts';

export interface WebSocketOptions {
  headers?: Readonly<Record<string, string>>;
  /** Gives up connecting; an open connection is not affected. */
  signal?: AbortSignal;
}

const MAX_MESSAGE_BYTES = 512 * 1024 * 1024;

/**
 * Connects to an app-server: one text frame is one message. Rejects when there is no connection. `messages` throws
 * ConnectionClosed when the other side ends it. The library is loaded on the first call.
 */
export async function webSocket(url: string, options: WebSocketOptions = {}): Promise<Channel<unknown, RpcMessage>> {
  const { WebSocket } = await import('ws');
  const { headers, signal } = options;
  if (signal?.aborted) throw abortReason(signal);
  const socket = new WebSocket(url, { ...(headers ? { headers } : {}), maxPayload: MAX_MESSAGE_BYTES });
  const incoming = asyncQueue<unknown>();
  let closing = false;
  let failure: Error | undefined;

  await new Promise<void>((resolve, reject) => {
    const abort = () => socket.terminate();
    signal?.addEventListener('abort', abort, { once: true });
    const settle = (finish: () => void) => () => {
      signal?.removeEventListener('abort', abort);
      finish();
    };
    socket.once('open', settle(resolve));
    socket.on('error', (error) => {
      failure = error;
    });
    socket.once(
      'close',
      settle(() => {
        incoming.end();
        if (signal?.aborted) reject(abortReason(signal));
        else
          reject(new ConnectionClosed(`cannot connect to ${url}: ${failure?.message ?? 'closed'}`, { cause: failure }));
      }),
    );
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) return;
      const parsed = parseJson(data.toString());
      if (parsed.ok) incoming.push(parsed.value);
    });
    socket.once('close', (code, reason) => {
      failure ??= new ConnectionClosed(
        `the server closed the connection (${code}${reason.length > 0 ? `: ${String(reason)}` : ''})`,
      );
    });
  });

  async function* messages(): AsyncGenerator<unknown> {
    yield* incoming;
    if (!closing && failure) throw failure;
  }

  return {
    messages: messages(),
    send: (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    close() {
      if (closing) return;
      closing = true;
      socket.close(1000);
    },
  };
}
