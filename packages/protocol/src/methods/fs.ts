import { z } from 'zod';
import { method } from '../define.ts';
import { named } from '../lazy.ts';
import { AbsolutePath, i64 } from '../scalar.ts';

export const FsCopyParams = named('FsCopyParams', () =>
  z.object({ sourcePath: AbsolutePath(), destinationPath: AbsolutePath(), recursive: z.boolean().optional() }),
);
export type FsCopyParams = z.infer<ReturnType<typeof FsCopyParams>>;

export const FsCopyResponse = named('FsCopyResponse', () => z.object({}));
export type FsCopyResponse = z.infer<ReturnType<typeof FsCopyResponse>>;

export const FsCreateDirectoryParams = named('FsCreateDirectoryParams', () =>
  z.object({ path: AbsolutePath(), recursive: z.boolean().nullish() }),
);
export type FsCreateDirectoryParams = z.infer<ReturnType<typeof FsCreateDirectoryParams>>;

export const FsCreateDirectoryResponse = named('FsCreateDirectoryResponse', () => z.object({}));
export type FsCreateDirectoryResponse = z.infer<ReturnType<typeof FsCreateDirectoryResponse>>;

export const FsGetMetadataParams = named('FsGetMetadataParams', () => z.object({ path: AbsolutePath() }));
export type FsGetMetadataParams = z.infer<ReturnType<typeof FsGetMetadataParams>>;

export const FsGetMetadataResponse = named('FsGetMetadataResponse', () =>
  z.object({ isDirectory: z.boolean(), isFile: z.boolean(), createdAtMs: i64(), modifiedAtMs: i64() }),
);
export type FsGetMetadataResponse = z.infer<ReturnType<typeof FsGetMetadataResponse>>;

export const FsReadDirectoryEntry = named('FsReadDirectoryEntry', () =>
  z.object({ fileName: z.string(), isDirectory: z.boolean(), isFile: z.boolean() }),
);
export type FsReadDirectoryEntry = z.infer<ReturnType<typeof FsReadDirectoryEntry>>;

export const FsReadDirectoryParams = named('FsReadDirectoryParams', () => z.object({ path: AbsolutePath() }));
export type FsReadDirectoryParams = z.infer<ReturnType<typeof FsReadDirectoryParams>>;

export const FsReadDirectoryResponse = named('FsReadDirectoryResponse', () =>
  z.object({ entries: z.array(FsReadDirectoryEntry()) }),
);
export type FsReadDirectoryResponse = z.infer<ReturnType<typeof FsReadDirectoryResponse>>;

export const FsReadFileParams = named('FsReadFileParams', () => z.object({ path: AbsolutePath() }));
export type FsReadFileParams = z.infer<ReturnType<typeof FsReadFileParams>>;

export const FsReadFileResponse = named('FsReadFileResponse', () => z.object({ dataBase64: z.string() }));
export type FsReadFileResponse = z.infer<ReturnType<typeof FsReadFileResponse>>;

export const FsRemoveParams = named('FsRemoveParams', () =>
  z.object({ path: AbsolutePath(), recursive: z.boolean().nullish(), force: z.boolean().nullish() }),
);
export type FsRemoveParams = z.infer<ReturnType<typeof FsRemoveParams>>;

export const FsRemoveResponse = named('FsRemoveResponse', () => z.object({}));
export type FsRemoveResponse = z.infer<ReturnType<typeof FsRemoveResponse>>;

export const FsWriteFileParams = named('FsWriteFileParams', () =>
  z.object({ path: AbsolutePath(), dataBase64: z.string() }),
);
export type FsWriteFileParams = z.infer<ReturnType<typeof FsWriteFileParams>>;

export const FsWriteFileResponse = named('FsWriteFileResponse', () => z.object({}));
export type FsWriteFileResponse = z.infer<ReturnType<typeof FsWriteFileResponse>>;

export const fsMethods = {
  'fs/readFile': method({ doc: 'Reads a file.', params: FsReadFileParams, result: FsReadFileResponse }),
  'fs/writeFile': method({ doc: 'Writes a file.', params: FsWriteFileParams, result: FsWriteFileResponse }),
  'fs/createDirectory': method({
    doc: 'Creates a directory.',
    params: FsCreateDirectoryParams,
    result: FsCreateDirectoryResponse,
  }),
  'fs/getMetadata': method({
    doc: 'Tells what a path is and when it changed.',
    params: FsGetMetadataParams,
    result: FsGetMetadataResponse,
  }),
  'fs/readDirectory': method({
    doc: 'Lists a directory.',
    params: FsReadDirectoryParams,
    result: FsReadDirectoryResponse,
  }),
  'fs/remove': method({ doc: 'Removes a file or a directory.', params: FsRemoveParams, result: FsRemoveResponse }),
  'fs/copy': method({ doc: 'Copies a file or a directory.', params: FsCopyParams, result: FsCopyResponse }),
};
