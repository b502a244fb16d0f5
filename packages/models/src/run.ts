import type { IncomingMessage } from 'node:http';
import { linkedController } from '@codex/base';
import type { Provider } from '@codex/protocol';
import type { ModelEvent, ModelRequest, ModelSink } from './events.ts';
import { type Failure, streamFailure, turnError } from './failure.ts';
import { header } from './headers.ts';
import { createInterpreter } from './interpret.ts';
import { readRateLimits } from './rate-limits.ts';
import { readEvents } from './read-stream.ts';
import type { ModelRecord } from './record.ts';
import { requestBody } from './request.ts';
import { backoff, type Outgoing, retries, send, type SendDeps } from './send.ts';

const MAX_EVENT_BYTES = 64 * 1024 * 1024;

interface Call extends Outgoing {
  readonly sink: ModelSink;
}

type Attempt = Extract<ModelEvent, { type: 'completed' }> | Failure;

/**
 * One model call with its retries (spec core §4.6). Reports to `sink`; the last event is `completed` or `failed`.
 * Rejects only with the abort reason or with what the sink threw.
 */
export async function runModel(
  deps: SendDeps,
  request: ModelRequest,
  provider: Provider,
  record: ModelRecord,
  signal: AbortSignal,
  sink: ModelSink,
): Promise<void> {
  const log = deps.log.child({ threadId: request.threadId, turnId: request.turnId });
  const call: Call = {
    ...{ deps, request, provider, sink, log },
    endpoint: 'responses',
    body: (store) => requestBody(request, record, store),
    turnState: request.turnState,
  };
  const max = retries(provider.streamMaxRetries);
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOnce(call, signal);
    if ('type' in outcome) {
      sink(outcome);
      return;
    }
    for (const snapshot of outcome.rateLimits ?? []) sink({ type: 'rateLimits', snapshot });
    if (!outcome.retryStream || attempt > max) {
      log.warn({ kind: outcome.kind, status: outcome.status }, 'model call failed');
      sink({
        type: 'failed',
        kind: outcome.kind,
        retryable: false,
        error: turnError(outcome),
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
        additionalDetails: outcome.details ?? outcome.message,
      },
    });
    await deps.clock.sleep(outcome.delayMs ?? backoff(attempt, deps.ids), signal);
  }
}

/** One attempt: the request, repeated as often as the provider allows, then its stream. */
async function attemptOnce(call: Call, signal: AbortSignal): Promise<Attempt> {
  const { controller, unlink } = linkedController(signal);
  try {
    const answer = await send(call, controller.signal);
    if (!('incoming' in answer)) return answer;
    call.turnState = header(answer.incoming.headers, 'x-codex-turn-state') ?? call.turnState;
    return await consume(call, answer.incoming, controller.signal);
  } finally {
    // Not aborted: the rest of a finished answer may pass, so that its connection can be used again.
    unlink();
  }
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
