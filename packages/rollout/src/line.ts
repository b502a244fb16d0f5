import { isObject } from '@codex/base';

export type Fields = Record<string, unknown>;

/**
 * One line of a rollout file (rollout specification §2); `timestamp` is UTC with three decimals. Our extra key `item`
 * stands in the payload, or beside it where 0.115 accepts no further member.
 */
export interface RolloutLine {
  timestamp: string;
  type: 'session_meta' | 'response_item' | 'event_msg' | 'turn_context' | 'compacted';
  payload: Fields;
  item?: Fields;
}

export function formatTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** Milliseconds of an RFC 3339 text; null when it is none. */
export function parseTime(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? null : ms;
}

/** A line as any program may have written it; null when it has not even the outer shape. */
export function parseLine(text: string): { at: number | null; type: string; payload: Fields } | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value) || typeof value['type'] !== 'string' || !isObject(value['payload'])) return null;
  const { payload, item } = value as { payload: Fields; item: unknown };
  if (payload['type'] === 'context_compacted' && isObject(item)) payload['item'] ??= item;
  return { at: parseTime(value['timestamp']), type: value['type'], payload };
}

export function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A whole number that is exact; null for any other value. */
export function integer(value: unknown): number | null {
  return Number.isSafeInteger(value) ? (value as number) : null;
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function texts(value: unknown): string[] {
  return list(value).filter((entry) => typeof entry === 'string');
}

export function fields(value: unknown): Fields {
  return isObject(value) ? value : {};
}

/** `value` when it is one of `allowed`, else null. */
export function oneOf<const T extends string>(value: unknown, allowed: readonly T[]): T | null {
  return allowed.find((entry) => entry === value) ?? null;
}
