import { z } from 'zod';
import { method } from '../define.ts';
import { named } from '../lazy.ts';
import { PathText } from '../scalar.ts';

export const ExternalAgentConfigDetectParams = named('ExternalAgentConfigDetectParams', () =>
  z.object({ includeHome: z.boolean().optional(), cwds: z.array(PathText()).nullish() }),
);
export type ExternalAgentConfigDetectParams = z.infer<ReturnType<typeof ExternalAgentConfigDetectParams>>;

export const ExternalAgentConfigMigrationItemType = named('ExternalAgentConfigMigrationItemType', () =>
  z.enum(['AGENTS_MD', 'CONFIG', 'SKILLS', 'MCP_SERVER_CONFIG']),
);
export type ExternalAgentConfigMigrationItemType = z.infer<ReturnType<typeof ExternalAgentConfigMigrationItemType>>;

export const ExternalAgentConfigMigrationItem = named('ExternalAgentConfigMigrationItem', () =>
  z.object({ itemType: ExternalAgentConfigMigrationItemType(), description: z.string(), cwd: PathText().nullish() }),
);
export type ExternalAgentConfigMigrationItem = z.infer<ReturnType<typeof ExternalAgentConfigMigrationItem>>;

export const ExternalAgentConfigDetectResponse = named('ExternalAgentConfigDetectResponse', () =>
  z.object({ items: z.array(ExternalAgentConfigMigrationItem()) }),
);
export type ExternalAgentConfigDetectResponse = z.infer<ReturnType<typeof ExternalAgentConfigDetectResponse>>;

export const ExternalAgentConfigImportParams = named('ExternalAgentConfigImportParams', () =>
  z.object({ migrationItems: z.array(ExternalAgentConfigMigrationItem()) }),
);
export type ExternalAgentConfigImportParams = z.infer<ReturnType<typeof ExternalAgentConfigImportParams>>;

export const ExternalAgentConfigImportResponse = named('ExternalAgentConfigImportResponse', () => z.object({}));
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
