import { type Clock, CodexError, createDeadline, isObject, toMessage } from '@codex/base';
import type { RateLimitSnapshot, RateLimitWindow } from '@codex/protocol';
import { toPlan } from './claims.ts';
import type { Credentials } from './credentials.ts';
import { readObject, refusalText, statusLine } from './issuer.ts';
import type { Credential, HttpSend } from './types.ts';

const LIMIT_MS = 30_000;
/** As many as for a model call. */
const MAX_RECOVERIES = 2;
const NOT_ACCEPTED = 'the ChatGPT login is not accepted';

export interface UsageDeps {
  http: HttpSend;
  headers: () => Readonly<Record<string, string>>;
  clock: Clock;
  /** `chatgpt_base_url` */
  baseUrl: string;
}

/** The limits of the account, the ordinary one first; a login that is refused is renewed, as for a model call. */
export async function readLimits(deps: UsageDeps, login: Credentials): Promise<RateLimitSnapshot[]> {
  for (let refusals = 1; ; refusals++) {
    const used = await login.get('openai');
    if (used.kind !== 'chatgpt') {
      const kind = used.kind === 'none' ? 'codex account' : 'chatgpt';
      throw new CodexError('invalidRequest', `${kind} authentication required to read rate limits`);
    }
    const limits = await readUsage(deps, used);
    if (limits !== 'unauthorized') return limits;
    const outcome = refusals > MAX_RECOVERIES ? null : await login.onUnauthorized(used, refusals);
    if (outcome?.kind === 'again') continue;
    throw new CodexError('internal', `failed to fetch codex rate limits: ${outcome?.message ?? NOT_ACCEPTED}`);
  }
}

async function readUsage(
  deps: UsageDeps,
  { accessToken, accountId }: Extract<Credential, { kind: 'chatgpt' }>,
): Promise<RateLimitSnapshot[] | 'unauthorized'> {
  const url = usageUrl(deps.baseUrl);
  const limit = createDeadline(LIMIT_MS, deps.clock);
  try {
    const answer = await deps.http({
      method: 'GET',
      url: new URL(url),
      headers: {
        ...deps.headers(),
        authorization: `Bearer ${accessToken}`,
        ...(accountId === null ? {} : { 'chatgpt-account-id': accountId }),
      },
      body: '',
      signal: limit.signal,
    });
    const { status, contentType, text } = answer;
    if (status === 401) return 'unauthorized';
    const about = `content-type=${contentType ?? ''}; body=${refusalText(text, [accessToken])}`;
    if (status !== 200) throw new Error(`GET ${url} failed: ${statusLine(status)}; ${about}`);
    const payload = readObject(text);
    if (typeof payload['plan_type'] !== 'string') {
      throw new Error(`Decode error for ${url}: no usage in it; ${about}`);
    }
    return toSnapshots(payload, toPlan(payload['plan_type']));
  } catch (error) {
    throw new CodexError('internal', `failed to fetch codex rate limits: ${toMessage(error)}`, { cause: error });
  } finally {
    limit.clear();
  }
}

/** ChatGPT's backend has it elsewhere than Codex's own. */
function usageUrl(baseUrl: string): string {
  const trimmed = baseUrl.replace(/\/+$/, '');
  const isChatgpt = /^https:\/\/(chatgpt\.com|chat\.openai\.com)/.test(trimmed);
  const base = isChatgpt && !trimmed.includes('/backend-api') ? `${trimmed}/backend-api` : trimmed;
  return base.includes('/backend-api') ? `${base}/wham/usage` : `${base}/api/codex/usage`;
}

function toSnapshots(payload: Record<string, unknown>, planType: RateLimitSnapshot['planType']): RateLimitSnapshot[] {
  const more = Array.isArray(payload['additional_rate_limits']) ? payload['additional_rate_limits'] : [];
  return [
    {
      limitId: 'codex',
      limitName: null,
      ...readWindows(payload['rate_limit']),
      credits: readCredits(payload),
      planType,
    },
    ...more.filter(isObject).map((each) => ({
      limitId: text(each['metered_feature']),
      limitName: text(each['limit_name']),
      ...readWindows(each['rate_limit']),
      credits: null,
      planType,
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

function readCredits({ credits }: Record<string, unknown>): RateLimitSnapshot['credits'] {
  if (!isObject(credits)) return null;
  const { has_credits: hasCredits, unlimited, balance } = credits;
  return { hasCredits: hasCredits === true, unlimited: unlimited === true, balance: text(balance) };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
