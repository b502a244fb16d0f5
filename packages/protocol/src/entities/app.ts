import { z } from 'zod';
import { lazy } from '../lazy.ts';

export const AppBranding = lazy(() =>
  z.object({
    category: z.string().nullable(),
    developer: z.string().nullable(),
    isDiscoverableApp: z.boolean(),
    privacyPolicy: z.string().nullable(),
    termsOfService: z.string().nullable(),
    website: z.string().nullable(),
  }),
);
export type AppBranding = z.infer<ReturnType<typeof AppBranding>>;

export const AppReview = lazy(() => z.object({ status: z.string() }));
export type AppReview = z.infer<ReturnType<typeof AppReview>>;

export const AppScreenshot = lazy(() =>
  z.object({ fileId: z.string().nullable(), url: z.string().nullable(), userPrompt: z.string() }),
);
export type AppScreenshot = z.infer<ReturnType<typeof AppScreenshot>>;

export const AppMetadata = lazy(() =>
  z.object({
    categories: z.array(z.string()).nullable(),
    developer: z.string().nullable(),
    firstPartyRequiresInstall: z.boolean().nullable(),
    firstPartyType: z.string().nullable(),
    review: AppReview().nullable(),
    screenshots: z.array(AppScreenshot()).nullable(),
    seoDescription: z.string().nullable(),
    showInComposerWhenUnlinked: z.boolean().nullable(),
    subCategories: z.array(z.string()).nullable(),
    version: z.string().nullable(),
    versionId: z.string().nullable(),
    versionNotes: z.string().nullable(),
  }),
);
export type AppMetadata = z.infer<ReturnType<typeof AppMetadata>>;

export const AppInfo = lazy(() =>
  z.object({
    appMetadata: AppMetadata().nullable(),
    branding: AppBranding().nullable(),
    description: z.string().nullable(),
    distributionChannel: z.string().nullable(),
    id: z.string(),
    installUrl: z.string().nullable(),
    isAccessible: z.boolean(),
    isEnabled: z.boolean(),
    labels: z.record(z.string(), z.string()).nullable(),
    logoUrl: z.string().nullable(),
    logoUrlDark: z.string().nullable(),
    name: z.string(),
    pluginDisplayNames: z.array(z.string()),
  }),
);
export type AppInfo = z.infer<ReturnType<typeof AppInfo>>;

export const AppSummary = lazy(() =>
  z.object({ description: z.string().nullable(), id: z.string(), installUrl: z.string().nullable(), name: z.string() }),
);
export type AppSummary = z.infer<ReturnType<typeof AppSummary>>;
