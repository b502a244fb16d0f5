import { STATUS_CODES, type IncomingHttpHeaders } from 'node:http';
import { isObject, parseJson } from '@codex/base';
import type { CodexErrorInfo, RateLimitSnapshot, TurnError } from '@codex/protocol';
import type { FailureKind } from './events.ts';
import { header } from './headers.ts';
import { readRateLimits } from './rate-limits.ts';
import { usageLimitMessage, type UsageLimit } from './usage-limit.ts';

/** An attempt that went wrong, with what may be done about it (spec core §4). */
export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly info: CodexErrorInfo;
  /** What the provider said, where `message` is a set text that hides it. */
  readonly details?: string;
  /** HTTP status to report while retrying. */
  readonly status: number | null;
  /** The same request may be sent again at once, counted against `requestMaxRetries`. */
  readonly retryRequest: boolean;
  /** A new attempt may be made, counted against `streamMaxRetries`. */
  readonly retryStream: boolean;
  /** Delay the server asked for. */
  readonly delayMs?: number;
  /** What the refusal says about an exhausted plan. */
  readonly rateLimits?: readonly RateLimitSnapshot[];
}

const NOT_INCLUDED = 'To use Codex with your ChatGPT plan, upgrade to Plus: https://chatgpt.com/explore/plus.';
const OVERLOADED = 'Selected model is at capacity. Please try a different model.';
const HIGH_DEMAND = "We're currently experiencing high demand, which may cause temporary errors.";
const CONTEXT_WINDOW =
  "Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying.";
const MAX_BODY_BYTES_SHOWN = 1000;

function final(kind: FailureKind, message: string, info: CodexErrorInfo = 'other'): Failure {
  return { kind, message, info, status: null, retryRequest: false, retryStream: false };
}

/** As clients are told of it. */
export function turnError({ message, info, details }: Failure): TurnError {
  return { message, codexErrorInfo: info, additionalDetails: details ?? null };
}

/** The stream ended, stalled or said something that cannot be used. */
export function streamFailure(detail: string, delayMs?: number): Failure {
  return {
    ...final('stream', `stream disconnected before completion: ${detail}`),
    retryStream: true,
    ...(delayMs === undefined ? {} : { delayMs }),
  };
}

/** No answer came at all. `url` must be free of secrets. */
export function connectionFailure(url: string, reason: string): Failure {
  return { ...streamFailure(`error sending request for url (${url}): ${reason}`), retryRequest: true };
}

/** The request could not even be made, for a reason the user has to fix. */
export function setupFailure(message: string): Failure {
  return final('auth', message);
}

/** Classifies the `error` of `response.failed` (spec core §4.1). */
export function responseFailure(error: unknown): Failure {
  if (!isObject(error)) return streamFailure('response.failed event received');
  const code = error['code'];
  const message = typeof error['message'] === 'string' ? error['message'] : '';
  switch (code) {
    case 'context_length_exceeded':
      return final('contextWindow', CONTEXT_WINDOW, 'contextWindowExceeded');
    case 'insufficient_quota':
      return final('usageLimit', 'Quota exceeded. Check your plan and billing details.', 'usageLimitExceeded');
    case 'usage_not_included':
      return final('usageLimit', NOT_INCLUDED, 'usageLimitExceeded');
    case 'invalid_prompt':
      return final('invalidRequest', message || 'Invalid request.');
    case 'server_is_overloaded':
    case 'slow_down':
      return final('overloaded', OVERLOADED, 'serverOverloaded');
    default:
      return streamFailure(
        message || 'response.failed event received',
        code === 'rate_limit_exceeded' ? requestedDelay(message) : undefined,
      );
  }
}

/** The delay in a text such as `Please try again in 1.5s`, in milliseconds. */
export function requestedDelay(text: string): number | undefined {
  const match = /try again in\s*(\d+(?:\.\d+)?)\s*(ms|s|seconds?)\b/i.exec(text);
  if (!match) return undefined;
  const value = Number(match[1]);
  return match[2]?.toLowerCase() === 'ms' ? value : value * 1000;
}

export interface RefusedResponse {
  status: number;
  headers: IncomingHttpHeaders;
  /** The body as text, possibly cut. */
  body: string;
  /** Without query and user info. */
  url: string;
}

