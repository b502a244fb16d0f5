import { z } from 'zod';
import { method } from '../define.ts';
import { lazy } from '../lazy.ts';

export const ExternalAgentConfigDetectParams = lazy(() =>
  z.object({ cwds: z.array(z.string()).nullish(), includeHome: z.boolean().optional() }),
);
export type ExternalAgentConfigDetectParams = z.infer<ReturnType<typeof ExternalAgentConfigDetectParams>>;

export const ExternalAgentConfigMigrationItemType = lazy(() =>
  z.enum(['AGENTS_MD', 'CONFIG', 'SKILLS', 'MCP_SERVER_CONFIG']),
);
export type ExternalAgentConfigMigrationItemType = z.infer<ReturnType<typeof ExternalAgentConfigMigrationItemType>>;

export const ExternalAgentConfigMigrationItem = lazy(() =>
  z.object({ cwd: z.string().nullish(), description: z.string(), itemType: ExternalAgentConfigMigrationItemType() }),
);
export type ExternalAgentConfigMigrationItem = z.infer<ReturnType<typeof ExternalAgentConfigMigrationItem>>;

export const ExternalAgentConfigDetectResponse = lazy(() =>
  z.object({ items: z.array(ExternalAgentConfigMigrationItem()) }),
);
export type ExternalAgentConfigDetectResponse = z.infer<ReturnType<typeof ExternalAgentConfigDetectResponse>>;

export const ExternalAgentConfigImportParams = lazy(() =>
  z.object({ migrationItems: z.array(ExternalAgentConfigMigrationItem()) }),
);
export type ExternalAgentConfigImportParams = z.infer<ReturnType<typeof ExternalAgentConfigImportParams>>;

export const ExternalAgentConfigImportResponse = lazy(() => z.object({}));
export type ExternalAgentConfigImportResponse = z.infer<ReturnType<typeof ExternalAgentConfigImportResponse>>;

export const externalAgentMethods = {
  'externalAgentConfig/detect': method({
    doc: 'Looks for the set-up of another coding agent.',
    params: ExternalAgentConfigDetectParams,
    result: ExternalAgentConfigDetectResponse,
  }),
  'externalAgentConfig/import': method({
    doc: 'Takes over the set-up of another coding agent.',
    params: ExternalAgentConfigImportParams,
    result: ExternalAgentConfigImportResponse,
  }),
};
