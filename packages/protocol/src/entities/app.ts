import { z } from 'zod';
import { named } from '../lazy.ts';

export const AppBranding = named('AppBranding', () =>
  z.object({
    category: z.string().nullable(),
    developer: z.string().nullable(),
    website: z.string().nullable(),
    privacyPolicy: z.string().nullable(),
    termsOfService: z.string().nullable(),
    isDiscoverableApp: z.boolean(),
  }),
);
export type AppBranding = z.infer<ReturnType<typeof AppBranding>>;

export const AppReview = named('AppReview', () => z.object({ status: z.string() }));
export type AppReview = z.infer<ReturnType<typeof AppReview>>;

export const AppScreenshot = named('AppScreenshot', () =>
  z.object({ url: z.string().nullable(), fileId: z.string().nullable(), userPrompt: z.string() }),
);
export type AppScreenshot = z.infer<ReturnType<typeof AppScreenshot>>;

export const AppMetadata = named('AppMetadata', () =>
  z.object({
    review: AppReview().nullable(),
    categories: z.array(z.string()).nullable(),
    subCategories: z.array(z.string()).nullable(),
    seoDescription: z.string().nullable(),
    screenshots: z.array(AppScreenshot()).nullable(),
    developer: z.string().nullable(),
    version: z.string().nullable(),
    versionId: z.string().nullable(),
    versionNotes: z.string().nullable(),
    firstPartyType: z.string().nullable(),
    firstPartyRequiresInstall: z.boolean().nullable(),
    showInComposerWhenUnlinked: z.boolean().nullable(),
  }),
);
export type AppMetadata = z.infer<ReturnType<typeof AppMetadata>>;

export const AppInfo = named('AppInfo', () =>
  z.object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    logoUrl: z.string().nullable(),
    logoUrlDark: z.string().nullable(),
    distributionChannel: z.string().nullable(),
    branding: AppBranding().nullable(),
    appMetadata: AppMetadata().nullable(),
    labels: z.record(z.string(), z.string()).nullable(),
    installUrl: z.string().nullable(),
    isAccessible: z.boolean(),
    isEnabled: z.boolean(),
    pluginDisplayNames: z.array(z.string()),
  }),
);
export type AppInfo = z.infer<ReturnType<typeof AppInfo>>;

export const AppSummary = named('AppSummary', () =>
  z.object({ id: z.string(), name: z.string(), description: z.string().nullable(), installUrl: z.string().nullable() }),
);
export type AppSummary = z.infer<ReturnType<typeof AppSummary>>;
