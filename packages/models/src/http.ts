import type { Clock } from '@codex/base';
import type { Env } from './provider.ts';
import { readText } from './read-stream.ts';
import { createTransport, type OutgoingRequest } from './transport.ts';

export type HttpRequest = OutgoingRequest;

export interface HttpReply {
  status: number;
  contentType: string | null;
  /** At most a megabyte. */
  text: string;
}

/** Single questions to other machines. */
export interface Http {
  /** Resolves with the whole answer, whatever its status; rejects when none came, or with the abort reason. */
  send(request: HttpRequest): Promise<HttpReply>;
  /** Closes idle connections. */
  close(): void;
}

const MAX_BYTES = 1024 * 1024;
const IDLE_MS = 30_000;

/** They go the way of model calls: through the same proxies, with the same certificates. */
export function createHttp({ env, clock }: { env: Env; clock: Clock }): Http {
  const transport = createTransport({ env });
  return {
    async send(request) {
      const incoming = await transport.send(request);
      const { signal } = request;
      const text = await readText(incoming, { maxBytes: MAX_BYTES, idleMs: IDLE_MS, clock, signal });
      const contentType = incoming.headers['content-type'] ?? null;
      return { status: incoming.statusCode ?? 0, contentType, text };
    },
    close: () => transport.close(),
  };
}
