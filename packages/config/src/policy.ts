import { join } from 'node:path';
import type { AskForApproval, SandboxMode, SandboxPolicy } from '@codex/protocol';
import type { TrustLevel } from './config.ts';
import type { ConfigToml } from './schema.ts';

/** When nothing is configured: an untrusted project asks for everything that is not known to be safe (§22.4). */
export function resolveApproval(explicit: AskForApproval | undefined, trust: TrustLevel | null): AskForApproval {
  return explicit ?? (trust === 'untrusted' ? 'untrusted' : 'on-request');
}

/** A project about which the user decided anything may be written to by default (§22.4). */
export function resolveSandboxMode(explicit: SandboxMode | undefined, trust: TrustLevel | null): SandboxMode {
  return explicit ?? (trust === null ? 'read-only' : 'workspace-write');
}

/** With more writable folders, where only some are. */
export function withRoots(policy: SandboxPolicy, roots: readonly string[] = []): SandboxPolicy {
  return policy.type === 'workspaceWrite'
    ? { ...policy, writableRoots: [...new Set([...policy.writableRoots, ...roots])] }
    : policy;
}

/** The policy in its wire shape. The memories folder is always writable, as clients expect to see it (§16.1). */
export function sandboxPolicy(
  mode: SandboxMode,
  workspace: ConfigToml['sandbox_workspace_write'],
  home: string,
  additionalRoots: readonly string[] = [],
): SandboxPolicy {
  switch (mode) {
    case 'danger-full-access':
      return { type: 'dangerFullAccess' };
    case 'read-only':
      return { type: 'readOnly', access: { type: 'fullAccess' }, networkAccess: false };
    case 'workspace-write':
      return {
        type: 'workspaceWrite',
        writableRoots: [...new Set([...(workspace?.writable_roots ?? []), ...additionalRoots, join(home, 'memories')])],
        readOnlyAccess: { type: 'fullAccess' },
        networkAccess: workspace?.network_access ?? false,
        excludeTmpdirEnvVar: workspace?.exclude_tmpdir_env_var ?? false,
        excludeSlashTmp: workspace?.exclude_slash_tmp ?? false,
      };
  }
}
