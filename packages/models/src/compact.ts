import { isObject, linkedController, parseJson } from '@codex/base';
import type { Provider, ResponseItem, TurnError } from '@codex/protocol';
import type { FailureKind, ModelRequest } from './events.ts';
import { type Failure, streamFailure, turnError } from './failure.ts';
import { readItem } from './item.ts';
import { readText } from './read-stream.ts';
import type { ModelRecord } from './record.ts';
import { compactBody } from './request.ts';
import { send, type SendDeps } from './send.ts';

/** What a provider made of a history; `items` as it sent them, those of unknown kinds left out. */
export type Compacted = { ok: true; items: ResponseItem[] } | { ok: false; kind: FailureKind; error: TurnError };

const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** Kinds a history consists of afterwards: one of them that cannot be read would be a loss. */
const ESSENTIAL: ReadonlySet<unknown> = new Set(['message', 'compaction', 'compaction_summary']);

/**
 * Has the provider summarise a history (spec core §3.6). Request retries apply, stream retries do not. Rejects only with
 * the abort reason.
 */
export async function compactThrough(
  deps: SendDeps,
  request: ModelRequest,
  provider: Provider,
  record: ModelRecord,
  signal: AbortSignal,
): Promise<Compacted> {
  const log = deps.log.child({ threadId: request.threadId, turnId: request.turnId });
  const { controller, unlink } = linkedController(signal);
  try {
    const call = {
      ...{ deps, request, provider, log },
      endpoint: 'responses/compact' as const,
      body: (store: boolean) => compactBody(request, record, store),
      turnState: undefined,
    };
    const answer = await send(call, controller.signal);
    if (!('incoming' in answer)) return failed(answer);
    const text = await readText(answer.incoming, {
      maxBytes: MAX_BODY_BYTES,
      idleMs: provider.streamIdleTimeoutMs,
      clock: deps.clock,
      signal: controller.signal,
    });
    return readOutput(text);
  } finally {
    unlink();
  }
}

function readOutput(text: string): Compacted {
  const unreadable = (what: string) => failed(streamFailure(what));
  const parsed = parseJson(text);
  if (!parsed.ok) return unreadable('the answer is not JSON');
  const output = isObject(parsed.value) ? parsed.value['output'] : undefined;
  if (!Array.isArray(output)) return unreadable('missing field `output`');
  const items: ResponseItem[] = [];
  for (const value of output) {
    const item = readItem(value);
    if (item) items.push(item);
    else if (isObject(value) && ESSENTIAL.has(value['type'])) {
      return unreadable(`an item of type \`${String(value['type'])}\` cannot be read`);
    }
  }
  return { ok: true, items };
}

function failed(failure: Failure): Compacted {
  return { ok: false, kind: failure.kind, error: turnError(failure) };
}
