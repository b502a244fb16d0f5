import type { IncomingMessage } from 'node:http';
import { abortReason, type Clock, type Ids, isCodexError, type Logger, systemCode, toMessage } from '@codex/base';
import type { Provider } from '@codex/protocol';
import type { Endpoint, PostModelCall } from './client.ts';
import type { Credential } from './credentials.ts';
import type { ModelRequest } from './events.ts';
import { connectionFailure, type Failure, setupFailure, statusFailure } from './failure.ts';
import { credentialFor, type LoginDeps, recoverLogin } from './login.ts';
import { absentServer, baseUrlOf, baseUrlProblem, isAzure } from './provider.ts';
import { readText } from './read-stream.ts';
import { requestHeaders } from './request.ts';

export interface SendDeps extends LoginDeps {
  post: PostModelCall;
  userAgent: () => string;
  originator: () => string;
  clock: Clock;
  ids: Pick<Ids, 'integer'>;
  log: Logger;
}

/** What stays the same through all attempts of a call. */
export interface Outgoing {
  readonly deps: SendDeps;
  readonly endpoint: Endpoint;
  readonly request: ModelRequest;
  readonly provider: Provider;
  /** Asked again for every attempt; `store` is for Azure. */
  readonly body: (store: boolean) => Record<string, unknown>;
  readonly log: Logger;
  /** As the server last set it; goes along with later attempts. */
  turnState: string | undefined;
}

const MAX_ERROR_BODY_BYTES = 1024 * 1024;
const MIN_HEADERS_TIMEOUT_MS = 600_000;
const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 60_000;
const MAX_LOGIN_RECOVERIES = 2;
const MAX_RETRIES = 100;

/** Sends a request, again as often as provider and login allow; a refusal is classified (spec core §4.2, §4.6). */
export async function send(call: Outgoing, signal: AbortSignal): Promise<{ incoming: IncomingMessage } | Failure> {
  const { deps, provider } = call;
  let refusals = 0;
  let repeats = 0;
  for (;;) {
    if (signal.aborted) throw abortReason(signal);
    const { answer, credential } = await sendOnce(call, signal);
    if ('incoming' in answer) return answer;
    if (answer.status === 401 && credential.kind === 'chatgpt') {
      const recovery = ++refusals > MAX_LOGIN_RECOVERIES ? null : await recoverLogin(deps, credential, refusals);
      if (recovery === 'again') continue;
      return recovery ?? { ...answer, info: 'unauthorized', retryRequest: false, retryStream: false };
    }
    if (!answer.retryRequest || repeats >= retries(provider.requestMaxRetries)) return answer;
    await deps.clock.sleep(answer.delayMs ?? backoff(++repeats, deps.ids), signal);
  }
}

/** The number of repetitions a setting stands for. */
export function retries(configured: number): number {
  return Math.min(configured, MAX_RETRIES);
}

/** Milliseconds before repetition `n` (from 1): doubling, with ten percent of jitter. */
export function backoff(n: number, ids: Pick<Ids, 'integer'>): number {
  const base = Math.min(FIRST_BACKOFF_MS * 2 ** (n - 1), MAX_BACKOFF_MS);
  return Math.round((base * ids.integer(900, 1100)) / 1000);
}

interface Sent {
  answer: { incoming: IncomingMessage } | Failure;
  /** As it went along. */
  credential: Credential;
}

/** A refused status is read to its end and classified. */
async function sendOnce(call: Outgoing, signal: AbortSignal): Promise<Sent> {
  const { deps, endpoint, request, provider, log } = call;
  let credential: Credential = { kind: 'none' };
  const refused = (failure: Failure): Sent => ({ answer: failure, credential });
  const problem = baseUrlProblem(provider);
  if (problem !== null) return refused(setupFailure(problem));
  try {
    credential = await credentialFor(deps, provider);
  } catch (error) {
    if (isCodexError(error)) return refused(setupFailure(error.message));
    throw error;
  }
  const baseUrl = baseUrlOf(provider, credential.kind === 'chatgpt');
  const url = shownUrl(baseUrl, endpoint);
  const headers = requestHeaders({
    endpoint,
    provider,
    credential,
    request,
    turnState: call.turnState,
    userAgent: deps.userAgent(),
    originator: deps.originator(),
    env: deps.env,
    onBadHeader: (name) => log.warn({ header: name }, 'header cannot be sent and is left out'),
  });
  const body = call.body(isAzure(provider, baseUrl));
  const timeoutMs = Math.max(provider.streamIdleTimeoutMs, MIN_HEADERS_TIMEOUT_MS);
  let incoming: IncomingMessage;
  try {
    const { queryParams } = provider;
    incoming = await deps.post({ endpoint, baseUrl, queryParams, headers, body, timeoutMs, signal });
  } catch (error) {
    if (signal.aborted) throw abortReason(signal);
    const reason = rootCause(error);
    if (isCodexError(reason)) return refused(setupFailure(reason.message));
    const absent = systemCode(reason) === 'ECONNREFUSED' ? absentServer(provider, baseUrl) : null;
    if (absent !== null) return refused(setupFailure(absent));
    log.debug({ reason: toMessage(reason) }, 'model request got no answer');
    return refused(connectionFailure(url, toMessage(reason)));
  }
  const status = incoming.statusCode ?? 0;
  if (status >= 200 && status < 300) return { answer: { incoming }, credential };
  const text = await readText(incoming, {
    maxBytes: MAX_ERROR_BODY_BYTES,
    idleMs: provider.streamIdleTimeoutMs,
    clock: deps.clock,
    signal,
  });
  return refused(statusFailure({ status, headers: incoming.headers, body: text, url }, deps.clock.now()));
}

/** The request URL as error texts show it: without user info and query, which may hold secrets. */
function shownUrl(baseUrl: string, endpoint: Endpoint): string {
  const { origin, pathname } = new URL(baseUrl);
  return `${origin}${pathname.replace(/\/+$/, '')}/${endpoint}`;
}

/** The client wraps what the transport threw. */
function rootCause(error: unknown): unknown {
  return !isCodexError(error) && error instanceof Error && error.cause instanceof Error
    ? rootCause(error.cause)
    : error;
}
