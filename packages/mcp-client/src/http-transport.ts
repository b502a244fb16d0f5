import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Target } from './settings.ts';

/** A server behind an address. `token` is asked before every request, so that a renewed one counts at once. */
export async function httpTransport(
  { url, headers }: Extract<Target, { kind: 'http' }>,
  token: () => Promise<string | null>,
): Promise<Transport> {
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  return new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers },
    fetch: async (address, init) => {
      const sent = new Headers(init?.headers);
      if (init?.method === 'POST') sent.set('accept', 'text/event-stream, application/json');
      const bearer = sent.has('authorization') ? null : await token();
      if (bearer !== null) sent.set('authorization', `Bearer ${bearer}`);
      return fetch(address, { ...init, headers: sent });
    },
  }) as Transport;
}

/** The HTTP status a request failed with; undefined for other failures. */
export function httpStatus(error: unknown): number | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'number' && code >= 400 && code < 600 ? code : undefined;
}
