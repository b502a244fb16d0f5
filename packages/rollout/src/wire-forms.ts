import { isObject } from '@codex/base';
import type {
  CodexErrorInfo,
  CollabAgentState,
  CommandAction,
  GitInfo,
  RateLimitSnapshot,
  RateLimitWindow,
  SandboxPolicy,
  SessionSource,
  SubAgentSource,
  ThreadTokenUsage,
  TokenUsageBreakdown,
  WebSearchAction,
} from '@codex/protocol';
import {
  CodexErrorInfo as ErrorInfoSchema,
  SandboxPolicy as SandboxSchema,
  SessionSource as SourceSchema,
} from '@codex/protocol';
import { type Fields, fields, integer, number, oneOf, text, texts } from './line.ts';

/**
 * Small values that the file spells differently than the wire: snake_case keys and names there, camelCase here.
 * Each `…ToFile` has its `…FromFile`; the latter accept anything.
 */

const snake = (name: string) => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
export const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, c: string) => c.toUpperCase());

export function sourceToFile(source: SessionSource): unknown {
  if (source === 'appServer') return 'mcp';
  return typeof source === 'string' ? source : { subagent: source.subAgent };
}

const SOURCE_WORDS = ['cli', 'vscode', 'exec'] as const satisfies readonly SessionSource[];
const SUB_AGENT_WORDS = ['review', 'compact', 'memory_consolidation'] as const satisfies readonly SubAgentSource[];

/** Missing reads as `vscode`, what nobody knows as `unknown`. */
export function sourceFromFile(value: unknown): SessionSource {
  if (value === undefined || value === null) return 'vscode';
  // Lists read many of these: making the schema for them takes longer than the rest of a first page.
  const word = oneOf(value, SOURCE_WORDS);
  if (word) return word;
  const subAgent = oneOf(fields(value)['subagent'], SUB_AGENT_WORDS);
  if (subAgent) return { subAgent };
  const wire = value === 'mcp' ? 'appServer' : isObject(value) ? { subAgent: value['subagent'] } : value;
  const parsed = SourceSchema().safeParse(wire);
  if (parsed.success) return parsed.data;
  return isObject(value) && 'subagent' in value ? { subAgent: { other: 'unknown' } } : 'unknown';
}

export interface GitFields {
  commit_hash?: string;
  branch?: string;
  repository_url?: string;
}

export function gitFromFile(value: unknown): GitInfo | null {
  if (!isObject(value)) return null;
  return { sha: text(value['commit_hash']), branch: text(value['branch']), originUrl: text(value['repository_url']) };
}

export function errorInfoToFile(info: CodexErrorInfo | null): unknown {
  if (info === null || typeof info === 'string') return info && snake(info);
  const [name, detail] = Object.entries(info)[0] ?? [];
  return name ? { [snake(name)]: { http_status_code: detail?.httpStatusCode ?? null } } : null;
}

export function errorInfoFromFile(value: unknown): CodexErrorInfo | null {
  let wire: unknown = value;
  if (typeof value === 'string') wire = camel(value);
  else if (isObject(value)) {
    const [name, detail] = Object.entries(value)[0] ?? [];
    if (name) wire = { [camel(name)]: { httpStatusCode: fields(detail)['http_status_code'] ?? null } };
  }
  const parsed = ErrorInfoSchema().safeParse(wire);
  return parsed.success ? parsed.data : null;
}

/** Policies have dashes in their names on file and leave out what is the default. */
export function sandboxToFile(policy: SandboxPolicy): Fields {
  switch (policy.type) {
    case 'dangerFullAccess':
      return { type: 'danger-full-access' };
    case 'externalSandbox':
      return { type: 'external-sandbox', network_access: policy.networkAccess };
    case 'readOnly':
      return {
        type: 'read-only',
        ...accessToFile('access', policy.access),
        ...(policy.networkAccess && { network_access: true }),
      };
    case 'workspaceWrite':
      return {
        type: 'workspace-write',
        ...(policy.writableRoots.length > 0 && { writable_roots: policy.writableRoots }),
        ...accessToFile('read_only_access', policy.readOnlyAccess),
        network_access: policy.networkAccess,
        exclude_tmpdir_env_var: policy.excludeTmpdirEnvVar,
        exclude_slash_tmp: policy.excludeSlashTmp,
      };
  }
}

type ReadAccess = Extract<SandboxPolicy, { type: 'readOnly' }>['access'];

function accessToFile(key: string, access: ReadAccess): Fields {
  if (access.type === 'fullAccess') return {};
  const { includePlatformDefaults, readableRoots } = access;
  return {
    [key]: {
      type: 'restricted',
      include_platform_defaults: includePlatformDefaults,
      readable_roots: readableRoots,
    },
  };
}

/** An unknown policy reads as read-only, the safest one. */
export function sandboxFromFile(value: unknown): SandboxPolicy {
  const source = fields(value);
  const rename = (from: Fields) => {
    const to: Fields = {};
    for (const [key, member] of Object.entries(from)) to[camel(key)] = member;
    if (typeof from['type'] === 'string') to['type'] = camel(from['type'].replaceAll('-', '_'));
    return to;
  };
  const wire = rename(source);
  for (const key of ['access', 'readOnlyAccess']) if (isObject(wire[key])) wire[key] = rename(wire[key]);
  const parsed = SandboxSchema().safeParse(wire);
  return parsed.success ? parsed.data : { type: 'readOnly', access: { type: 'fullAccess' }, networkAccess: false };
}

export function usageToFile(usage: ThreadTokenUsage): Fields {
  return {
    total_token_usage: breakdownToFile(usage.total),
    last_token_usage: breakdownToFile(usage.last),
    model_context_window: usage.modelContextWindow,
  };
}

