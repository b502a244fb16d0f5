import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemCode } from '@codex/base';

const HOST = '127.0.0.1';
const ATTEMPTS = 10;
const RETRY_MS = 200;
const CANCEL_LIMIT_MS = 2_000;

export interface CallbackServer {
  readonly port: number;
  close(): void;
}

/**
 * Listens where a browser of this machine comes back to; 0 takes any free port. Another login that holds the port is asked to
 * end. Rejects when the port stays taken.
 */
export async function openCallbackServer(
  port: number,
  clock: Clock,
  serve: (incoming: IncomingMessage, response: ServerResponse) => void,
): Promise<CallbackServer> {
  const server = createServer(serve);
  for (let attempt = 1; ; attempt++) {
    try {
      server.listen(port, HOST);
      await once(server, 'listening');
      break;
    } catch (error) {
      if (systemCode(error) !== 'EADDRINUSE') throw error;
      if (attempt === ATTEMPTS) throw new Error(`Port ${HOST}:${port} is already in use`, { cause: error });
      if (attempt === 1) await cancelOther(port);
      await clock.sleep(RETRY_MS);
    }
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Every Codex understands this; whatever else holds the port may think of it what it likes. */
function cancelOther(port: number): Promise<void> {
  return new Promise((resolve) => {
    const asking = request({ host: HOST, port, path: '/cancel', agent: false, timeout: CANCEL_LIMIT_MS });
    asking.on('response', (answer) => answer.resume());
    asking.on('timeout', () => asking.destroy());
    asking.on('error', () => {});
    asking.on('close', resolve);
    asking.end();
  });
}
