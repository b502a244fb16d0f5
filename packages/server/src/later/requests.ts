import { isObject } from '@codex/base';

type Params = Readonly<Record<string, unknown>>;

/** Capabilities that came after this version, one of which the clients of later versions always name (§20.2). */
const CAPABILITIES = [
  'requestAttestation',
  'requiredHumanApproval',
  'mcpServerOpenaiFormElicitation',
  'explicitGatewayOauth',
  'extensions',
];

/** Whether the params of `initialize` are those of a client of a later version. */
export function isLaterClient(initialize: unknown): boolean {
  const capabilities = isObject(initialize) ? initialize['capabilities'] : null;
  return isObject(capabilities) && CAPABILITIES.some((name) => Object.hasOwn(capabilities, name));
}

/**
 * The params of a later client in the words of this version: what it may say there and could not say here. What has no
 * counterpart stays, for the decoder to refuse or to ignore.
 */
export function inOurWords(method: string, params: unknown): unknown {
  if (!isObject(params)) return params;
  switch (method) {
    case 'thread/start':
      return { ...ofThread(params), ...dynamicTools(params) };
    case 'thread/resume':
    case 'thread/fork':
      return ofThread(params);
    case 'turn/start':
      return ofSettings(params);
    case 'thread/list':
      return ofList(params);
    default:
      return params;
  }
}

function ofSettings(params: Params): Params {
  const { serviceTier, approvalsReviewer } = params;
  return {
    ...params,
    ...(typeof serviceTier === 'string' && { serviceTier: tierOf(serviceTier) }),
    ...(approvalsReviewer === 'auto_review' && { approvalsReviewer: 'guardian_subagent' }),
  };
}

/** Profiles whose names begin with a colon come with later versions; `sandbox` says the same beside them. */
function ofThread(params: Params): Params {
  const { config } = params;
  const profile = isObject(config) ? config['default_permissions'] : null;
  const isBuiltIn = typeof profile === 'string' && profile.startsWith(':');
  return { ...ofSettings(params), ...(isBuiltIn && { config: { ...(config as Params), default_permissions: null } }) };
}

/** Null takes a chosen tier back; one that nobody knows here is no wish. */
function tierOf(tier: string): string | null | undefined {
  if (tier === 'default') return null;
  if (tier === 'priority') return 'fast';
  return tier === 'fast' || tier === 'flex' ? tier : undefined;
}

/** Functions say that they are; groups of them have no counterpart. */
function dynamicTools({ dynamicTools: tools }: Params): Params {
  return Array.isArray(tools) ? { dynamicTools: tools.map(asFunction) } : {};
}

function asFunction(tool: unknown): unknown {
  if (!isObject(tool) || tool['type'] !== 'function') return tool;
  const { type: _, ...bare } = tool;
  return bare;
}

/** A list in sections is refused like any unknown order: clients then ask without them. */
function ofList(params: Params): Params {
  const { sortKey, cwd } = params;
  return {
    ...params,
    ...(sortKey === 'recency_at' && { sortKey: 'updated_at' }),
    ...(Array.isArray(cwd) && cwd.length === 1 && { cwd: cwd[0] as unknown }),
  };
}