/** Classifies an answer that is not 2xx (spec core §4.2). `now` is milliseconds, for the reset time of a usage limit. */
export function statusFailure(response: RefusedResponse, now: number): Failure {
  const { status, body } = response;
  const error = errorOf(body);
  if (status === 400) {
    const isImage = /image data.*does not represent a valid image/s.test(body);
    return final(isImage ? 'invalidImage' : 'invalidRequest', body || 'Unknown error');
  }
  if (status === 429) return tooManyRequests(response, error, now);
  if (status === 500) {
    const failure = final('http', HIGH_DEMAND, 'internalServerError');
    return { ...failure, details: unexpectedStatus(response, error), retryRequest: true, retryStream: true };
  }
  if (status === 503 && (error?.['code'] === 'server_is_overloaded' || error?.['code'] === 'slow_down')) {
    const failure = final('overloaded', OVERLOADED, 'serverOverloaded');
    return { ...failure, details: unexpectedStatus(response, error), retryRequest: true };
  }
  return {
    ...final(status === 401 ? 'auth' : 'http', unexpectedStatus(response, error)),
    status,
    retryRequest: status >= 500,
    retryStream: true,
  };
}

function tooManyRequests(response: RefusedResponse, error: Record<string, unknown> | null, now: number): Failure {
  if (error?.['type'] === 'usage_limit_reached')
    return {
      ...final('usageLimit', usageLimitMessage(usageLimit(response.headers, error), now), 'usageLimitExceeded'),
      rateLimits: readRateLimits(response.headers),
    };
  if (error?.['type'] === 'usage_not_included') return final('usageLimit', NOT_INCLUDED, 'usageLimitExceeded');
  const id = requestId(response.headers);
  return final('rateLimit', `exceeded retry limit, last status: ${statusLine(429)}${id ? `, request id: ${id}` : ''}`, {
    responseTooManyFailedAttempts: { httpStatusCode: 429 },
  });
}

function usageLimit(headers: IncomingHttpHeaders, error: Record<string, unknown>): UsageLimit {
  const resetsAt = error['resets_at'];
  const active = header(headers, 'x-codex-active-limit');
  return {
    plan: typeof error['plan_type'] === 'string' ? error['plan_type'] : null,
    resetsAt: typeof resetsAt === 'number' && Number.isFinite(resetsAt) ? resetsAt : null,
    limitName: active ? limitName(headers, active) : null,
    promo: header(headers, 'x-codex-promo-message') ?? null,
  };
}

/** The name to show for the limit that was hit; null for the ordinary one. */
function limitName(headers: IncomingHttpHeaders, active: string): string | null {
  const id = active.toLowerCase().replaceAll('_', '-');
  const name = header(headers, `x-${id}-limit-name`) ?? header(headers, `x-${id.replace(/^codex-/, '')}-limit-name`);
  if (name) return name;
  return id === 'codex' ? null : active;
}

function unexpectedStatus(response: RefusedResponse, error: Record<string, unknown> | null): string {
  const { status, body, headers } = response;
  const ray = header(headers, 'cf-ray');
  const id = requestId(headers);
  if (status === 403 && /cloudflare/i.test(body) && /blocked/i.test(body)) {
    const head = `Access blocked by Cloudflare. This usually happens when connecting from a restricted region (status ${statusLine(status)})`;
    return `${head}, url: ${response.url}${ray ? `, cf-ray: ${ray}` : ''}${id ? `, request id: ${id}` : ''}`;
  }
  const own = typeof error?.['message'] === 'string' ? error['message'] : '';
  const authError = header(headers, 'x-openai-authorization-error');
  const authCode = authErrorCode(headers);
  return [
    `unexpected status ${statusLine(status)}: ${own || clip(body.trim()) || 'Unknown error'}, url: ${response.url}`,
    ray && `cf-ray: ${ray}`,
    id && `request id: ${id}`,
    authError && `auth error: ${authError}`,
    authCode && `auth error code: ${authCode}`,
  ]
    .filter(Boolean)
    .join(', ');
}

function statusLine(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? '<unknown status code>'}`;
}

function requestId(headers: IncomingHttpHeaders): string | undefined {
  return header(headers, 'x-request-id') ?? header(headers, 'x-oai-request-id');
}

/** `x-error-json` carries base64 of a JSON error. */
function authErrorCode(headers: IncomingHttpHeaders): string | undefined {
  const encoded = header(headers, 'x-error-json');
  const code = encoded ? errorOf(Buffer.from(encoded, 'base64').toString('utf8'))?.['code'] : undefined;
  return typeof code === 'string' ? code : undefined;
}

function errorOf(body: string): Record<string, unknown> | null {
  const parsed = parseJson(body);
  const error = parsed.ok && isObject(parsed.value) ? parsed.value['error'] : null;
  return isObject(error) ? error : null;
}

function clip(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_BODY_BYTES_SHOWN) return text;
  let end = MAX_BODY_BYTES_SHOWN;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return `${bytes.toString('utf8', 0, end)}...`;
}