function breakdownToFile(usage: TokenUsageBreakdown): Fields {
  return {
    input_tokens: usage.inputTokens,
    cached_input_tokens: usage.cachedInputTokens,
    output_tokens: usage.outputTokens,
    reasoning_output_tokens: usage.reasoningOutputTokens,
    total_tokens: usage.totalTokens,
  };
}

export function usageFromFile(value: unknown): ThreadTokenUsage | null {
  if (!isObject(value) || !isObject(value['total_token_usage'])) return null;
  return {
    total: breakdownFromFile(value['total_token_usage']),
    last: breakdownFromFile(fields(value['last_token_usage'])),
    modelContextWindow: integer(value['model_context_window']),
  };
}

function breakdownFromFile(value: Fields): TokenUsageBreakdown {
  return {
    totalTokens: integer(value['total_tokens']) ?? 0,
    inputTokens: integer(value['input_tokens']) ?? 0,
    cachedInputTokens: integer(value['cached_input_tokens']) ?? 0,
    outputTokens: integer(value['output_tokens']) ?? 0,
    reasoningOutputTokens: integer(value['reasoning_output_tokens']) ?? 0,
  };
}

export function rateLimitsToFile(limits: RateLimitSnapshot): Fields {
  const window = (w: RateLimitWindow | null) =>
    w && { used_percent: w.usedPercent, window_minutes: w.windowDurationMins, resets_at: w.resetsAt };
  return {
    limit_id: limits.limitId,
    limit_name: limits.limitName,
    primary: window(limits.primary),
    secondary: window(limits.secondary),
    credits: limits.credits && {
      has_credits: limits.credits.hasCredits,
      unlimited: limits.credits.unlimited,
      balance: limits.credits.balance,
    },
    plan_type: limits.planType,
  };
}

const PLANS = ['free', 'go', 'plus', 'pro', 'team', 'business', 'enterprise', 'edu', 'unknown'] as const;

export function rateLimitsFromFile(value: unknown): RateLimitSnapshot | null {
  if (!isObject(value)) return null;
  const window = (w: unknown): RateLimitWindow | null =>
    isObject(w)
      ? {
          usedPercent: Math.round(number(w['used_percent']) ?? 0),
          windowDurationMins: integer(w['window_minutes']),
          resetsAt: integer(w['resets_at']),
        }
      : null;
  const credits = value['credits'];
  const plan = value['plan_type'];
  return {
    limitId: text(value['limit_id']),
    limitName: text(value['limit_name']),
    primary: window(value['primary']),
    secondary: window(value['secondary']),
    credits: isObject(credits)
      ? {
          hasCredits: credits['has_credits'] === true,
          unlimited: credits['unlimited'] === true,
          balance: text(credits['balance']),
        }
      : null,
    planType: typeof plan === 'string' ? (oneOf(plan, PLANS) ?? 'unknown') : null,
  };
}

export function durationToFile(ms: number | null): Fields {
  const whole = Math.max(0, ms ?? 0);
  return { secs: Math.floor(whole / 1000), nanos: Math.round((whole % 1000) * 1e6) };
}

/** Whole milliseconds. */
export function durationFromFile(value: unknown): number | null {
  if (!isObject(value)) return null;
  return integer((number(value['secs']) ?? 0) * 1000 + Math.floor((number(value['nanos']) ?? 0) / 1e6));
}

/** As the systems we know have them: 32 bits. */
export function exitCodeFromFile(value: unknown): number | null {
  const code = integer(value);
  return code === null || code === code >> 0 ? code : null;
}

export function actionToFile(action: CommandAction): Fields {
  const { command, type, ...rest } = action;
  return { type: snake(type), cmd: command, ...rest };
}

export function actionFromFile(value: unknown): CommandAction {
  const action = fields(value);
  const command = text(action['cmd']) ?? '';
  switch (action['type']) {
    case 'read':
      return { type: 'read', command, name: text(action['name']) ?? '', path: text(action['path']) ?? '' };
    case 'list_files':
      return { type: 'listFiles', command, path: text(action['path']) };
    case 'search':
      return { type: 'search', command, query: text(action['query']), path: text(action['path']) };
    default:
      return { type: 'unknown', command };
  }
}

export function webActionToFile(action: WebSearchAction | null): Fields {
  if (!action) return { type: 'other' };
  const { type, ...rest } = action;
  return { type: snake(type), ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)) };
}

export function webActionFromFile(value: unknown): WebSearchAction | null {
  if (!isObject(value)) return null;
  switch (value['type']) {
    case 'search':
      return {
        type: 'search',
        query: text(value['query']),
        queries: Array.isArray(value['queries']) ? texts(value['queries']) : null,
      };
    case 'open_page':
      return { type: 'openPage', url: text(value['url']) };
    case 'find_in_page':
      return { type: 'findInPage', url: text(value['url']), pattern: text(value['pattern']) };
    default:
      return { type: 'other' };
  }
}

export function agentStateToFile(state: CollabAgentState | undefined): unknown {
  if (!state) return 'pending_init';
  if (state.status === 'completed') return { completed: state.message };
  if (state.status === 'errored') return { errored: state.message ?? '' };
  return snake(state.status);
}

const AGENT_STATES = ['pendingInit', 'running', 'interrupted', 'shutdown', 'notFound'] as const;

export function agentStateFromFile(value: unknown): CollabAgentState {
  if (isObject(value)) {
    if ('completed' in value) return { status: 'completed', message: text(value['completed']) };
    return { status: 'errored', message: text(value['errored']) };
  }
  const status = typeof value === 'string' ? oneOf(camel(value), AGENT_STATES) : null;
  return { status: status ?? 'notFound', message: null };
}
