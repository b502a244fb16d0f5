import { z } from 'zod';
import { method } from '../define.ts';
import { AppSummary } from '../entities/app.ts';
import { SkillSummary } from '../entities/skill.ts';
import { lazy } from '../lazy.ts';
import { AbsolutePath } from '../scalar.ts';

export const PluginAuthPolicy = lazy(() => z.enum(['ON_INSTALL', 'ON_USE']));
export type PluginAuthPolicy = z.infer<ReturnType<typeof PluginAuthPolicy>>;

export const PluginInstallPolicy = lazy(() => z.enum(['NOT_AVAILABLE', 'AVAILABLE', 'INSTALLED_BY_DEFAULT']));
export type PluginInstallPolicy = z.infer<ReturnType<typeof PluginInstallPolicy>>;

export const PluginInterface = lazy(() =>
  z.object({
    brandColor: z.string().nullable(),
    capabilities: z.array(z.string()),
    category: z.string().nullable(),
    composerIcon: AbsolutePath().nullable(),
    defaultPrompt: z.array(z.string()).nullable(),
    developerName: z.string().nullable(),
    displayName: z.string().nullable(),
    logo: AbsolutePath().nullable(),
    longDescription: z.string().nullable(),
    privacyPolicyUrl: z.string().nullable(),
    screenshots: z.array(AbsolutePath()),
    shortDescription: z.string().nullable(),
    termsOfServiceUrl: z.string().nullable(),
    websiteUrl: z.string().nullable(),
  }),
);
export type PluginInterface = z.infer<ReturnType<typeof PluginInterface>>;

export const PluginSource = lazy(() =>
  z.discriminatedUnion('type', [z.object({ type: z.literal('local'), path: AbsolutePath() })]),
);
export type PluginSource = z.infer<ReturnType<typeof PluginSource>>;

export const PluginSummary = lazy(() =>
  z.object({
    authPolicy: PluginAuthPolicy(),
    enabled: z.boolean(),
    id: z.string(),
    installPolicy: PluginInstallPolicy(),
    installed: z.boolean(),
    interface: PluginInterface().nullable(),
    name: z.string(),
    source: PluginSource(),
  }),
);
export type PluginSummary = z.infer<ReturnType<typeof PluginSummary>>;

export const PluginDetail = lazy(() =>
  z.object({
    apps: z.array(AppSummary()),
    description: z.string().nullable(),
    marketplaceName: z.string(),
    marketplacePath: AbsolutePath(),
    mcpServers: z.array(z.string()),
    skills: z.array(SkillSummary()),
    summary: PluginSummary(),
  }),
);
export type PluginDetail = z.infer<ReturnType<typeof PluginDetail>>;

export const PluginInstallParams = lazy(() => z.object({ marketplacePath: AbsolutePath(), pluginName: z.string() }));
export type PluginInstallParams = z.infer<ReturnType<typeof PluginInstallParams>>;

export const PluginInstallResponse = lazy(() =>
  z.object({ appsNeedingAuth: z.array(AppSummary()), authPolicy: PluginAuthPolicy() }),
);
export type PluginInstallResponse = z.infer<ReturnType<typeof PluginInstallResponse>>;

export const PluginListParams = lazy(() =>
  z.object({ cwds: z.array(AbsolutePath()).nullish(), forceRemoteSync: z.boolean().optional() }),
);
export type PluginListParams = z.infer<ReturnType<typeof PluginListParams>>;

export const PluginMarketplaceEntry = lazy(() =>
  z.object({ name: z.string(), path: AbsolutePath(), plugins: z.array(PluginSummary()) }),
);
export type PluginMarketplaceEntry = z.infer<ReturnType<typeof PluginMarketplaceEntry>>;

export const PluginListResponse = lazy(() =>
  z.object({ marketplaces: z.array(PluginMarketplaceEntry()), remoteSyncError: z.string().nullable() }),
);
export type PluginListResponse = z.infer<ReturnType<typeof PluginListResponse>>;

export const PluginReadParams = lazy(() => z.object({ marketplacePath: AbsolutePath(), pluginName: z.string() }));
export type PluginReadParams = z.infer<ReturnType<typeof PluginReadParams>>;

export const PluginReadResponse = lazy(() => z.object({ plugin: PluginDetail() }));
export type PluginReadResponse = z.infer<ReturnType<typeof PluginReadResponse>>;

export const PluginUninstallParams = lazy(() => z.object({ pluginId: z.string() }));
export type PluginUninstallParams = z.infer<ReturnType<typeof PluginUninstallParams>>;

export const PluginUninstallResponse = lazy(() => z.object({}));
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
