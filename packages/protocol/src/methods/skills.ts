import { z } from 'zod';
import { method } from '../define.ts';
import { SkillsListEntry } from '../entities/skill.ts';
import { lazy } from '../lazy.ts';

export const HazelnutScope = lazy(() => z.enum(['example', 'workspace-shared', 'all-shared', 'personal']));
export type HazelnutScope = z.infer<ReturnType<typeof HazelnutScope>>;

export const ProductSurface = lazy(() => z.enum(['chatgpt', 'codex', 'api', 'atlas']));
export type ProductSurface = z.infer<ReturnType<typeof ProductSurface>>;

export const RemoteSkillSummary = lazy(() => z.object({ description: z.string(), id: z.string(), name: z.string() }));
export type RemoteSkillSummary = z.infer<ReturnType<typeof RemoteSkillSummary>>;

export const SkillsConfigWriteParams = lazy(() => z.object({ enabled: z.boolean(), path: z.string() }));
export type SkillsConfigWriteParams = z.infer<ReturnType<typeof SkillsConfigWriteParams>>;

export const SkillsConfigWriteResponse = lazy(() => z.object({ effectiveEnabled: z.boolean() }));
export type SkillsConfigWriteResponse = z.infer<ReturnType<typeof SkillsConfigWriteResponse>>;

export const SkillsListExtraRootsForCwd = lazy(() =>
  z.object({ cwd: z.string(), extraUserRoots: z.array(z.string()) }),
);
export type SkillsListExtraRootsForCwd = z.infer<ReturnType<typeof SkillsListExtraRootsForCwd>>;

export const SkillsListParams = lazy(() =>
  z.object({
    cwds: z.array(z.string()).optional(),
    forceReload: z.boolean().optional(),
    perCwdExtraUserRoots: z.array(SkillsListExtraRootsForCwd()).nullish(),
  }),
);
export type SkillsListParams = z.infer<ReturnType<typeof SkillsListParams>>;

export const SkillsListResponse = lazy(() => z.object({ data: z.array(SkillsListEntry()) }));
export type SkillsListResponse = z.infer<ReturnType<typeof SkillsListResponse>>;

export const SkillsRemoteReadParams = lazy(() =>
  z.object({
    enabled: z.boolean().default(false),
    hazelnutScope: HazelnutScope().default('example'),
    productSurface: ProductSurface().default('codex'),
  }),
);
export type SkillsRemoteReadParams = z.infer<ReturnType<typeof SkillsRemoteReadParams>>;

export const SkillsRemoteReadResponse = lazy(() => z.object({ data: z.array(RemoteSkillSummary()) }));
export type SkillsRemoteReadResponse = z.infer<ReturnType<typeof SkillsRemoteReadResponse>>;

export const SkillsRemoteWriteParams = lazy(() => z.object({ hazelnutId: z.string() }));
export type SkillsRemoteWriteParams = z.infer<ReturnType<typeof SkillsRemoteWriteParams>>;

export const SkillsRemoteWriteResponse = lazy(() => z.object({ id: z.string(), path: z.string() }));
export type SkillsRemoteWriteResponse = z.infer<ReturnType<typeof SkillsRemoteWriteResponse>>;

export const skillsMethods = {
  'skills/list': method({
    doc: 'Lists the skills found for working directories.',
    params: SkillsListParams,
    result: SkillsListResponse,
  }),
  'skills/remote/list': method({
    doc: 'Lists skills of the remote catalogue.',
    params: SkillsRemoteReadParams,
    result: SkillsRemoteReadResponse,
  }),
  'skills/remote/export': method({
    doc: 'Downloads a skill of the remote catalogue.',
    params: SkillsRemoteWriteParams,
    result: SkillsRemoteWriteResponse,
  }),
  'skills/config/write': method({
    doc: "Switches a skill on or off in the user's configuration.",
    params: SkillsConfigWriteParams,
    result: SkillsConfigWriteResponse,
  }),
};
