import { canonicalJson } from '@codex/base';
import type { AskForApproval, SandboxMode, SandboxPolicy, WebSearchMode } from '@codex/protocol';
import type { McpServerToml } from './schema.ts';
import type { FeatureFlags, FeatureKey } from './features.ts';
import type { Allowed, AllowedServers, FeaturePins, RequiredSandbox, Requirements } from './requirements.ts';

/** What somebody wants to change; absent is no wish. */
export interface WantedSettings {
  readonly approvalPolicy?: AskForApproval | undefined;
  readonly sandbox?: RequiredSandbox | undefined;
  readonly webSearch?: WebSearchMode | undefined;
  readonly features?: Readonly<Partial<Record<FeatureKey, boolean>>> | undefined;
}

/** The first wish that requirements forbid, with what they allow and where they stand; null when all is allowed. */
export function refusedByRequirements(requirements: Requirements, wanted: WantedSettings): string | null {
  const { approvalPolicies, sandboxModes, webSearchModes, features } = requirements;
  return (
    refused('approval_policy', wanted.approvalPolicy, approvalPolicies) ??
    refused('sandbox_mode', wanted.sandbox, sandboxModes) ??
    refused('web_search', wanted.webSearch, webSearchModes) ??
    refusedFeature(wanted.features ?? {}, features)
  );
}

export interface Enforced<T> {
  readonly value: T;
  /** What the user is told who had chosen something else. */
  readonly warning: string | null;
}

/** The value, or the one that takes its place: `instead` if given, else the first that is allowed. */
export function enforce<T extends AskForApproval | SandboxMode | WebSearchMode>(
  key: string,
  value: T,
  allowed: Allowed<T | RequiredSandbox> | null,
  options: { chosen: boolean; instead?: T },
): Enforced<T> {
  const refusal = refused(key, value, allowed);
  if (refusal === null) return { value, warning: null };
  const replacement = options.instead ?? (allowed?.values[0] as T);
  return { value: replacement, warning: options.chosen ? overruled(key, named(replacement), refusal) : null };
}

/** The features with those an administrator has fixed; `chosen` are those somebody had set. */
export function enforceFeatures(
  flags: FeatureFlags,
  required: FeaturePins | null,
  chosen: (key: FeatureKey) => boolean,
): { flags: FeatureFlags; warnings: string[] } {
  const pins = Object.entries(required?.pins ?? {}) as [FeatureKey, boolean][];
  const warnings = pins.flatMap(([key, enabled]) => {
    const refusal = flags[key] !== enabled && chosen(key) ? refusedFeature({ [key]: flags[key] }, required) : null;
    return refusal === null ? [] : [overruled(`features.${key}`, String(enabled), refusal)];
  });
  return { flags: { ...flags, ...required?.pins }, warnings };
}

/** The servers, those switched off that are not on the list or are not what the list says. */
export function enforceServers(
  servers: Readonly<Record<string, McpServerToml>>,
  allowed: AllowedServers | null,
): { servers: Readonly<Record<string, McpServerToml>>; warnings: string[] } {
  if (!allowed) return { servers, warnings: [] };
  const warnings: string[] = [];
  const enforced = Object.entries(servers).map(([name, server]) => {
    const identity = Object.hasOwn(allowed.servers, name) ? allowed.servers[name] : undefined;
    const isSame = identity?.command === server.command && identity?.url === server.url;
    if ((identity && isSame) || server.enabled === false) return [name, server] as const;
    const why = identity ? 'it is another one than the list says' : 'it is not in the list';
    warnings.push(`The MCP server \`${name}\` is switched off: ${why} (set by ${allowed.source})`);
    return [name, { ...server, enabled: false, required: false }] as const;
  });
  return { servers: Object.fromEntries(enforced), warnings };
}

function refused<T>(key: string, value: T | undefined, allowed: Allowed<unknown> | null): string | null {
  if (value === undefined || !allowed) return null;
  const same = canonicalJson(value);
  if (allowed.values.some((each) => canonicalJson(each) === same)) return null;
  const list = allowed.values.map(named).join(', ');
  return `invalid value for \`${key}\`: \`${named(value)}\` is not in the allowed set [${list}] (set by ${allowed.source})`;
}

function refusedFeature(wanted: WantedSettings['features'] & object, required: FeaturePins | null): string | null {
  if (!required) return null;
  const pins: Readonly<Record<string, boolean>> = required.pins;
  const wrong = Object.entries(wanted).find(([key, enabled]) => pins[key] !== undefined && pins[key] !== enabled);
  if (!wrong) return null;
  const list = Object.entries(pins).map(([key, enabled]) => `${key}=${enabled}`);
  const set = `[${list.join(', ')}] (set by ${required.source})`;
  return `invalid value for \`features\`: \`features.${wrong[0]}=${wrong[1]}\` is not in the allowed set ${set}`;
}

function overruled(key: string, replacement: string, refusal: string): string {
  return `The configured value of \`${key}\` is not allowed; \`${replacement}\` is used instead. Details: ${refusal}`;
}

/** The name under which requirements allow a policy or not. */
export function requiredSandbox({ type }: Pick<SandboxPolicy, 'type'>): RequiredSandbox {
  switch (type) {
    case 'readOnly':
      return 'read-only';
    case 'workspaceWrite':
      return 'workspace-write';
    case 'dangerFullAccess':
      return 'danger-full-access';
    case 'externalSandbox':
      return 'external-sandbox';
  }
}

/** As it is written in config.toml. */
function named(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
