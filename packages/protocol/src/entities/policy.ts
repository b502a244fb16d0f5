import { z } from 'zod';
import { lazy } from '../lazy.ts';
import { AbsolutePath } from '../scalar.ts';

export const AdditionalFileSystemPermissions = lazy(() =>
  z.object({ read: z.array(AbsolutePath()).nullish(), write: z.array(AbsolutePath()).nullish() }),
);
export type AdditionalFileSystemPermissions = z.infer<ReturnType<typeof AdditionalFileSystemPermissions>>;

export const MacOsAutomationPermission = lazy(() =>
  z.union([z.enum(['none', 'all']), z.object({ bundle_ids: z.array(z.string()) })]),
);
export type MacOsAutomationPermission = z.infer<ReturnType<typeof MacOsAutomationPermission>>;

export const MacOsContactsPermission = lazy(() => z.enum(['none', 'read_only', 'read_write']));
export type MacOsContactsPermission = z.infer<ReturnType<typeof MacOsContactsPermission>>;

export const MacOsPreferencesPermission = lazy(() => z.enum(['none', 'read_only', 'read_write']));
export type MacOsPreferencesPermission = z.infer<ReturnType<typeof MacOsPreferencesPermission>>;

export const AdditionalMacOsPermissions = lazy(() =>
  z.object({
    accessibility: z.boolean(),
    automations: MacOsAutomationPermission(),
    calendar: z.boolean(),
    contacts: MacOsContactsPermission(),
    launchServices: z.boolean(),
    preferences: MacOsPreferencesPermission(),
    reminders: z.boolean(),
  }),
);
export type AdditionalMacOsPermissions = z.infer<ReturnType<typeof AdditionalMacOsPermissions>>;

export const AdditionalNetworkPermissions = lazy(() => z.object({ enabled: z.boolean().nullish() }));
export type AdditionalNetworkPermissions = z.infer<ReturnType<typeof AdditionalNetworkPermissions>>;

export const AdditionalPermissionProfile = lazy(() =>
  z.object({
    fileSystem: AdditionalFileSystemPermissions().nullable(),
    macos: AdditionalMacOsPermissions().nullable(),
    network: AdditionalNetworkPermissions().nullable(),
  }),
);
export type AdditionalPermissionProfile = z.infer<ReturnType<typeof AdditionalPermissionProfile>>;

export const ApprovalsReviewer = lazy(() => z.enum(['user', 'guardian_subagent']));
export type ApprovalsReviewer = z.infer<ReturnType<typeof ApprovalsReviewer>>;

export const AskForApproval = lazy(() =>
  z.union([
    z.enum(['untrusted', 'on-failure', 'on-request', 'never']),
    z.object({
      granular: z.object({
        mcp_elicitations: z.boolean(),
        request_permissions: z.boolean().default(false),
        rules: z.boolean(),
        sandbox_approval: z.boolean(),
        skill_approval: z.boolean().default(false),
      }),
    }),
  ]),
);
export type AskForApproval = z.infer<ReturnType<typeof AskForApproval>>;

export const GrantedMacOsPermissions = lazy(() =>
  z.object({
    accessibility: z.boolean().nullish(),
    automations: MacOsAutomationPermission().nullish(),
    calendar: z.boolean().nullish(),
    contacts: MacOsContactsPermission().nullish(),
    launchServices: z.boolean().nullish(),
    preferences: MacOsPreferencesPermission().nullish(),
    reminders: z.boolean().nullish(),
  }),
);
export type GrantedMacOsPermissions = z.infer<ReturnType<typeof GrantedMacOsPermissions>>;

export const GrantedPermissionProfile = lazy(() =>
  z.object({
    fileSystem: AdditionalFileSystemPermissions().nullish(),
    macos: GrantedMacOsPermissions().nullish(),
    network: AdditionalNetworkPermissions().nullish(),
  }),
);
export type GrantedPermissionProfile = z.infer<ReturnType<typeof GrantedPermissionProfile>>;

export const NetworkAccess = lazy(() => z.enum(['restricted', 'enabled']));
export type NetworkAccess = z.infer<ReturnType<typeof NetworkAccess>>;

export const NetworkApprovalProtocol = lazy(() => z.enum(['http', 'https', 'socks5Tcp', 'socks5Udp']));
export type NetworkApprovalProtocol = z.infer<ReturnType<typeof NetworkApprovalProtocol>>;

export const NetworkApprovalContext = lazy(() => z.object({ host: z.string(), protocol: NetworkApprovalProtocol() }));
export type NetworkApprovalContext = z.infer<ReturnType<typeof NetworkApprovalContext>>;

export const NetworkPolicyRuleAction = lazy(() => z.enum(['allow', 'deny']));
export type NetworkPolicyRuleAction = z.infer<ReturnType<typeof NetworkPolicyRuleAction>>;

export const NetworkPolicyAmendment = lazy(() => z.object({ action: NetworkPolicyRuleAction(), host: z.string() }));
export type NetworkPolicyAmendment = z.infer<ReturnType<typeof NetworkPolicyAmendment>>;

export const PermissionGrantScope = lazy(() => z.enum(['turn', 'session']));
export type PermissionGrantScope = z.infer<ReturnType<typeof PermissionGrantScope>>;

export const ReadOnlyAccess = lazy(() =>
  z.discriminatedUnion('type', [
    z.object({
      type: z.literal('restricted'),
      includePlatformDefaults: z.boolean().default(true),
      readableRoots: z.array(AbsolutePath()).default([]),
    }),
    z.object({ type: z.literal('fullAccess') }),
  ]),
);
export type ReadOnlyAccess = z.infer<ReturnType<typeof ReadOnlyAccess>>;

export const SandboxMode = lazy(() => z.enum(['read-only', 'workspace-write', 'danger-full-access']));
export type SandboxMode = z.infer<ReturnType<typeof SandboxMode>>;

export const SandboxPolicy = lazy(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('dangerFullAccess') }),
    z.object({
      type: z.literal('readOnly'),
      access: ReadOnlyAccess().default({ type: 'fullAccess' }),
      networkAccess: z.boolean().default(false),
    }),
    z.object({ type: z.literal('externalSandbox'), networkAccess: NetworkAccess().default('restricted') }),
    z.object({
      type: z.literal('workspaceWrite'),
      excludeSlashTmp: z.boolean().default(false),
      excludeTmpdirEnvVar: z.boolean().default(false),
      networkAccess: z.boolean().default(false),
      readOnlyAccess: ReadOnlyAccess().default({ type: 'fullAccess' }),
      writableRoots: z.array(AbsolutePath()).default([]),
    }),
  ]),
);
export type SandboxPolicy = z.infer<ReturnType<typeof SandboxPolicy>>;
