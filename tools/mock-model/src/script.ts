import { completed, created, flatten, type Part, type Parts, type Usage, type WireEvent } from './events.ts';
import type { RecordedRequest } from './request.ts';

export interface ReplyOptions {
  usage?: Usage;
  /** Response id, default `resp-1`. */
  id?: string;
  /** Extra response headers. */
  headers?: Record<string, string>;
  /** Only for requests this accepts; others take the next fitting reply. */
  when?: (request: RecordedRequest) => boolean;
  /** May be used for any number of requests. */
  repeat?: boolean;
  /** Cuts the stream into writes of this many bytes, whatever the event borders. */
  chunkBytes?: number;
}

/** The answer to one request. */
export type Reply =
  | ({ kind: 'stream'; parts: readonly Part[] } & Omit<ReplyOptions, 'usage' | 'id'>)
  | ({ kind: 'http'; status: number; body: unknown } & Omit<ReplyOptions, 'usage' | 'id' | 'chunkBytes'>)
  | { kind: 'made'; make: (request: RecordedRequest) => Step; when?: ReplyOptions['when']; repeat?: boolean };

/** A reply, or parts that become one (between `response.created` and `response.completed`), or a function of the request. */
export type Step = Reply | Parts | ((request: RecordedRequest) => Step);

function isReply(step: Reply | Parts): step is Reply {
  return 'kind' in step;
}

/** Turns steps into replies. */
export function script(steps: readonly Step[]): Reply[] {
  return steps.map(toReply);
}

export function toReply(step: Step): Reply {
  if (typeof step === 'function') return { kind: 'made', make: step };
  return isReply(step) ? step : reply(step);
}

/** A whole response: the parts between `response.created` and `response.completed`. */
export function reply(parts: Parts, options: ReplyOptions = {}): Reply {
  const { usage, id, ...rest } = options;
  return { kind: 'stream', parts: [created(id), ...flatten(parts), completed(usage, id)], ...rest };
}

/** The parts and nothing else. */
export function raw(parts: Parts, options: Omit<ReplyOptions, 'usage' | 'id'> = {}): Reply {
  return { kind: 'stream', parts: flatten(parts), ...options };
}

/** A plain answer with a status; an object body is sent as JSON. */
export function http(
  status: number,
  body: unknown = { error: { message: `status ${status}` } },
  options: Pick<ReplyOptions, 'headers' | 'when' | 'repeat'> = {},
): Reply {
  return { kind: 'http', status, body, ...options };
}

/** How one event looks on the wire. */
export function encodeEvent(event: WireEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
