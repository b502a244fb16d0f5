import { z } from 'zod';
import { method } from '../define.ts';
import { SkillsListEntry } from '../entities/skill.ts';
import { named } from '../lazy.ts';
import { PathText } from '../scalar.ts';

export const HazelnutScope = named('HazelnutScope', () =>
  z.enum(['example', 'workspace-shared', 'all-shared', 'personal']),
);
export type HazelnutScope = z.infer<ReturnType<typeof HazelnutScope>>;

export const ProductSurface = named('ProductSurface', () => z.enum(['chatgpt', 'codex', 'api', 'atlas']));
export type ProductSurface = z.infer<ReturnType<typeof ProductSurface>>;

export const RemoteSkillSummary = named('RemoteSkillSummary', () =>
  z.object({ id: z.string(), name: z.string(), description: z.string() }),
);
export type RemoteSkillSummary = z.infer<ReturnType<typeof RemoteSkillSummary>>;

export const SkillsConfigWriteParams = named('SkillsConfigWriteParams', () =>
  z.object({ path: PathText(), enabled: z.boolean() }),
);
export type SkillsConfigWriteParams = z.infer<ReturnType<typeof SkillsConfigWriteParams>>;

export const SkillsConfigWriteResponse = named('SkillsConfigWriteResponse', () =>
  z.object({ effectiveEnabled: z.boolean() }),
);
export type SkillsConfigWriteResponse = z.infer<ReturnType<typeof SkillsConfigWriteResponse>>;

export const SkillsListExtraRootsForCwd = named('SkillsListExtraRootsForCwd', () =>
  z.object({ cwd: PathText(), extraUserRoots: z.array(PathText()) }),
);
export type SkillsListExtraRootsForCwd = z.infer<ReturnType<typeof SkillsListExtraRootsForCwd>>;

export const SkillsListParams = named('SkillsListParams', () =>
  z.object({
    cwds: z.array(PathText()).optional(),
    forceReload: z.boolean().optional(),
    perCwdExtraUserRoots: z.array(SkillsListExtraRootsForCwd()).nullish(),
  }),
);
export type SkillsListParams = z.infer<ReturnType<typeof SkillsListParams>>;

export const SkillsListResponse = named('SkillsListResponse', () => z.object({ data: z.array(SkillsListEntry()) }));
export type SkillsListResponse = z.infer<ReturnType<typeof SkillsListResponse>>;

export const SkillsRemoteReadParams = named('SkillsRemoteReadParams', () =>
  z.object({
    hazelnutScope: HazelnutScope().default('example'),
    productSurface: ProductSurface().default('codex'),
    enabled: z.boolean().default(false),
  }),
);
export type SkillsRemoteReadParams = z.infer<ReturnType<typeof SkillsRemoteReadParams>>;

export const SkillsRemoteReadResponse = named('SkillsRemoteReadResponse', () =>
  z.object({ data: z.array(RemoteSkillSummary()) }),
);
export type SkillsRemoteReadResponse = z.infer<ReturnType<typeof SkillsRemoteReadResponse>>;

export const SkillsRemoteWriteParams = named('SkillsRemoteWriteParams', () => z.object({ hazelnutId: z.string() }));
export type SkillsRemoteWriteParams = z.infer<ReturnType<typeof SkillsRemoteWriteParams>>;

export const SkillsRemoteWriteResponse = named('SkillsRemoteWriteResponse', () =>
  z.object({ id: z.string(), path: z.string() }),
);
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
