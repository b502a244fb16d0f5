import { toPlan } from '@codex/auth';
import { CodexError, isObject, parseJson, toMessage } from '@codex/base';
import type { Backend } from '@codex/plugins';
import type { RateLimitSnapshot, RateLimitWindow } from '@codex/protocol';
import type { AccountService } from './account-service.ts';
import { backendUrl } from './chatgpt-backend.ts';
import type { ConfigService } from './config-service.ts';

const LIMIT_MS = 30_000;
const MAX_BODY_SHOWN = 500;

export interface AccountLimitsDeps {
  account: AccountService;
  backend: Backend;
  config: Pick<ConfigService, 'current'>;
}

/** The limits of the ChatGPT account, the ordinary one first (§16.1). Rejects with CodexErrors for the client. */
export async function readAccountLimits(deps: AccountLimitsDeps): Promise<[RateLimitSnapshot, ...RateLimitSnapshot[]]> {
  const { mode } = await (await deps.account.auth()).status();
  if (mode === null || mode === 'apikey') {
    const kind = mode === null ? 'codex account' : 'chatgpt';
    throw new CodexError('invalidRequest', `${kind} authentication required to read rate limits`);
  }
  try {
    const isChatgpt = backendUrl((await deps.config.current()).chatgptBaseUrl).includes('/backend-api');
    const path = isChatgpt ? 'wham/usage' : 'api/codex/usage';
    const answer = await deps.backend.get(path, { purpose: 'to read rate limits', timeoutMs: LIMIT_MS });
    const { url, status, statusText, body } = answer;
    const shown = body.slice(0, MAX_BODY_SHOWN);
    if (status !== 200) throw new Error(`GET ${url} failed: ${status} ${statusText}; body=${shown}`);
    const parsed = parseJson(body);
    if (parsed.ok && isObject(parsed.value)) return toSnapshots(parsed.value);
    throw new Error(`Decode error for ${url}: not a JSON object; body=${shown}`);
  } catch (error) {
    throw new CodexError('internal', `failed to fetch codex rate limits: ${toMessage(error)}`, { cause: error });
  }
}

function toSnapshots(payload: Record<string, unknown>): [RateLimitSnapshot, ...RateLimitSnapshot[]] {
  const plan = text(payload['plan_type']);
  const planType = plan === null ? null : toPlan(plan);
  const more = Array.isArray(payload['additional_rate_limits']) ? payload['additional_rate_limits'] : [];
  const credits = readCredits(payload['credits']);
  return [
    { limitId: 'codex', limitName: null, ...readWindows(payload['rate_limit']), credits, planType },
    ...more.filter(isObject).map((each) => ({
      limitId: text(each['metered_feature']),
      limitName: text(each['limit_name']),
      ...readWindows(each['rate_limit']),
      ...{ credits: null, planType },
    })),
  ];
}

function readWindows(limit: unknown): Pick<RateLimitSnapshot, 'primary' | 'secondary'> {
  const holder = isObject(limit) ? limit : {};
  return { primary: readWindow(holder['primary_window']), secondary: readWindow(holder['secondary_window']) };
}

function readWindow(window: unknown): RateLimitWindow | null {
  if (!isObject(window)) return null;
  const { used_percent: used, limit_window_seconds: seconds, reset_at: resetsAt } = window;
  return {
    usedPercent: typeof used === 'number' ? Math.round(used) : 0,
    windowDurationMins: typeof seconds === 'number' && seconds > 0 ? Math.ceil(seconds / 60) : null,
    resetsAt: typeof resetsAt === 'number' ? Math.trunc(resetsAt) : null,
  };
}

function readCredits(credits: unknown): RateLimitSnapshot['credits'] {
  if (!isObject(credits)) return null;
  const { has_credits: hasCredits, unlimited, balance } = credits;
  return { hasCredits: hasCredits === true, unlimited: unlimited === true, balance: text(balance) };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
