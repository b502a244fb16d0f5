import { join } from 'node:path';
import type { AskForApproval, WebSearchMode } from '@codex/protocol';
import { type Decode, flag, list, map, Mismatch, oneOf, struct, text, within } from './decode.ts';
import { type ConfigError, fileError } from './error.ts';
import { featureKey, type FeatureKey } from './features.ts';
import type { ReadConfigFile } from './file.ts';
import { networkRequirementsToml, type RequiredNetwork } from './network.ts';
import { locate } from './position.ts';
import { type ManagedRule, managedRules } from './requirement-rules.ts';
import { approvalPolicy, sandboxMode, webSearchMode } from './schema.ts';
import type { TomlTable } from './toml.ts';

/** A sandbox as requirements name it; `external-sandbox` is no mode that can be configured. */
export type RequiredSandbox = 'read-only' | 'workspace-write' | 'danger-full-access' | 'external-sandbox';

/** At least one value, in the order in which the administrator wrote them. */
export interface Allowed<T> {
  readonly values: readonly T[];
  /** The file that says so. */
  readonly source: string;
}

/** The MCP servers that may run: by name, the command or the address they must have. */
export interface AllowedServers {
  readonly servers: Readonly<
    Record<string, { readonly command?: string | undefined; readonly url?: string | undefined }>
  >;
  readonly source: string;
}

export interface FeaturePins {
  readonly pins: Readonly<Partial<Record<FeatureKey, boolean>>>;
  readonly source: string;
}

/** What an administrator prescribes (spec core §23.1). Null means that nothing is. */
export interface Requirements {
  readonly approvalPolicies: Allowed<AskForApproval> | null;
  /** With `read-only` among them. */
  readonly sandboxModes: Allowed<RequiredSandbox> | null;
  /** With `disabled` among them. */
  readonly webSearchModes: Allowed<WebSearchMode> | null;
  readonly features: FeaturePins | null;
  readonly mcpServers: AllowedServers | null;
  /** Ids of apps that are switched off. */
  readonly appsOff: readonly string[];
  readonly residency: 'us' | null;
  readonly network: RequiredNetwork | null;
  /** Only restrictions. */
  readonly rules: readonly ManagedRule[];
}

export const NO_REQUIREMENTS: Requirements = {
  approvalPolicies: null,
  sandboxModes: null,
  webSearchModes: null,
  features: null,
  mcpServers: null,
  appsOff: [],
  residency: null,
  network: null,
  rules: [],
};

export interface RequirementsRead {
  /** In force whether or not there is an error: what cannot be read must not open anything. */
  readonly requirements: Requirements;
  readonly error: ConfigError | null;
}

/** Reads requirements.toml in the system's folder, and what the values in managed_config.toml amount to. */
export function readRequirements(
  systemDir: string,
  userHome: string | undefined,
  read: ReadConfigFile,
): RequirementsRead {
  const part = (name: string, decode: (table: TomlTable, source: string) => Requirements): RequirementsRead => {
    const file = read(join(systemDir, name), userHome);
    if (file.error) return { requirements: NO_REQUIREMENTS, error: file.error };
    try {
      return { requirements: decode(file.table, file.path), error: null };
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      const place = locate(file.text, error.path, error.at);
      return { requirements: NO_REQUIREMENTS, error: fileError(file.path, error.message, place) };
    }
  };
  const own = part('requirements.toml', decodeRequirements);
  const legacy = part('managed_config.toml', decodeLegacy);
  const error = own.error ?? legacy.error;
  const requirements = {
    ...own.requirements,
    approvalPolicies: own.requirements.approvalPolicies ?? legacy.requirements.approvalPolicies,
    sandboxModes: own.requirements.sandboxModes ?? legacy.requirements.sandboxModes,
  };
  if (!error) return { requirements, error };
  const sandboxModes: Allowed<RequiredSandbox> = { values: ['read-only'], source: error.path ?? systemDir };
  return { requirements: { ...requirements, sandboxModes }, error };
}

const featurePins: Decode<Readonly<Partial<Record<FeatureKey, boolean>>>> = (value) => {
  const pins: Partial<Record<FeatureKey, boolean>> = {};
  for (const [name, enabled] of Object.entries(map(flag)(value))) {
    const key = featureKey(name);
    if (key === null) within(name, () => fail(`\`${name}\` is no feature`, 'key'));
    else pins[key] = enabled;
  }
  return pins;
};

const serverIdentity: Decode<AllowedServers['servers'][string]> = (value) => {
  const { identity } = struct(
    'McpServerRequirement',
    { identity: struct('McpServerIdentity', { command: text, url: text }) },
    ['identity'],
  )(value);
  if ((identity.command === undefined) === (identity.url === undefined)) {
    within('identity', () => fail('set exactly one of `command` and `url`'));
  }
  return identity;
};

const requirementsToml = struct('ConfigRequirementsToml', {
  allowed_approval_policies: list(approvalPolicy),
  allowed_sandbox_modes: list(oneOf('read-only', 'workspace-write', 'danger-full-access', 'external-sandbox')),
  allowed_web_search_modes: list(webSearchMode),
  features: featurePins,
  feature_requirements: featurePins,
  mcp_servers: map(serverIdentity),
  apps: map(struct('AppRequirement', { enabled: flag })),
  enforce_residency: oneOf('us'),
  experimental_network: networkRequirementsToml,
  rules: managedRules,
});

function decodeRequirements(table: TomlTable, source: string): Requirements {
  const toml = requirementsToml(table);
  const {
    allowed_approval_policies: approvals,
    allowed_sandbox_modes: sandboxes,
    allowed_web_search_modes: searches,
  } = toml;
  if (approvals?.length === 0) {
    within('allowed_approval_policies', () => fail('field `allowed_approval_policies` cannot be empty'));
  }
  if (sandboxes && !sandboxes.includes('read-only')) {
    within('allowed_sandbox_modes', () => fail('`allowed_sandbox_modes` must include `read-only`'));
  }
  const pins = toml.features ?? toml.feature_requirements;
  return {
    approvalPolicies: approvals ? { values: approvals, source } : null,
    sandboxModes: sandboxes ? { values: sandboxes, source } : null,
    webSearchModes: searches ? { values: [...new Set([...searches, 'disabled' as const])], source } : null,
    features: pins ? { pins, source } : null,
    mcpServers: toml.mcp_servers ? { servers: toml.mcp_servers, source } : null,
    appsOff: Object.entries(toml.apps ?? {}).flatMap(([id, app]) => (app.enabled === false ? id : [])),
    residency: toml.enforce_residency ?? null,
    network: toml.experimental_network ?? null,
    rules: toml.rules ?? [],
  };
}

const legacyToml = struct('ManagedConfigToml', { approval_policy: approvalPolicy, sandbox_mode: sandboxMode });

/** The file of old set values nobody could change: these are now all that is allowed. */
function decodeLegacy(table: TomlTable, source: string): Requirements {
  const { approval_policy: policy, sandbox_mode: mode } = legacyToml(table);
  return {
    ...NO_REQUIREMENTS,
    approvalPolicies: policy ? { values: [policy], source } : null,
    sandboxModes: mode ? { values: [...new Set(['read-only' as const, mode])], source } : null,
  };
}

function fail(message: string, at: 'value' | 'key' = 'value'): never {
  throw new Mismatch(message, at);
}
