/** One server-sent event: any JSON object with a `type`. */
export type WireEvent = { type: string; [key: string]: unknown };

/** Something the server does between two events. */
export type Directive =
  | { do: 'gate'; name: string }
  | { do: 'delay'; ms: number }
  | { do: 'drop' }
  | { do: 'stall' }
  | { do: 'bytes'; text: string };

export type Part = WireEvent | Directive;
/** Parts may be nested to any depth; the order is kept. */
export type Parts = Part | readonly Parts[];

export interface Usage {
  input?: number;
  cached?: number;
  output?: number;
  reasoning?: number;
  total?: number;
}

export function isDirective(part: Part): part is Directive {
  return 'do' in part && !('type' in part);
}

export function flatten(parts: Parts): Part[] {
  return Array.isArray(parts) ? (parts as readonly Parts[]).flatMap(flatten) : [parts as Part];
}

/** `response.created`. */
export function created(id = 'resp-1'): WireEvent {
  return { type: 'response.created', response: { id } };
}

/** `response.completed` with token counts (default 10 in, 5 out). */
export function completed(usage: Usage = {}, id = 'resp-1'): WireEvent {
  const input = usage.input ?? 10;
  const output = usage.output ?? 5;
  return {
    type: 'response.completed',
    response: {
      id,
      usage: {
        input_tokens: input,
        input_tokens_details: { cached_tokens: usage.cached ?? 0 },
        output_tokens: output,
        output_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
        total_tokens: usage.total ?? input + output,
      },
    },
  };
}

/** `response.failed` with an error code such as `context_length_exceeded`. */
export function failed(code: string, message = `about ${code}`): WireEvent {
  return { type: 'response.failed', response: { id: 'resp-1', status: 'failed', error: { code, message } } };
}

/** `response.incomplete`. */
export function incomplete(reason = 'max_output_tokens'): WireEvent {
  return {
    type: 'response.incomplete',
    response: { id: 'resp-1', status: 'incomplete', incomplete_details: { reason } },
  };
}

export interface SayOptions {
  /** Item id, default `msg-1`. */
  id?: string;
  /** The deltas, default one per word. */
  chunks?: readonly string[];
  phase?: string;
}

/** An assistant message, streamed in deltas. */
export function say(text: string, options: SayOptions = {}): WireEvent[] {
  const id = options.id ?? 'msg-1';
  const chunks = options.chunks ?? text.match(/\S+\s*|\s+/g) ?? [];
  const item = (body: string) => ({
    type: 'message',
    role: 'assistant',
    id,
    content: [{ type: 'output_text', text: body }],
    ...(options.phase === undefined ? {} : { phase: options.phase }),
  });
  return [
    { type: 'response.output_item.added', output_index: 0, item: item('') },
    ...chunks.map((delta) => ({ type: 'response.output_text.delta', item_id: id, content_index: 0, delta })),
    { type: 'response.output_item.done', output_index: 0, item: item(text) },
  ];
}

/** A message of `count` deltas, for load. */
export function sayMany(count: number, delta = 'word ', id = 'msg-1'): WireEvent[] {
  return say(delta.repeat(count), { id, chunks: Array.from({ length: count }, () => delta) });
}

export interface ReasoningOptions {
  /** Item id, default `rs-1`. */
  id?: string;
  /** Raw reasoning texts, one delta each. */
  content?: readonly string[];
  encrypted?: string | null;
}

/** A reasoning item; every entry of `summary` is one part and one delta. */
export function reasoning(summary: string | readonly string[] = [], options: ReasoningOptions = {}): WireEvent[] {
  const id = options.id ?? 'rs-1';
  const parts = typeof summary === 'string' ? [summary] : summary;
  const content = options.content ?? [];
  return [
    { type: 'response.output_item.added', item: { type: 'reasoning', id, summary: [] } },
    ...parts.flatMap((delta, index) => [
      { type: 'response.reasoning_summary_part.added', item_id: id, summary_index: index },
      { type: 'response.reasoning_summary_text.delta', item_id: id, summary_index: index, delta },
    ]),
    ...content.map((delta, index) => ({
      type: 'response.reasoning_text.delta',
      item_id: id,
      content_index: index,
      delta,
    })),
    {
      type: 'response.output_item.done',
      item: {
        type: 'reasoning',
        id,
        summary: parts.map((text) => ({ type: 'summary_text', text })),
        ...(content.length > 0 ? { content: content.map((text) => ({ type: 'reasoning_text', text })) } : {}),
        encrypted_content: options.encrypted === undefined ? 'opaque' : options.encrypted,
      },
    },
  ];
}

/** A function call; `args` is sent as JSON text, or as it is when it is a string already. */
export function call(name: string, args: unknown, callId = 'call-1', extra: Record<string, unknown> = {}): WireEvent {
  return itemDone({
    type: 'function_call',
    name,
    arguments: typeof args === 'string' ? args : JSON.stringify(args),
    call_id: callId,
    ...extra,
  });
}

/** A call of a free-form tool. */
export function custom(name: string, input: string, callId = 'call-1'): WireEvent {
  return itemDone({ type: 'custom_tool_call', name, input, call_id: callId });
}

/** A web search: started without, finished with its query. */
export function webSearch(query: string, id = 'ws-1'): WireEvent[] {
  return [
    { type: 'response.output_item.added', item: { type: 'web_search_call', id, status: 'in_progress' } },
    itemDone({ type: 'web_search_call', id, status: 'completed', action: { type: 'search', query } }),
  ];
}

/** `response.output_item.done` around any item. */
export function itemDone(item: Record<string, unknown>): WireEvent {
  return { type: 'response.output_item.done', item };
}

/** Holds the stream until `open(name)`. */
export function gate(name: string): Directive {
  return { do: 'gate', name };
}

export function delay(ms: number): Directive {
  return { do: 'delay', ms };
}

/** Cuts the connection. */
export function drop(): Directive {
  return { do: 'drop' };
}

/** Sends nothing more and keeps the connection open. */
export function stall(): Directive {
  return { do: 'stall' };
}

/** Sends text as it is, for broken streams. */
export function bytes(text: string): Directive {
  return { do: 'bytes', text };
}
