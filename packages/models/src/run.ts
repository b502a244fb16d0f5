import type { IncomingMessage } from 'node:http';
import { abortReason, type Clock, type Ids, isCodexError, linkedController, type Logger, toMessage } from '@codex/base';
import type { PostResponses } from './client.ts';
import type { Credential } from './credentials.ts';
import type { ModelEvent, ModelRequest, ModelSink } from './events.ts';
import { connectionFailure, type Failure, setupFailure, statusFailure, streamFailure } from './failure.ts';
import { header } from './headers.ts';
import { createInterpreter } from './interpret.ts';
import { credentialFor, type LoginDeps, recoverLogin } from './login.ts';
import { baseUrlOf, baseUrlProblem, isAzure, type Provider } from './provider.ts';
import { readRateLimits } from './rate-limits.ts';
import { readEvents, readText } from './read-stream.ts';
import type { ModelRecord } from './record.ts';
import { requestBody, requestHeaders } from './request.ts';

export interface RunDeps extends LoginDeps {
  post: PostResponses;
  userAgent: () => string;
  originator: () => string;
  clock: Clock;
  ids: Pick<Ids, 'integer'>;
  log: Logger;
}

const MAX_EVENT_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_BODY_BYTES = 1024 * 1024;
const MIN_HEADERS_TIMEOUT_MS = 600_000;
const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 60_000;
const MAX_LOGIN_RECOVERIES = 2;
const MAX_RETRIES = 100;

/** What stays the same through all attempts of a call. */
interface Call {
  readonly deps: RunDeps;
  readonly request: ModelRequest;
  readonly provider: Provider;
  readonly record: ModelRecord;
  readonly sink: ModelSink;
  readonly log: Logger;
  /** As the server last set it; goes along with later attempts. */
  turnState: string | undefined;
  /** As last sent. */
  credential: Credential;
}

type Attempt = Extract<ModelEvent, { type: 'completed' }> | Failure;

/**
 * One model call with its retries (spec core §4.6). Reports to `sink`; the last event is `completed` or `failed`.
 * Rejects only with the abort reason or with what the sink threw.
 */
export async function runModel(
  deps: RunDeps,
  request: ModelRequest,
  provider: Provider,
  record: ModelRecord,
  signal: AbortSignal,
  sink: ModelSink,
): Promise<void> {
  const log = deps.log.child({ threadId: request.threadId, turnId: request.turnId });
  const call: Call = {
    ...{ deps, request, provider, record, sink, log },
    turnState: request.turnState,
    credential: { kind: 'none' },
  };
  const max = Math.min(provider.streamMaxRetries, MAX_RETRIES);
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOnce(call, signal);
    if ('type' in outcome) {
      sink(outcome);
      return;
    }
    if (!outcome.retryStream || attempt > max) {
      log.warn({ kind: outcome.kind, status: outcome.status }, 'model call failed');
      sink({
        type: 'failed',
        kind: outcome.kind,
        retryable: false,
        error: { message: outcome.message, codexErrorInfo: outcome.info, additionalDetails: null },
      });
      return;
    }
    log.info({ attempt, max, kind: outcome.kind, status: outcome.status }, 'model call will be repeated');
    sink({
      type: 'retrying',
      attempt,
      max,
      error: {
        message: `Reconnecting... ${attempt}/${max}`,
        codexErrorInfo: { responseStreamDisconnected: { httpStatusCode: outcome.status } },
        additionalDetails: outcome.message,
      },
    });
    await deps.clock.sleep(outcome.delayMs ?? backoff(attempt, deps.ids), signal);
  }
}

/** One attempt: the request, repeated as often as the provider allows, then its stream. */
async function attemptOnce(call: Call, signal: AbortSignal): Promise<Attempt> {
  const { deps, provider } = call;
  let recoveries = 0;
  let repeats = 0;
  for (;;) {
    if (signal.aborted) throw abortReason(signal);
    const { controller, unlink } = linkedController(signal);
    try {
      const answer = await open(call, controller.signal);
      if (!('incoming' in answer)) {
        const failure = answer;
        if (failure.status === 401 && recoveries++ < MAX_LOGIN_RECOVERIES) {
          const recovery = await recoverLogin(deps, call.credential);
          if (recovery === 'again') continue;
          if (recovery) return recovery;
        }
        if (!failure.retryRequest || repeats >= Math.min(provider.requestMaxRetries, MAX_RETRIES)) return failure;
        await deps.clock.sleep(failure.delayMs ?? backoff(++repeats, deps.ids), signal);
        continue;
      }
      call.turnState = header(answer.incoming.headers, 'x-codex-turn-state') ?? call.turnState;
      return await consume(call, answer.incoming, controller.signal);
    } finally {
      // Not aborted: the rest of a finished answer may pass, so that its connection can be used again.
      unlink();
    }
  }
}

