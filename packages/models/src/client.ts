import type { IncomingMessage } from 'node:http';
import type { OpenAI } from 'openai';
import type { Transport } from './transport.ts';

/** Below a provider's base URL. */
export type Endpoint = 'responses' | 'responses/compact';

export interface ModelCall {
  endpoint: Endpoint;
  /** Without a trailing slash. */
  baseUrl: string;
  queryParams: Readonly<Record<string, string>>;
  /** All headers; nothing else of the client's own goes on the wire. */
  headers: Readonly<Record<string, string>>;
  body: Record<string, unknown>;
  /** Limit for the response headers. */
  timeoutMs: number;
  signal: AbortSignal;
}

/** A POST through the official client, answered with Node's own response stream. */
export type PostModelCall = (call: ModelCall) => Promise<IncomingMessage>;

/**
 * The official client builds URL and body; our transport carries them. Its decoding of the stream is not used: it
 * prints broken JSON to stderr, gives up on it, and awaits several times per event.
 */
export function createPostModelCall(transport: Transport): PostModelCall {
  const clients = new Map<string, Promise<OpenAI>>();

  const clientFor = (call: ModelCall): Promise<OpenAI> => {
    const key = JSON.stringify([call.baseUrl, call.queryParams]);
    const client = clients.get(key) ?? createClient(transport, call);
    clients.set(key, client);
    return client;
  };

  return async (call) => {
    const client = await clientFor(call);
    const options = {
      signal: call.signal,
      timeout: call.timeoutMs,
      maxRetries: 0,
      // Replaces the client's header list altogether, among it its telemetry and what it reads from the environment.
      fetchOptions: { headers: call.headers } as unknown as NonNullable<OpenAI.RequestOptions['fetchOptions']>,
    };
    const response = await client.post(`/${call.endpoint}`, { ...options, body: call.body }).asResponse();
    return incomingOf(response);
  };
}

async function createClient(transport: Transport, call: ModelCall): Promise<OpenAI> {
  const openai = await import('openai');
  const silent = () => {};
  return new openai.OpenAI({
    baseURL: call.baseUrl,
    defaultQuery: { ...call.queryParams },
    // The client insists on a key and would look for it in the environment; the real one is among the headers.
    apiKey: 'unused',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    logLevel: 'off',
    logger: { error: silent, warn: silent, info: silent, debug: silent },
    fetch: (input, init) => fetchThrough(transport, input, init),
  });
}

async function fetchThrough(transport: Transport, input: unknown, init: RequestInit | undefined): Promise<Response> {
  const url = new URL(String(input));
  const incoming = await transport.send({
    method: init?.method ?? 'GET',
    url,
    headers: (init?.headers ?? {}) as Record<string, string>,
    body: typeof init?.body === 'string' ? init.body : '',
    signal: init?.signal ?? new AbortController().signal,
  });
  const entries = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  // Just what the client touches. `ok` is always true: judging the status is not left to the client.
  const response = {
    ok: true,
    status: incoming.statusCode ?? 0,
    url: url.href,
    headers: { entries: () => entries.values(), get: (name: string) => incoming.headers[name] ?? null },
    body: incoming,
  };
  return response as unknown as Response;
}

function incomingOf(response: Response): IncomingMessage {
  return response.body as unknown as IncomingMessage;
}
