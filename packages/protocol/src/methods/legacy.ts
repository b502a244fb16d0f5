import { z } from 'zod';
import { method } from '../define.ts';
import { AuthMode } from '../entities/account.ts';
import { SessionSource } from '../entities/thread.ts';
import { named } from '../lazy.ts';
import { PathText } from '../scalar.ts';

/** What is left of the first protocol generation (app-server specification §19.1). */
export const GetConversationSummaryParams = named('GetConversationSummaryParams', () =>
  z.union([z.object({ rolloutPath: z.string() }), z.object({ conversationId: z.string() })]),
);
export type GetConversationSummaryParams = z.infer<ReturnType<typeof GetConversationSummaryParams>>;

export const ConversationGitInfo = named('ConversationGitInfo', () =>
  z.object({
    sha: z.string().nullable(),
    branch: z.string().nullable(),
    origin_url: z.string().nullable(),
  }),
);
export type ConversationGitInfo = z.infer<ReturnType<typeof ConversationGitInfo>>;

export const ConversationSummary = named('ConversationSummary', () =>
  z.object({
    conversationId: z.string(),
    path: z.string(),
    preview: z.string(),
    timestamp: z.string().nullable(),
    updatedAt: z.string().nullable(),
    modelProvider: z.string(),
    cwd: z.string(),
    cliVersion: z.string(),
    source: SessionSource(),
    gitInfo: ConversationGitInfo().nullable(),
  }),
);
export type ConversationSummary = z.infer<ReturnType<typeof ConversationSummary>>;

export const GetConversationSummaryResponse = named('GetConversationSummaryResponse', () =>
  z.object({ summary: ConversationSummary() }),
);
export type GetConversationSummaryResponse = z.infer<ReturnType<typeof GetConversationSummaryResponse>>;

export const GitDiffToRemoteParams = named('GitDiffToRemoteParams', () => z.object({ cwd: PathText() }));
export type GitDiffToRemoteParams = z.infer<ReturnType<typeof GitDiffToRemoteParams>>;
export const GitDiffToRemoteResponse = named('GitDiffToRemoteResponse', () =>
  z.object({ sha: z.string(), diff: z.string() }),
);
export type GitDiffToRemoteResponse = z.infer<ReturnType<typeof GitDiffToRemoteResponse>>;

export const GetAuthStatusParams = named('GetAuthStatusParams', () =>
  z.object({ includeToken: z.boolean().nullish(), refreshToken: z.boolean().nullish() }),
);
export type GetAuthStatusParams = z.infer<ReturnType<typeof GetAuthStatusParams>>;
export const GetAuthStatusResponse = named('GetAuthStatusResponse', () =>
  z.object({
    authMethod: AuthMode().nullable(),
    authToken: z.string().nullable(),
    requiresOpenaiAuth: z.boolean().nullable(),
  }),
);
export type GetAuthStatusResponse = z.infer<ReturnType<typeof GetAuthStatusResponse>>;

export const legacyMethods = {
  getConversationSummary: method({
    doc: 'Describes a stored thread by id or file.',
    params: GetConversationSummaryParams,
    result: GetConversationSummaryResponse,
  }),
  gitDiffToRemote: method({
    doc: 'The diff between a working tree and the newest commit that a remote has.',
    params: GitDiffToRemoteParams,
    result: GitDiffToRemoteResponse,
  }),
  getAuthStatus: method({
    doc: 'Tells how requests to the model are authenticated.',
    params: GetAuthStatusParams,
    result: GetAuthStatusResponse,
  }),
};
