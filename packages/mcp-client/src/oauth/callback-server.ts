import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CallbackServer {
  /** Where providers send the user back to. */
  readonly redirectUri: string;
  /** Resolves with the code of the first answer that carries one; rejects when the provider refuses. */
  readonly code: Promise<{ code: string; state: string }>;
  close(): void;
}

const ORIGIN = 'http://localhost';
const LOCAL = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Waits for the browser to come back, on a port of this machine. Rejects when the port is taken. */
export async function openCallback(config: { port: number | null; url: string | null }): Promise<CallbackServer> {
  const own = config.url === null ? null : new URL(config.url);
  const path = own?.pathname ?? '/callback';
  let succeed: (answer: { code: string; state: string }) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const code = new Promise<{ code: string; state: string }>((resolve, reject) => {
    succeed = resolve;
    fail = reject;
  });
  // Whoever waits hears of it; nobody may be waiting yet.
  code.catch(() => {});
  const server = createServer((request, response) => {
    const target = request.url ?? '/';
    const { pathname, searchParams } = new URL(URL.canParse(target, ORIGIN) ? target : '/', ORIGIN);
    const [found, state, error] = ['code', 'state', 'error'].map((key) => searchParams.get(key));
    const reply = (status: number, text: string) =>
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(text);
    if (pathname === path && error) {
      const description = searchParams.get('error_description');
      const said = `OAuth provider returned \`${error}\`${description ? `: ${description}` : ''}`;
      reply(400, said);
      fail(new Error(said));
    } else if (pathname === path && found && state) {
      reply(200, 'Authentication complete. You may close this window.');
      succeed({ code: found, state });
    } else reply(400, 'Invalid OAuth callback');
  });
  const host = own === null || LOCAL.has(own.hostname) ? '127.0.0.1' : '0.0.0.0';
  await listen(server, config.port ?? 0, host);
  const { port } = server.address() as AddressInfo;
  return {
    redirectUri: config.url ?? `http://127.0.0.1:${port}/callback`,
    code,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
