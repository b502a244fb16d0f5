import type { IncomingHttpHeaders } from 'node:http';

type JsonObject = Record<string, unknown>;

/** One request as the server saw it. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** With the leading `?`, or empty. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** The body as text. */
  readonly text: string;
  /** The body as JSON; an empty object when it is not a JSON object. */
  readonly body: JsonObject;
}

export function parseBody(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
  } catch {
    return {};
  }
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value)
    ? value.filter((entry): entry is JsonObject => typeof entry === 'object' && entry !== null)
    : [];
}

/** The items of `input`. */
export function inputItems(request: RecordedRequest): JsonObject[] {
  return objects(request.body['input']);
}

/** All texts of messages in `input`, optionally of one role. */
export function inputTexts(request: RecordedRequest, role?: string): string[] {
  return inputItems(request)
    .filter((item) => item['type'] === 'message' && (role === undefined || item['role'] === role))
    .flatMap((item) => objects(item['content']))
    .map((part) => part['text'])
    .filter((text) => typeof text === 'string');
}

/** What the client reported for a tool call: the `output` of its last output item, undefined when there is none. */
export function outputOf(request: RecordedRequest, callId: string): unknown {
  return inputItems(request).findLast(
    (item) => item['call_id'] === callId && String(item['type']).endsWith('_output'),
  )?.['output'];
}

/** Names of the offered tools; a tool without a name is listed by its type. */
export function toolNames(request: RecordedRequest): string[] {
  return objects(request.body['tools']).map((tool) => String(tool['name'] ?? tool['type']));
}
