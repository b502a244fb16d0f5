import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Provider, ResponseItem } from '@codex/protocol';
import type { Endpoint } from './client.ts';
import type { Credential } from './credentials.ts';
import type { ModelRequest } from './events.ts';
import type { Env } from './provider.ts';
import type { ModelRecord } from './record.ts';

/** The body of POST /responses (spec core §3.1). `store` is for Azure, which also wants item ids. */
export function requestBody(request: ModelRequest, record: ModelRecord, store: boolean): Record<string, unknown> {
  const input = typeof request.input === 'function' ? request.input() : request.input;
  const reasoning = reasoningOf(request, record);
  const text = textOf(request, record);
  return {
    model: request.model,
    instructions: request.instructions,
    input: store ? input : input.map(withoutId),
    tools: request.tools,
    tool_choice: 'auto',
    parallel_tool_calls: request.parallelToolCalls,
    reasoning,
    store,
    stream: true,
    include: reasoning ? ['reasoning.encrypted_content'] : [],
    ...(request.serviceTier ? { service_tier: request.serviceTier === 'fast' ? 'priority' : request.serviceTier } : {}),
    prompt_cache_key: request.threadId,
    ...(text ? { text } : {}),
  };
}

/** The body of POST /responses/compact (spec core §3.6). */
export function compactBody(request: ModelRequest, record: ModelRecord, store: boolean): Record<string, unknown> {
  const { model, input, instructions, tools, parallel_tool_calls, reasoning, text } = requestBody(
    request,
    record,
    store,
  );
  return { model, input, instructions, tools, parallel_tool_calls, reasoning, ...(text ? { text } : {}) };
}

function withoutId(item: ResponseItem): ResponseItem {
  if (!('id' in item)) return item;
  const { id: _, ...rest } = item;
  return rest as ResponseItem;
}

function reasoningOf(request: ModelRequest, record: ModelRecord): Record<string, string> | null {
  if (!record.supportsReasoningSummaries) return null;
  const effort = request.effort ?? record.defaultReasoningEffort;
  const summary = request.summary ?? record.defaultReasoningSummary;
  return { ...(effort ? { effort } : {}), ...(summary === 'none' ? {} : { summary }) };
}

function textOf(request: ModelRequest, record: ModelRecord): Record<string, unknown> | null {
  const verbosity = record.supportVerbosity ? (request.verbosity ?? record.defaultVerbosity) : null;
  const schema = request.outputSchema;
  const hasSchema = schema !== undefined && schema !== null;
  if (!verbosity && !hasSchema) return null;
  return {
    ...(verbosity ? { verbosity } : {}),
    ...(hasSchema ? { format: { type: 'json_schema', strict: true, schema, name: 'codex_output_schema' } } : {}),
  };
}

export interface HeaderSources {
  endpoint: Endpoint;
  provider: Provider;
  credential: Credential;
  request: ModelRequest;
  turnState: string | undefined;
  userAgent: string;
  originator: string;
  env: Env;
  /** Told the name of a header whose value cannot be sent. */
  onBadHeader: (name: string) => void;
}

/** Every header of the request by lower-case name (spec core §3.2); later ones win. */
export function requestHeaders(sources: HeaderSources): Record<string, string> {
  const { provider, request } = sources;
  const headers: Record<string, string> = {};
  const set = (name: string, value: string): void => {
    if (isSendable(name, value)) headers[name.toLowerCase()] = value;
    else sources.onBadHeader(name);
  };
  set('originator', sources.originator);
  set('user-agent', sources.userAgent);
  for (const [name, value] of Object.entries(provider.httpHeaders)) set(name, value);
  for (const [name, variable] of Object.entries(provider.envHttpHeaders)) {
    const value = sources.env[variable];
    if (value?.trim()) set(name, value);
  }
  const streams = sources.endpoint === 'responses';
  if (streams) set('x-codex-turn-metadata', JSON.stringify({ turn_id: request.turnId }));
  for (const [name, value] of Object.entries(request.headers ?? {})) set(name, value);
  if (sources.turnState !== undefined) set('x-codex-turn-state', sources.turnState);
  set('session_id', request.threadId);
  if (streams) set('x-client-request-id', request.threadId);
  set('accept', streams ? 'text/event-stream' : '*/*');
  set('content-type', 'application/json');
  const { credential } = sources;
  if (credential.kind === 'apiKey') set('authorization', `Bearer ${credential.key}`);
  if (credential.kind === 'chatgpt') {
    set('authorization', `Bearer ${credential.accessToken}`);
    if (credential.accountId) set('chatgpt-account-id', credential.accountId);
  }
  return headers;
}

function isSendable(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
