import { z } from 'zod';
import { named } from '../lazy.ts';

export const SkillToolDependency = named('SkillToolDependency', () =>
  z.object({
    type: z.string(),
    value: z.string(),
    description: z.string().nullish(),
    transport: z.string().nullish(),
    command: z.string().nullish(),
    url: z.string().nullish(),
  }),
);
export type SkillToolDependency = z.infer<ReturnType<typeof SkillToolDependency>>;

export const SkillDependencies = named('SkillDependencies', () => z.object({ tools: z.array(SkillToolDependency()) }));
export type SkillDependencies = z.infer<ReturnType<typeof SkillDependencies>>;

export const SkillErrorInfo = named('SkillErrorInfo', () => z.object({ path: z.string(), message: z.string() }));
export type SkillErrorInfo = z.infer<ReturnType<typeof SkillErrorInfo>>;

export const SkillInterface = named('SkillInterface', () =>
  z.object({
    displayName: z.string().nullish(),
    shortDescription: z.string().nullish(),
    iconSmall: z.string().nullish(),
    iconLarge: z.string().nullish(),
    brandColor: z.string().nullish(),
    defaultPrompt: z.string().nullish(),
  }),
);
export type SkillInterface = z.infer<ReturnType<typeof SkillInterface>>;

export const SkillScope = named('SkillScope', () => z.enum(['user', 'repo', 'system', 'admin']));
export type SkillScope = z.infer<ReturnType<typeof SkillScope>>;

export const SkillMetadata = named('SkillMetadata', () =>
  z.object({
    name: z.string(),
    description: z.string(),
    shortDescription: z.string().nullish(),
    interface: SkillInterface().nullish(),
    dependencies: SkillDependencies().nullish(),
    path: z.string(),
    scope: SkillScope(),
    enabled: z.boolean(),
  }),
);
export type SkillMetadata = z.infer<ReturnType<typeof SkillMetadata>>;

export const SkillSummary = named('SkillSummary', () =>
  z.object({
    name: z.string(),
    description: z.string(),
    shortDescription: z.string().nullable(),
    interface: SkillInterface().nullable(),
    path: z.string(),
  }),
);
export type SkillSummary = z.infer<ReturnType<typeof SkillSummary>>;

export const SkillsListEntry = named('SkillsListEntry', () =>
  z.object({ cwd: z.string(), skills: z.array(SkillMetadata()), errors: z.array(SkillErrorInfo()) }),
);
export type SkillsListEntry = z.infer<ReturnType<typeof SkillsListEntry>>;
