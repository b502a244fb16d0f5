import { z } from 'zod';
import { named } from '../lazy.ts';
import { AbsolutePath } from '../scalar.ts';

export const AdditionalFileSystemPermissions = named('AdditionalFileSystemPermissions', () =>
  z.object({ read: z.array(AbsolutePath()).nullish(), write: z.array(AbsolutePath()).nullish() }),
);
export type AdditionalFileSystemPermissions = z.infer<ReturnType<typeof AdditionalFileSystemPermissions>>;

export const MacOsAutomationPermission = named('MacOsAutomationPermission', () =>
  z.union([z.enum(['none', 'all']), z.object({ bundle_ids: z.array(z.string()) })]),
);
export type MacOsAutomationPermission = z.infer<ReturnType<typeof MacOsAutomationPermission>>;

export const MacOsContactsPermission = named('MacOsContactsPermission', () =>
  z.enum(['none', 'read_only', 'read_write']),
);
export type MacOsContactsPermission = z.infer<ReturnType<typeof MacOsContactsPermission>>;

export const MacOsPreferencesPermission = named('MacOsPreferencesPermission', () =>
  z.enum(['none', 'read_only', 'read_write']),
);
export type MacOsPreferencesPermission = z.infer<ReturnType<typeof MacOsPreferencesPermission>>;

export const AdditionalMacOsPermissions = named('AdditionalMacOsPermissions', () =>
  z.object({
    preferences: MacOsPreferencesPermission(),
    automations: MacOsAutomationPermission(),
    launchServices: z.boolean(),
    accessibility: z.boolean(),
    calendar: z.boolean(),
    reminders: z.boolean(),
    contacts: MacOsContactsPermission(),
  }),
);
export type AdditionalMacOsPermissions = z.infer<ReturnType<typeof AdditionalMacOsPermissions>>;

export const AdditionalNetworkPermissions = named('AdditionalNetworkPermissions', () =>
  z.object({ enabled: z.boolean().nullish() }),
);
export type AdditionalNetworkPermissions = z.infer<ReturnType<typeof AdditionalNetworkPermissions>>;

export const AdditionalPermissionProfile = named('AdditionalPermissionProfile', () =>
  z.object({
    network: AdditionalNetworkPermissions().nullable(),
    fileSystem: AdditionalFileSystemPermissions().nullable(),
    macos: AdditionalMacOsPermissions().nullable(),
  }),
);
export type AdditionalPermissionProfile = z.infer<ReturnType<typeof AdditionalPermissionProfile>>;

export const ApprovalsReviewer = named('ApprovalsReviewer', () => z.enum(['user', 'guardian_subagent']));
export type ApprovalsReviewer = z.infer<ReturnType<typeof ApprovalsReviewer>>;

export const AskForApproval = named('AskForApproval', () =>
  z.union([
    z.enum(['untrusted', 'on-failure', 'on-request']),
    z.object({
      granular: z
        .object({
          sandbox_approval: z.boolean(),
          rules: z.boolean(),
          skill_approval: z.boolean().default(false),
          request_permissions: z.boolean().default(false),
          mcp_elicitations: z.boolean(),
        })
        .meta({ experimentalVariant: 'askForApproval.granular' }),
    }),
    z.literal('never'),
  ]),
);
export type AskForApproval = z.infer<ReturnType<typeof AskForApproval>>;

export const GrantedMacOsPermissions = named('GrantedMacOsPermissions', () =>
  z.object({
    preferences: MacOsPreferencesPermission().nullish(),
    automations: MacOsAutomationPermission().nullish(),
    launchServices: z.boolean().nullish(),
    accessibility: z.boolean().nullish(),
    calendar: z.boolean().nullish(),
    reminders: z.boolean().nullish(),
    contacts: MacOsContactsPermission().nullish(),
  }),
);
export type GrantedMacOsPermissions = z.infer<ReturnType<typeof GrantedMacOsPermissions>>;

export const GrantedPermissionProfile = named('GrantedPermissionProfile', () =>
  z.object({
    network: AdditionalNetworkPermissions().nullish(),
    fileSystem: AdditionalFileSystemPermissions().nullish(),
    macos: GrantedMacOsPermissions().nullish(),
  }),
);
export type GrantedPermissionProfile = z.infer<ReturnType<typeof GrantedPermissionProfile>>;

export const NetworkAccess = named('NetworkAccess', () => z.enum(['restricted', 'enabled']));
export type NetworkAccess = z.infer<ReturnType<typeof NetworkAccess>>;

export const NetworkApprovalProtocol = named('NetworkApprovalProtocol', () =>
  z.enum(['http', 'https', 'socks5Tcp', 'socks5Udp']),
);
export type NetworkApprovalProtocol = z.infer<ReturnType<typeof NetworkApprovalProtocol>>;

export const NetworkApprovalContext = named('NetworkApprovalContext', () =>
  z.object({ host: z.string(), protocol: NetworkApprovalProtocol() }),
);
export type NetworkApprovalContext = z.infer<ReturnType<typeof NetworkApprovalContext>>;

export const NetworkPolicyRuleAction = named('NetworkPolicyRuleAction', () => z.enum(['allow', 'deny']));
export type NetworkPolicyRuleAction = z.infer<ReturnType<typeof NetworkPolicyRuleAction>>;

export const NetworkPolicyAmendment = named('NetworkPolicyAmendment', () =>
  z.object({ host: z.string(), action: NetworkPolicyRuleAction() }),
);
export type NetworkPolicyAmendment = z.infer<ReturnType<typeof NetworkPolicyAmendment>>;

export const PermissionGrantScope = named('PermissionGrantScope', () => z.enum(['turn', 'session']));
export type PermissionGrantScope = z.infer<ReturnType<typeof PermissionGrantScope>>;

export const ReadOnlyAccess = named('ReadOnlyAccess', () =>
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

export const SandboxMode = named('SandboxMode', () => z.enum(['read-only', 'workspace-write', 'danger-full-access']));
export type SandboxMode = z.infer<ReturnType<typeof SandboxMode>>;

export const SandboxPolicy = named('SandboxPolicy', () =>
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
      writableRoots: z.array(AbsolutePath()).default([]),
      readOnlyAccess: ReadOnlyAccess().default({ type: 'fullAccess' }),
      networkAccess: z.boolean().default(false),
      excludeTmpdirEnvVar: z.boolean().default(false),
      excludeSlashTmp: z.boolean().default(false),
    }),
  ]),
);
export type SandboxPolicy = z.infer<ReturnType<typeof SandboxPolicy>>;
