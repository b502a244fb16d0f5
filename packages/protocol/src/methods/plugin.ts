import { z } from 'zod';
import { method } from '../define.ts';
import { AppSummary } from '../entities/app.ts';
import { SkillSummary } from '../entities/skill.ts';
import { named } from '../lazy.ts';
import { AbsolutePath } from '../scalar.ts';

export const PluginAuthPolicy = named('PluginAuthPolicy', () => z.enum(['ON_INSTALL', 'ON_USE']));
export type PluginAuthPolicy = z.infer<ReturnType<typeof PluginAuthPolicy>>;

export const PluginInstallPolicy = named('PluginInstallPolicy', () =>
  z.enum(['NOT_AVAILABLE', 'AVAILABLE', 'INSTALLED_BY_DEFAULT']),
);
export type PluginInstallPolicy = z.infer<ReturnType<typeof PluginInstallPolicy>>;

export const PluginInterface = named('PluginInterface', () =>
  z.object({
    displayName: z.string().nullable(),
    shortDescription: z.string().nullable(),
    longDescription: z.string().nullable(),
    developerName: z.string().nullable(),
    category: z.string().nullable(),
    capabilities: z.array(z.string()),
    websiteUrl: z.string().nullable(),
    privacyPolicyUrl: z.string().nullable(),
    termsOfServiceUrl: z.string().nullable(),
    defaultPrompt: z.array(z.string()).nullable(),
    brandColor: z.string().nullable(),
    composerIcon: AbsolutePath().nullable(),
    logo: AbsolutePath().nullable(),
    screenshots: z.array(AbsolutePath()),
  }),
);
export type PluginInterface = z.infer<ReturnType<typeof PluginInterface>>;

export const PluginSource = named('PluginSource', () =>
  z.discriminatedUnion('type', [z.object({ type: z.literal('local'), path: AbsolutePath() })]),
);
export type PluginSource = z.infer<ReturnType<typeof PluginSource>>;

export const PluginSummary = named('PluginSummary', () =>
  z.object({
    id: z.string(),
    name: z.string(),
    source: PluginSource(),
    installed: z.boolean(),
    enabled: z.boolean(),
    installPolicy: PluginInstallPolicy(),
    authPolicy: PluginAuthPolicy(),
    interface: PluginInterface().nullable(),
  }),
);
export type PluginSummary = z.infer<ReturnType<typeof PluginSummary>>;

export const PluginDetail = named('PluginDetail', () =>
  z.object({
    marketplaceName: z.string(),
    marketplacePath: AbsolutePath(),
    summary: PluginSummary(),
    description: z.string().nullable(),
    skills: z.array(SkillSummary()),
    apps: z.array(AppSummary()),
    mcpServers: z.array(z.string()),
  }),
);
export type PluginDetail = z.infer<ReturnType<typeof PluginDetail>>;

export const PluginInstallParams = named('PluginInstallParams', () =>
  z.object({ marketplacePath: AbsolutePath(), pluginName: z.string() }),
);
export type PluginInstallParams = z.infer<ReturnType<typeof PluginInstallParams>>;

export const PluginInstallResponse = named('PluginInstallResponse', () =>
  z.object({ authPolicy: PluginAuthPolicy(), appsNeedingAuth: z.array(AppSummary()) }),
);
export type PluginInstallResponse = z.infer<ReturnType<typeof PluginInstallResponse>>;

export const PluginListParams = named('PluginListParams', () =>
  z.object({ cwds: z.array(AbsolutePath()).nullish(), forceRemoteSync: z.boolean().optional() }),
);
export type PluginListParams = z.infer<ReturnType<typeof PluginListParams>>;

export const PluginMarketplaceEntry = named('PluginMarketplaceEntry', () =>
  z.object({ name: z.string(), path: AbsolutePath(), plugins: z.array(PluginSummary()) }),
);
export type PluginMarketplaceEntry = z.infer<ReturnType<typeof PluginMarketplaceEntry>>;

export const PluginListResponse = named('PluginListResponse', () =>
  z.object({ marketplaces: z.array(PluginMarketplaceEntry()), remoteSyncError: z.string().nullable() }),
);
export type PluginListResponse = z.infer<ReturnType<typeof PluginListResponse>>;

export const PluginReadParams = named('PluginReadParams', () =>
  z.object({ marketplacePath: AbsolutePath(), pluginName: z.string() }),
);
export type PluginReadParams = z.infer<ReturnType<typeof PluginReadParams>>;

export const PluginReadResponse = named('PluginReadResponse', () => z.object({ plugin: PluginDetail() }));
export type PluginReadResponse = z.infer<ReturnType<typeof PluginReadResponse>>;

export const PluginUninstallParams = named('PluginUninstallParams', () => z.object({ pluginId: z.string() }));
export type PluginUninstallParams = z.infer<ReturnType<typeof PluginUninstallParams>>;

export const PluginUninstallResponse = named('PluginUninstallResponse', () => z.object({}));
export type PluginUninstallResponse = z.infer<ReturnType<typeof PluginUninstallResponse>>;

export const pluginMethods = {
  'plugin/list': method({
    doc: 'Lists the plugins of the known marketplaces.',
    params: PluginListParams,
    result: PluginListResponse,
  }),
  'plugin/read': method({
    doc: 'Reads one plugin of a marketplace.',
    params: PluginReadParams,
    result: PluginReadResponse,
  }),
  'plugin/install': method({ doc: 'Installs a plugin.', params: PluginInstallParams, result: PluginInstallResponse }),
  'plugin/uninstall': method({
    doc: 'Removes a plugin.',
    params: PluginUninstallParams,
    result: PluginUninstallResponse,
  }),
};
