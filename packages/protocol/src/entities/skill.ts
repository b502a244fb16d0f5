import { z } from 'zod';
import { lazy } from '../lazy.ts';

export const SkillToolDependency = lazy(() =>
  z.object({
    type: z.string(),
    command: z.string().nullish(),
    description: z.string().nullish(),
    transport: z.string().nullish(),
    url: z.string().nullish(),
    value: z.string(),
  }),
);
export type SkillToolDependency = z.infer<ReturnType<typeof SkillToolDependency>>;

export const SkillDependencies = lazy(() => z.object({ tools: z.array(SkillToolDependency()) }));
export type SkillDependencies = z.infer<ReturnType<typeof SkillDependencies>>;

export const SkillErrorInfo = lazy(() => z.object({ message: z.string(), path: z.string() }));
export type SkillErrorInfo = z.infer<ReturnType<typeof SkillErrorInfo>>;

export const SkillInterface = lazy(() =>
  z.object({
    brandColor: z.string().nullish(),
    defaultPrompt: z.string().nullish(),
    displayName: z.string().nullish(),
    iconLarge: z.string().nullish(),
    iconSmall: z.string().nullish(),
    shortDescription: z.string().nullish(),
  }),
);
export type SkillInterface = z.infer<ReturnType<typeof SkillInterface>>;

export const SkillScope = lazy(() => z.enum(['user', 'repo', 'system', 'admin']));
export type SkillScope = z.infer<ReturnType<typeof SkillScope>>;

export const SkillMetadata = lazy(() =>
  z.object({
    dependencies: SkillDependencies().nullish(),
    description: z.string(),
    enabled: z.boolean(),
    interface: SkillInterface().nullish(),
    name: z.string(),
    path: z.string(),
    scope: SkillScope(),
    shortDescription: z.string().nullish(),
  }),
);
export type SkillMetadata = z.infer<ReturnType<typeof SkillMetadata>>;

export const SkillSummary = lazy(() =>
  z.object({
    description: z.string(),
    interface: SkillInterface().nullable(),
    name: z.string(),
    path: z.string(),
    shortDescription: z.string().nullable(),
  }),
);
export type SkillSummary = z.infer<ReturnType<typeof SkillSummary>>;

export const SkillsListEntry = lazy(() =>
  z.object({ cwd: z.string(), errors: z.array(SkillErrorInfo()), skills: z.array(SkillMetadata()) }),
);
export type SkillsListEntry = z.infer<ReturnType<typeof SkillsListEntry>>;
