import { z } from 'zod';
import { method } from '../define.ts';
import { lazy } from '../lazy.ts';
import { AbsolutePath, i64 } from '../scalar.ts';

export const FsCopyParams = lazy(() =>
  z.object({ destinationPath: AbsolutePath(), recursive: z.boolean().optional(), sourcePath: AbsolutePath() }),
);
export type FsCopyParams = z.infer<ReturnType<typeof FsCopyParams>>;

export const FsCopyResponse = lazy(() => z.object({}));
export type FsCopyResponse = z.infer<ReturnType<typeof FsCopyResponse>>;

export const FsCreateDirectoryParams = lazy(() => z.object({ path: AbsolutePath(), recursive: z.boolean().nullish() }));
export type FsCreateDirectoryParams = z.infer<ReturnType<typeof FsCreateDirectoryParams>>;

export const FsCreateDirectoryResponse = lazy(() => z.object({}));
export type FsCreateDirectoryResponse = z.infer<ReturnType<typeof FsCreateDirectoryResponse>>;

export const FsGetMetadataParams = lazy(() => z.object({ path: AbsolutePath() }));
export type FsGetMetadataParams = z.infer<ReturnType<typeof FsGetMetadataParams>>;

export const FsGetMetadataResponse = lazy(() =>
  z.object({ createdAtMs: i64(), isDirectory: z.boolean(), isFile: z.boolean(), modifiedAtMs: i64() }),
);
export type FsGetMetadataResponse = z.infer<ReturnType<typeof FsGetMetadataResponse>>;

export const FsReadDirectoryEntry = lazy(() =>
  z.object({ fileName: z.string(), isDirectory: z.boolean(), isFile: z.boolean() }),
);
export type FsReadDirectoryEntry = z.infer<ReturnType<typeof FsReadDirectoryEntry>>;

export const FsReadDirectoryParams = lazy(() => z.object({ path: AbsolutePath() }));
export type FsReadDirectoryParams = z.infer<ReturnType<typeof FsReadDirectoryParams>>;

export const FsReadDirectoryResponse = lazy(() => z.object({ entries: z.array(FsReadDirectoryEntry()) }));
export type FsReadDirectoryResponse = z.infer<ReturnType<typeof FsReadDirectoryResponse>>;

export const FsReadFileParams = lazy(() => z.object({ path: AbsolutePath() }));
export type FsReadFileParams = z.infer<ReturnType<typeof FsReadFileParams>>;

export const FsReadFileResponse = lazy(() => z.object({ dataBase64: z.string() }));
export type FsReadFileResponse = z.infer<ReturnType<typeof FsReadFileResponse>>;

export const FsRemoveParams = lazy(() =>
  z.object({ force: z.boolean().nullish(), path: AbsolutePath(), recursive: z.boolean().nullish() }),
);
export type FsRemoveParams = z.infer<ReturnType<typeof FsRemoveParams>>;

export const FsRemoveResponse = lazy(() => z.object({}));
export type FsRemoveResponse = z.infer<ReturnType<typeof FsRemoveResponse>>;

export const FsWriteFileParams = lazy(() => z.object({ dataBase64: z.string(), path: AbsolutePath() }));
export type FsWriteFileParams = z.infer<ReturnType<typeof FsWriteFileParams>>;

export const FsWriteFileResponse = lazy(() => z.object({}));
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