/** Sends the request once. A refused status is read to its end and classified. */
async function open(call: Call, signal: AbortSignal): Promise<{ incoming: IncomingMessage } | Failure> {
  const { deps, request, provider, record, log } = call;
  const problem = baseUrlProblem(provider);
  if (problem !== null) return setupFailure(problem);
  try {
    call.credential = await credentialFor(deps, provider);
  } catch (error) {
    if (isCodexError(error)) return setupFailure(error.message);
    throw error;
  }
  const baseUrl = baseUrlOf(provider, call.credential.kind === 'chatgpt');
  const url = shownUrl(baseUrl);
  const body = requestBody(request, record, isAzure(provider, baseUrl));
  const headers = requestHeaders({
    provider,
    credential: call.credential,
    request,
    turnState: call.turnState,
    userAgent: deps.userAgent(),
    originator: deps.originator(),
    env: deps.env,
    onBadHeader: (name) => log.warn({ header: name }, 'header cannot be sent and is left out'),
  });
  const timeoutMs = Math.max(provider.streamIdleTimeoutMs, MIN_HEADERS_TIMEOUT_MS);
  let incoming: IncomingMessage;
  try {
    incoming = await deps.post({ baseUrl, queryParams: provider.queryParams, headers, body, timeoutMs, signal });
  } catch (error) {
    if (signal.aborted) throw abortReason(signal);
    const reason = rootCause(error);
    if (isCodexError(reason)) return setupFailure(reason.message);
    log.debug({ reason: toMessage(reason) }, 'model request got no answer');
    return connectionFailure(url, toMessage(reason));
  }
  const status = incoming.statusCode ?? 0;
  if (status >= 200 && status < 300) return { incoming };
  const text = await readText(incoming, {
    maxBytes: MAX_ERROR_BODY_BYTES,
    idleMs: provider.streamIdleTimeoutMs,
    clock: deps.clock,
    signal,
  });
  return statusFailure({ status, headers: incoming.headers, body: text, url }, deps.clock.now());
}

/** Reads the stream of an accepted request. */
async function consume(call: Call, incoming: IncomingMessage, signal: AbortSignal): Promise<Attempt> {
  const { deps, request, provider, sink, log } = call;
  const isOther = (model: string) => model.toLowerCase() !== request.model.toLowerCase();
  for (const snapshot of readRateLimits(incoming.headers)) sink({ type: 'rateLimits', snapshot });
  const effective = header(incoming.headers, 'openai-model');
  if (effective && isOther(effective)) sink({ type: 'rerouted', model: effective });
  const interpreter = createInterpreter(
    (event) => {
      if (event.type !== 'rerouted' || (isOther(event.model) && event.model !== effective)) sink(event);
    },
    (what) => log.debug({ what }, 'model event skipped'),
  );
  const end = await readEvents(incoming, {
    onData: (data) => {
      interpreter.take(data);
      return interpreter.end !== null;
    },
    onTooLong: (bytes) => log.warn({ bytes }, 'model event is too long and was skipped'),
    idleMs: provider.streamIdleTimeoutMs,
    maxEventBytes: MAX_EVENT_BYTES,
    clock: deps.clock,
    signal,
  });
  const said = interpreter.end;
  if (said?.kind === 'completed') {
    return {
      type: 'completed',
      responseId: said.responseId,
      usage: said.usage,
      reasoningIncluded: incoming.headers['x-reasoning-included'] !== undefined,
      ...(call.turnState === undefined ? {} : { turnState: call.turnState }),
    };
  }
  if (said) return said.failure;
  if (end.kind === 'idle') return streamFailure('idle timeout waiting for SSE');
  return streamFailure(end.kind === 'broken' ? end.reason : 'stream closed before response.completed');
}

/** Milliseconds before repetition `n` (from 1): doubling, with ten percent of jitter. */
function backoff(n: number, ids: Pick<Ids, 'integer'>): number {
  const base = Math.min(FIRST_BACKOFF_MS * 2 ** (n - 1), MAX_BACKOFF_MS);
  return Math.round((base * ids.integer(900, 1100)) / 1000);
}

/** The request URL as error texts show it: without user info and query, which may hold secrets. */
function shownUrl(baseUrl: string): string {
  const { origin, pathname } = new URL(baseUrl);
  return `${origin}${pathname.replace(/\/+$/, '')}/responses`;
}

/** The client wraps what the transport threw. */
function rootCause(error: unknown): unknown {
  return !isCodexError(error) && error instanceof Error && error.cause instanceof Error
    ? rootCause(error.cause)
    : error;
}
