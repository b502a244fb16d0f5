import type { IncomingHttpHeaders } from 'node:http';
import type { CreditsSnapshot, RateLimitSnapshot, RateLimitWindow } from '@codex/protocol';
import { header } from './headers.ts';

const FAMILY = /^x-(.+)-primary-used-percent$/;

/**
 * The rate limits in response headers (spec core §4.5): the family `codex` always, possibly empty, then every other
 * family that has data, by name.
 */
export function readRateLimits(headers: IncomingHttpHeaders): RateLimitSnapshot[] {
  const others = Object.keys(headers)
    .map((name) => FAMILY.exec(name)?.[1])
    .filter((family): family is string => family !== undefined && family !== 'codex')
    .toSorted();
  const snapshots = [readFamily(headers, 'codex', readCredits(headers))];
  for (const family of others) {
    const snapshot = readFamily(headers, family, null);
    if (snapshot.primary || snapshot.secondary) snapshots.push(snapshot);
  }
  return snapshots;
}

/** A later snapshot may leave out credits and plan; those of the earlier one then still hold. */
export function mergeRateLimits(previous: RateLimitSnapshot | null, next: RateLimitSnapshot): RateLimitSnapshot {
  return {
    ...next,
    limitId: next.limitId ?? 'codex',
    credits: next.credits ?? previous?.credits ?? null,
    planType: next.planType ?? previous?.planType ?? null,
  };
}

function readFamily(headers: IncomingHttpHeaders, family: string, credits: CreditsSnapshot | null): RateLimitSnapshot {
  return {
    limitId: family.replaceAll('-', '_'),
    limitName: header(headers, `x-${family}-limit-name`)?.trim() || null,
    primary: readWindow(headers, `x-${family}-primary`),
    secondary: readWindow(headers, `x-${family}-secondary`),
    credits,
    planType: null,
  };
}

function readWindow(headers: IncomingHttpHeaders, prefix: string): RateLimitWindow | null {
  const used = number(header(headers, `${prefix}-used-percent`));
  if (used === null) return null;
  const windowDurationMins = integer(header(headers, `${prefix}-window-minutes`));
  const resetsAt = integer(header(headers, `${prefix}-reset-at`));
  const hasData = used !== 0 || (windowDurationMins !== null && windowDurationMins !== 0) || resetsAt !== null;
  return hasData ? { usedPercent: Math.round(used), windowDurationMins, resetsAt } : null;
}

function readCredits(headers: IncomingHttpHeaders): CreditsSnapshot | null {
  const hasCredits = boolean(header(headers, 'x-codex-credits-has-credits'));
  const unlimited = boolean(header(headers, 'x-codex-credits-unlimited'));
  if (hasCredits === null || unlimited === null) return null;
  return { hasCredits, unlimited, balance: header(headers, 'x-codex-credits-balance')?.trim() || null };
}

function number(text: string | undefined): number | null {
  if (text === undefined || text.trim() === '') return null;
  const value = Number(text);
  return Number.isFinite(value) && Math.abs(value) < 2 ** 31 ? value : null;
}

function integer(text: string | undefined): number | null {
  return text !== undefined && /^\s*-?\d{1,15}\s*$/.test(text) ? Number(text) : null;
}

function boolean(text: string | undefined): boolean | null {
  if (text === undefined) return null;
  if (/^(true|1)$/i.test(text)) return true;
  return /^(false|0)$/i.test(text) ? false : null;
}
